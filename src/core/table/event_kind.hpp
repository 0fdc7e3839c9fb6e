// SPDX-License-Identifier: MIT
// What an event can be about: the table of kinds.
#pragma once

#include "core/table/word_rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

enum class EventKind : std::uint8_t {
    MemberIn,
    MemberHeld,
    MemberOut,
    StageChanged,
    ChargeCause,
    DischargeCause,
    Balancing,
    CurrentSource,
    Advice,
    Alarm,
    MemberJoining,
    MemberOutOfService,
    MemberLeftOut,
};

struct EventKindRow {
    EventKind kind;
    std::string_view word; ///< published: words are added, never changed
    bool hasValue;         ///< `Event::value` says something
    std::string_view meaning;
};

// clang-format off
inline constexpr auto kEventKinds = std::to_array<EventKindRow>({
    {EventKind::MemberIn,           "battery_in",             false, "takes part, with fresh values"},
    {EventKind::MemberHeld,         "battery_held",           false, "takes part with last values; text = reason and detail"},
    {EventKind::MemberOut,          "battery_lost",           false, "should take part and does not; text = reason and detail"},
    {EventKind::StageChanged,       "stage",                  false, "text = the new stage"},
    {EventKind::ChargeCause,        "charge_limit",           true,  "the cause of the charge limit changed, or the limit went to or from 0; text = cause and who, value = A"},
    {EventKind::DischargeCause,     "discharge_limit",        true,  "the same of the discharge limit"},
    {EventKind::Balancing,          "balancing",              false, "text = started, succeeded or failed"},
    {EventKind::CurrentSource,      "current_source",         false, "text = what was missing where the owner wants the current measured; empty = nothing any more"},
    {EventKind::Advice,             "advice",                 false, "something on the GX should be changed, or is right again; text = what"},
    {EventKind::Alarm,              "alarm",                  true,  "an alarm of the bank rose or fell; text = its name, value = 0, 1 or 2"},
    {EventKind::MemberJoining,      "battery_joining",        false, "there, takes part soon; text = reason and detail"},
    {EventKind::MemberOutOfService, "battery_out_of_service", false, "switched off by the owner"},
    {EventKind::MemberLeftOut,      "battery_left_out",       false, "does not belong, or is not joined; text = reason and detail"},
});
// clang-format on
static_assert(isInOrder(kEventKinds, &EventKindRow::kind));

inline constexpr std::size_t kEventKindCount = kEventKinds.size();

[[nodiscard]] constexpr const EventKindRow& rowOf(EventKind kind) {
    return kEventKinds.at(static_cast<std::size_t>(kind));
}

[[nodiscard]] constexpr std::string_view toText(EventKind kind) {
    return rowOf(kind).word;
}

} // namespace busbar
