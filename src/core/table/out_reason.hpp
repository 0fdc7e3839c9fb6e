// SPDX-License-Identifier: MIT
// Why a battery does not take part: the table of reasons.
#pragma once

#include "core/table/word_rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

/// Why a battery does not take part.
enum class OutReason : std::uint8_t {
    None,
    Missing,
    Ambiguous,
    Excluded,
    Shunt,
    Aggregate,
    OwnOutput,
    Duplicate,
    Joining,
    Stale,
    Frozen,
    NoVoltage,
    NoCurrent,
    Pending,
    VoltageMismatch,
    OutOfService,
    PartOf,
    PartLost,
};

/// What the bank makes of it.
enum class OutKind : std::uint8_t {
    In,      ///< takes part
    Foreign, ///< no battery of the bank
    Loss,    ///< should take part and does not
    Waiting, ///< is there, and not yet or not meant to take part
};

struct OutReasonRow {
    OutReason reason;
    std::string_view word; ///< published, like those of causes
    OutKind kind;
    bool isSpeaking; ///< its values are those of now
    std::string_view meaning;
    std::string_view remedy{}; ///< what to do; empty = nothing
};

// clang-format off
inline constexpr auto kOutReasons = std::to_array<OutReasonRow>({
    {OutReason::None,            "",                   OutKind::In,      true,  "it takes part"},
    {OutReason::Missing,         "missing",            OutKind::Loss,    false, "configured, but nothing on the GX matches", "look at its driver, or at how the list calls it"},
    {OutReason::Ambiguous,       "ambiguous",          OutKind::Loss,    false, "a configured entry matches two batteries", "name it more exactly, by its serial"},
    {OutReason::Excluded,        "excluded",           OutKind::Foreign, false, "named in `exclude`"},
    {OutReason::Shunt,           "shunt",              OutKind::Foreign, false, "a monitor without BMS (unless it is listed)"},
    {OutReason::Aggregate,       "aggregate",          OutKind::Foreign, false, "a sum of other batteries: a vendor's totals, another aggregator (unless it is listed)"},
    {OutReason::OwnOutput,       "own_output",         OutKind::Foreign, false, "Busbar's own published battery"},
    {OutReason::Duplicate,       "duplicate_instance", OutKind::Loss,    false, "two services share this instance", "give one another number (Settings → VRM device instances), then restart its driver"},
    {OutReason::Joining,         "joining",            OutKind::Waiting, true,  "just appeared or came back; takes part when its values have settled"},
    {OutReason::Stale,           "stale",              OutKind::Loss,    false, "not confirmed by the GX any more, left, or the link is lost", "look at its driver and its cable"},
    {OutReason::Frozen,          "frozen",             OutKind::Loss,    false, "values have not moved while the bank worked", "restart its driver: it may have lost its BMS"},
    {OutReason::NoVoltage,       "no_voltage",         OutKind::Loss,    false, "no voltage, or one that cannot be true", "look at what its driver says"},
    {OutReason::NoCurrent,       "no_current",         OutKind::Loss,    false, "neither current nor power", "look at what its driver says"},
    {OutReason::Pending,         "pending",            OutKind::Waiting, true,  "not joined to the busbar: `/State` says pending, starting, shut down"},
    {OutReason::VoltageMismatch, "voltage_mismatch",   OutKind::Loss,    true,  "outside the guard band around the bank's median", "see which sensor is wrong, or whether it is connected at all"},
    {OutReason::OutOfService,    "out_of_service",     OutKind::Waiting, true,  "switched off by the owner"},
    {OutReason::PartOf,          "part_of",            OutKind::Foreign, true,  "another battery that counts is made of it"},
    {OutReason::PartLost,        "part_lost",          OutKind::Loss,    false, "made of others, and what it needs of them is not there", "look at the part that its detail names"},
});
// clang-format on
static_assert(isInOrder(kOutReasons, &OutReasonRow::reason));

inline constexpr std::size_t kOutReasonCount = kOutReasons.size();

[[nodiscard]] constexpr const OutReasonRow& rowOf(OutReason reason) {
    return kOutReasons.at(static_cast<std::size_t>(reason));
}

[[nodiscard]] constexpr std::string_view toText(OutReason reason) {
    return rowOf(reason).word;
}

/// True for what is no battery of the bank: excluded, a shunt, a sum, a part, Busbar's own.
[[nodiscard]] constexpr bool isForeign(OutReason reason) {
    return rowOf(reason).kind == OutKind::Foreign;
}

/// True for reasons of a battery that should take part and cannot.
[[nodiscard]] constexpr bool isLoss(OutReason reason) {
    return rowOf(reason).kind == OutKind::Loss;
}

} // namespace busbar
