// SPDX-License-Identifier: MIT
#include "web/request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::web::request_test {
namespace {

TEST(Request, PathsAreUnescapedOnce) {
    EXPECT_EQ(pathOf("/"), "");
    EXPECT_EQ(pathOf("/api/v1/state"), "api/v1/state");
    EXPECT_EQ(pathOf("/api/v1/sites/my%20boat"), "api/v1/sites/my boat");
    EXPECT_EQ(pathOf("/%2541"), "%41") << "not twice";
}

TEST(Request, ATextMayHoldAnyByte) {
    EXPECT_EQ(unescapeText("a+b%0A%2B%22c%22"), "a b\n+\"c\"");
    EXPECT_EQ(unescapeText("%00%FF%7F"), std::string("\0\xFF\x7F", 3));
    EXPECT_EQ(unescapeText(""), "");
    for (const char* cut : {"%", "%4", "a%zz", "%-1", "% 1"})
        EXPECT_FALSE(unescapeText(cut)) << cut;
}

TEST(Request, WhatLeadsElsewhereIsNoPath) {
    for (const char* url : {"",
                            "api",
                            "//",
                            "//api",
                            "/..",
                            "/../etc/passwd",
                            "/a/../b",
                            "/%2e%2e/etc",
                            "/a/..%2fb",
                            "/.",
                            "/a/./b",
                            "/%00",
                            "/index.html%00",
                            "/a%0ab",
                            "/%",
                            "/%4",
                            "/%zz",
                            "/%-1",
                            "/a/",
                            "/a//b",
                            "/a\\b",
                            "/..%5c..%5cwin",
                            "http://host/"})
        EXPECT_FALSE(pathOf(url)) << url;
}

TEST(Request, ControlCharactersAreNoText) {
    EXPECT_EQ(unescape("M%C3%BCller"), "M\xC3\xBCller");
    EXPECT_FALSE(unescape("a%00b"));
    EXPECT_FALSE(unescape("a%1f"));
    EXPECT_FALSE(unescape("a%7F"));
    EXPECT_FALSE(unescape("100%"));
    EXPECT_EQ(unescape(""), "");
}

TEST(Request, GzipIsTakenByAllWhoDoNotRefuseIt) {
    for (const char* header :
         {"gzip", "deflate, gzip;q=1.0, *;q=0.5", "br , gzip", "*", "gzip;q=0.1"})
        EXPECT_TRUE(takesGzip(header)) << header;
    EXPECT_TRUE(takesGzip(nullptr)) << "says nothing: any will do";
    for (const char* header : {"", "identity", "gzip;q=0", "gzip;q=0.000", "br", "gzipped"})
        EXPECT_FALSE(takesGzip(header)) << header;
}

} // namespace
} // namespace busbar::web::request_test
