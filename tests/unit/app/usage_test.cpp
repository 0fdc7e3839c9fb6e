// SPDX-License-Identifier: MIT
// What somebody who mistyped is told.
#include "app/commands/usage.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::usage_test {
namespace {

const std::vector<std::string> kCommands = {"run", "watch", "check", "demo"};

TEST(Usage, AMistypedCommandIsAnsweredWithTheNearest) {
    EXPECT_EQ(usageAnswer({.unknown = "rn", .known = kCommands}),
              "there is no command \"rn\"; did you mean run?");
    EXPECT_EQ(usageAnswer({.unknown = "Wach", .known = kCommands}),
              "there is no command \"Wach\"; did you mean watch?");
}

TEST(Usage, AWordThatIsLikeNoneIsAnsweredWithAll) {
    EXPECT_EQ(usageAnswer({.unknown = "nonsense", .known = kCommands}),
              "there is no command \"nonsense\"; there are: run, watch, check, demo");
    EXPECT_EQ(usageAnswer({.known = kCommands}),
              "which command? There are: run, watch, check, demo");
}

TEST(Usage, AMistypedOptionIsAnsweredWithTheNearestOfItsCommand) {
    for (const char* typed : {"--confg", "--confg=a.json", "--Config1"})
        EXPECT_NE(usageAnswer({.unknown = typed, .command = "run", .known = {"config", "dry-run"}})
                      .find(" of run; did you mean --config?"),
                  std::string::npos)
            << typed;
    EXPECT_EQ(usageAnswer({.unknown = "--colour", .command = "run", .known = {"config"}}),
              "there is no option --colour of run; busbar run --help says which there are");
}

TEST(Usage, AnOptionBeforeItsCommandIsToldWhereItBelongs) {
    EXPECT_EQ(usageAnswer({.unknown = "--config", .known = kCommands}),
              "there is no option --config in front of a command; options stand behind theirs, as "
              "in: busbar run --config FILE");
}

TEST(Usage, AWordTooMuch) {
    EXPECT_EQ(usageAnswer({.unknown = "b.json", .command = "check", .known = {"live"}}),
              "check takes no \"b.json\"; busbar check --help says what it takes");
}

TEST(Usage, WhatIsNoFaultOfAWordIsLeftToTheParser) {
    EXPECT_EQ(usageAnswer({.command = "health", .known = {"file"}}), "");
}

TEST(Usage, ShowsNoControlCharactersAndEndsWithin) {
    EXPECT_EQ(usageAnswer({.unknown = "a\x1b[2Jb", .known = {"run"}}),
              "there is no command \"a?[2Jb\"; there are: run");
    EXPECT_LT(usageAnswer({.unknown = std::string(100000, 'x'), .known = {"run"}}).size(), 300U);
    EXPECT_EQ(usageAnswer({.unknown = "---", .command = "run", .known = {"config"}}),
              "there is no option -- of run; busbar run --help says which there are");
}

} // namespace
} // namespace busbar::usage_test
