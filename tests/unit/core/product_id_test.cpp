// SPDX-License-Identifier: MIT
// Our product id means something to nobody else.
#include "core/table/product_id.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace busbar::product_id_test {

namespace {

// clang-format off
/// Batteries for which systemcalc forces settings or bends limits (dbus/VENUS.md).
constexpr auto kTreatedSpecially = std::to_array<std::uint16_t>({
    0xA3E3, 0xA3E4, 0xA3E5, 0xA3E6, 0xA3E7, 0xB004, 0xB005, 0xB009, 0xB00A, 0xB014, 0xB015, 0xB016, 0xB019, 0xB01A, 0xB01B,
    0xB01D, 0xB01E, 0xB01F, 0xB020, 0xB021, 0xB024, 0xB028, 0xB029, 0xB02A, 0xB02B, 0xB02E, 0xB02F, 0xB038, 0xB051, 0xB052,
    0xB054, 0xB055});
/// Programs of others: dbus-serialbattery, dbus-aggregate-batteries, and what other drivers have chosen or take that have
/// none.
constexpr auto kOfOthers = std::to_array<std::uint16_t>({0xBA77, 0xBA44, 0xBA45, 0xBFFF, 0xFFFF, 0x0000});
// clang-format on

TEST(ProductId, IsNoneOfThoseWhichChangeWhatDvccDoes) {
    EXPECT_EQ(std::ranges::count(kTreatedSpecially, kProductId), 0);
}

TEST(ProductId, IsNobodyElses) {
    EXPECT_EQ(std::ranges::count(kOfOthers, kProductId), 0);
    // 0xA… and 0xB0… are Victron's products and those that it supports, 0xC0… its GX devices.
    EXPECT_EQ(kProductId >> 8U, 0xBAU);
}

} // namespace

} // namespace busbar::product_id_test
