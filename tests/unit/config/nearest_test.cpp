// SPDX-License-Identifier: MIT
#include "config/nearest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {
namespace {

TEST(EditDistance, CountsSlips) {
    EXPECT_EQ(editDistance("", ""), 0U);
    EXPECT_EQ(editDistance("", "abc"), 3U);
    EXPECT_EQ(editDistance("abc", ""), 3U);
    EXPECT_EQ(editDistance("limits", "Limits"), 0U);
    EXPECT_EQ(editDistance("ulr", "url"), 1U);
    EXPECT_EQ(editDistance("kitten", "sitting"), 3U);
    EXPECT_EQ(editDistance("hold", "hold_s"), 2U);
}

TEST(EditDistance, IsNeverBelowItsLeast) {
    for (const char* a : {"", "a", "hold", "hold_s", "limits.max_charge_A", "ulr"})
        for (const char* b : {"", "b", "hold_s", "max_charge_A", "url"})
            EXPECT_LE(leastDistance(a, b), editDistance(a, b)) << a << " " << b;
    EXPECT_EQ(leastDistance("hold_s", "hold"), 2U);
    EXPECT_EQ(leastDistance("hold", "hold_s"), 2U);
}

TEST(NearestKey, FindsWhatWasMeant) {
    const std::vector<std::string_view> known = {
        "id",    "gx.url", "gx.keepalive_s", "limits.max_charge_A", "limits.max_discharge_A",
        "hold_s"};
    const auto nearest = [&known](std::string_view wrong) {
        return std::string(nearestKey(wrong, known).value_or("-"));
    };
    EXPECT_EQ(nearest("gx.ulr"), "gx.url");
    EXPECT_EQ(nearest("limits.maxCharge_A"), "limits.max_charge_A");
    EXPECT_EQ(nearest("limits.max_charge"), "limits.max_charge_A");
    EXPECT_EQ(nearest("limits.max_dischage_A"), "limits.max_discharge_A");
    EXPECT_EQ(nearest("hold"), "hold_s");
    EXPECT_EQ(nearest("keepalive_s"), "gx.keepalive_s");
    EXPECT_EQ(nearest("colour"), "-");
    EXPECT_EQ(nearest("x"), "-");
    EXPECT_EQ(nearest(""), "-");
    EXPECT_EQ(nearest(std::string(1000, 'a')), "-");
}

TEST(NearestKey, IsToldInOneWayEverywhere) {
    EXPECT_EQ(suggestion("sit", {"site", "gx"}), "; did you mean site?");
    EXPECT_EQ(suggestion("s2", {"s1"}, "made:"), "; did you mean made:s1?");
    EXPECT_EQ(suggestion("colour", {"site", "gx"}), "");
    EXPECT_EQ(suggestion("site", {}), "");
    EXPECT_EQ(listOf(std::vector<std::string>{"site", "gx"}), "site, gx");
    EXPECT_EQ(listOf(std::vector<std::string_view>{}), "");
}

} // namespace
} // namespace busbar::config
