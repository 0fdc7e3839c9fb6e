// SPDX-License-Identifier: MIT
#include "web/streams.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::web::streams_test {
namespace {

using namespace std::chrono_literals;

constexpr Now kBegin{SteadyTime{1000h}, WallTime{}};

std::string readAll(StreamReader& reader, const Frames& frames) {
    std::string all;
    for (auto part = reader.next(frames, 7); !part.empty(); part = reader.next(frames, 7))
        all += part;
    return all;
}

TEST(Streams, AFrameIsOneEvent) {
    Frames frames;
    StreamReader reader;
    EXPECT_EQ(readAll(reader, frames), "") << "nothing was said yet";
    frames.make(R"({"a":1})", 1, kBegin);
    EXPECT_EQ(readAll(reader, frames), "retry: 3000\nevent: state\ndata: {\"a\":1}\n\n");
    EXPECT_EQ(readAll(reader, frames), "") << "once";
}

TEST(Streams, ABegunFrameIsFinishedAndTheLatestFollows) {
    Frames frames;
    StreamReader slow;
    frames.make("1", 1, kBegin);
    std::string got(slow.next(frames, 20));
    frames.make("2", 2, kBegin + 1s);
    frames.make("3", 3, kBegin + 2s);
    got += readAll(slow, frames);
    EXPECT_EQ(got, "retry: 3000\nevent: state\ndata: 1\n\nretry: 3000\nevent: state\ndata: 3\n\n");
}

TEST(Streams, ComeOnceASecondWhenSomethingChanged) {
    Frames frames;
    EXPECT_TRUE(frames.isDue(0, kBegin));
    frames.make("1", 5, kBegin);
    EXPECT_FALSE(frames.isDue(6, kBegin + 500ms)) << "too soon";
    EXPECT_TRUE(frames.isDue(6, kBegin + 1s));
    EXPECT_FALSE(frames.isDue(5, kBegin + 1s)) << "nothing has changed";
    EXPECT_FALSE(frames.isDue(5, kBegin + 9s));
    EXPECT_TRUE(frames.isDue(5, kBegin + 10s)) << "so that readers know that it lives";
}

TEST(Streams, WhatWasForgottenIsNotSentToTheNext) {
    Frames frames;
    frames.make("old", 1, kBegin);
    frames.forget();
    StreamReader reader;
    EXPECT_EQ(readAll(reader, frames), "");
    EXPECT_TRUE(frames.isDue(1, kBegin + 1s));
    frames.make("new", 1, kBegin + 1s);
    EXPECT_EQ(readAll(reader, frames), "retry: 3000\nevent: state\ndata: new\n\n");
}

} // namespace
} // namespace busbar::web::streams_test
