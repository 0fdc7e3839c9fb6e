// SPDX-License-Identifier: MIT
#include "migrate/peer_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::migrate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string writtenAs(const PeerFile& file, std::string_view name) {
    for (const PeerValue& value : file.values)
        if (value.name == name)
            return value.text;
    return "(none)";
}

struct Case {
    const char* written;
    const char* value;
};

TEST(Python, ReadsPlainValues) {
    for (const Case& one : {
             Case{"200", "200"},
             {"3.45  # V", "3.45"},
             {"-1", "-1"},
             {"True", "True"},
             {"'a # b'", "a # b"},
             {"\"com.victronenergy\"", "com.victronenergy"},
             {"[1, 2.5,\n  3]  # all", "[1, 2.5, 3]"},
             {"['x', 278]", "[\"x\", 278]"},
             {"[]", "[]"},
             {"2 * 100 + 1", "201"},
             {"3.4 - 0.1", "3.3"},
             {"(1 + 2) / 4", "0.75"},
             {"None", ""},
         }) {
        const auto file = readPython(std::string("A = ") + one.written + "\n", "settings.py");
        EXPECT_EQ(writtenAs(file, "A"), one.value) << one.written;
        EXPECT_THAT(file.mistakes, IsEmpty()) << one.written;
    }
}

TEST(Python, KnowsNamesThatStandAbove) {
    const auto file = readPython("MIN = 2.9\nLIST = [MIN, MIN + 0.05]\n", "settings.py");
    EXPECT_EQ(writtenAs(file, "LIST"), "[2.9, 2.95]");
}

TEST(Python, ExecutesNothing) {
    for (const char* text :
         {"A = open('x').read()", "A = x if y else z", "A = 1 / 0", "A = [i for i in b]",
          "A = 'x' + 'y'", "A = lambda: 3", "A = B", "A = 1 +", "A = [1", "A = 'x"}) {
        const auto file = readPython(std::string(text) + "\n", "settings.py");
        EXPECT_THAT(file.values, IsEmpty()) << text;
        EXPECT_THAT(file.mistakes, ElementsAre(HasSubstr("settings.py:1: A is not a plain value")))
            << text;
    }
}

TEST(Python, PassesOverProgramText) {
    const auto file =
        readPython("import os\n'''\nA = 1\n'''\nif x == 3:\n    B = 2\ndef f():\n    pass\n"
                   "log = 3\nC = 4\n",
                   "settings.py");
    ASSERT_EQ(file.values.size(), 1U);
    EXPECT_EQ(file.values[0].name, "C");
    EXPECT_EQ(file.values[0].line, 10U);
    EXPECT_THAT(file.mistakes, ElementsAre(HasSubstr("settings.py:6: B is set under a condition")));
}

TEST(Python, IsBoundedInDepthAndLength) {
    EXPECT_THAT(readPython("A = " + std::string(100000, '(') + "1\n", "s").values, IsEmpty());
    EXPECT_THAT(readPython("A = " + std::string(100000, '-') + "1\n", "s").values, IsEmpty());
    EXPECT_THAT(readPython("A = [" + std::string(500000, '\n'), "s").values, IsEmpty());
}

} // namespace
} // namespace busbar::migrate
