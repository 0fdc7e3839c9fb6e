// SPDX-License-Identifier: MIT
#include "dbus/retry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace busbar::dbus {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesWithJitterUpToTheMost) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        Backoff backoff(1s, 60s, seed);
        for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
            const std::chrono::milliseconds middle = std::chrono::seconds(seconds);
            const auto wait = backoff.next();
            EXPECT_GE(wait, middle * 3 / 4) << seed;
            EXPECT_LE(wait, std::min<std::chrono::milliseconds>(middle * 5 / 4, 60s)) << seed;
        }
    }
}

TEST(Backoff, StartsOverAfterASuccess) {
    Backoff backoff(1s, 60s, 1);
    for (int i = 0; i < 10; ++i)
        (void)backoff.next();
    backoff.reset();
    EXPECT_LE(backoff.next(), 1250ms);
}

TEST(Backoff, DiffersBetweenPrograms) {
    std::set<Backoff::Span> waits;
    for (unsigned seed = 1; seed <= 20; ++seed)
        waits.insert(Backoff(1s, 60s, seed * 7919).next());
    EXPECT_GT(waits.size(), 10U);
}

} // namespace
} // namespace busbar::dbus
