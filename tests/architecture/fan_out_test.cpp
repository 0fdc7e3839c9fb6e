// SPDX-License-Identifier: MIT
#include "architecture/fan_out.hpp"
#include "support/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::architecture {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(FanOut, CountsSourcesThatIncludeAHeaderDirectlyOrByAnother) {
    const auto count =
        fanOut({parse("src/core/a.hpp", ""), parse("src/core/b.hpp", "#include \"core/a.hpp\"\n"),
                parse("src/core/b.cpp", "#include \"core/b.hpp\"\n"),
                parse("tests/unit/made.hpp", "#include \"core/b.hpp\"\n"),
                parse("tests/unit/c_test.cpp", "#include \"made.hpp\"\n"),
                parse("mqtt/d.cpp", "#include \"core/a.hpp\"\n#include <vector>\n"),
                parse("mqtt/e.cpp", "// #include \"core/a.hpp\"\n")});
    EXPECT_EQ(count.at("src/core/a.hpp"), 3);
    EXPECT_EQ(count.at("src/core/b.hpp"), 2);
    EXPECT_EQ(count.at("tests/unit/made.hpp"), 1);
}

TEST(FanOut, EndsWhereHeadersIncludeEachOther) {
    const auto count = fanOut({parse("src/core/a.hpp", "#include \"core/b.hpp\"\n"),
                               parse("src/core/b.hpp", "#include \"core/a.hpp\"\n"),
                               parse("src/core/a.cpp", "#include \"core/a.hpp\"\n")});
    EXPECT_EQ(count.at("src/core/b.hpp"), 1);
}

TEST(FanOut, AFindingNamesHeaderCountAndBound) {
    EXPECT_THAT(checkFanOut({{"src/core/new.hpp", kMostDependents}}), IsEmpty());
    EXPECT_THAT(checkFanOut({{"mqtt/new.hpp", kMostDependents + 1}}), IsEmpty());
    EXPECT_THAT(checkFanOut({{"src/core/new.hpp", kMostDependents + 1}}),
                ElementsAre(AllOf(HasSubstr("src/core/new.hpp"),
                                  HasSubstr(std::to_string(kMostDependents + 1) + " sources"),
                                  HasSubstr("at most " + std::to_string(kMostDependents)))));
}

TEST(FanOut, OfTheCoresHeadersStaysInItsBounds) {
    const auto dependents =
        fanOut(readTree(test::sourcePath(""), {"src", "mqtt", "dbus", "config", "tests"}));
    EXPECT_THAT(checkFanOut(dependents), IsEmpty());
    EXPECT_THAT(checkBounds(dependents), IsEmpty());
}

} // namespace
} // namespace busbar::architecture
