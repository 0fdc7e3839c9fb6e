// SPDX-License-Identifier: MIT
// What an advice can be about: the table of codes.
#pragma once

#include "core/table/word_rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

/// What is wrong.
enum class AdviceCode : std::uint8_t {
    DvccOff,
    OtherMonitor,
    OtherBms,
    FeedInHidesLimit,
    InstanceTooHigh,
    LimitsIgnored,
    LostMember,
    UnequalCharge,
    NoLimits,
    CurrentDiffers,
    InSeries,
    DoubleCount,
    Unbelievable,
    SameSerial,
    BalancingFails,
    ClockUnset,
    ShuntUnused,
};

struct AdviceWord {
    AdviceCode code;
    std::string_view word; ///< published: words are added, never changed
    std::string_view meaning;
};

// clang-format off
inline constexpr auto kAdviceWords = std::to_array<AdviceWord>({
    {AdviceCode::DvccOff,          "dvcc_off",             "the GX does not pass limits on to its chargers"},
    {AdviceCode::OtherMonitor,     "other_monitor",        "another battery is the GX's battery monitor, or none"},
    {AdviceCode::OtherBms,         "other_bms",            "another BMS controls the GX, or none"},
    {AdviceCode::FeedInHidesLimit, "feed_in_hides_limit",  "feed-in is on, so chargers ignore the charge limit"},
    {AdviceCode::InstanceTooHigh,  "instance_too_high",    "above 247, out of reach for Modbus TCP"},
    {AdviceCode::LimitsIgnored,    "limits_ignored",       "what flows is above a limit, or the voltage above its own, for 30 s"},
    {AdviceCode::LostMember,       "lost_member",          "a battery is not heard and may still hang on the busbar"},
    {AdviceCode::UnequalCharge,    "unequal_charge",       "batteries equalise, or would once joined, which no limit holds back"},
    {AdviceCode::NoLimits,         "no_limits",            "the bank is closed, because a battery does not say what limits need"},
    {AdviceCode::CurrentDiffers,   "current_differs",      "the batteries' sum is not what chargers, inverters and meters measure"},
    {AdviceCode::InSeries,         "in_series",            "batteries that are counted as parallel seem to be in series"},
    {AdviceCode::DoubleCount,      "double_count",         "a service is, or may be, the sum of batteries that are read one by one"},
    {AdviceCode::Unbelievable,     "current_unbelievable", "a battery's current contradicts its own voltage"},
    {AdviceCode::SameSerial,       "same_serial",          "two services say the same serial: one battery for now, until they are seen to be two"},
    {AdviceCode::BalancingFails,   "balancing_fails",      "cells stay unequal: three attempts in a row brought nothing"},
    {AdviceCode::ClockUnset,       "clock_unset",          "the machine's clock is not set, and the charge voltage goes by the month"},
    {AdviceCode::ShuntUnused,      "shunt_unused",         "a shunt measures what all batteries carry, and is not used"},
});
// clang-format on
static_assert(isInOrder(kAdviceWords, &AdviceWord::code));

inline constexpr std::size_t kAdviceCount = kAdviceWords.size();

[[nodiscard]] constexpr std::string_view toText(AdviceCode code) {
    return kAdviceWords.at(static_cast<std::size_t>(code)).word;
}

} // namespace busbar
