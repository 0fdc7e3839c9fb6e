// SPDX-License-Identifier: MIT
// The JSON documents that tell about banks, batteries, events and Busbar's own health.
#pragma once

#include "core/bank_view.hpp"
#include "core/events.hpp"
#include "core/now.hpp"
#include "core/report.hpp"
#include "mqtt/client_counters.hpp"
#include "mqtt/venus_source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

/// The first key of every document; grows when the meaning of a key changes. Keys are added without
/// that.
inline constexpr int kLayout = 1;

/// True for a battery that gets topics of its own: it is on the GX, and the bank considers it.
/// Shunts, sums of other batteries, excluded ones and Busbar's own do not.
[[nodiscard]] bool hasDocument(const MemberReport& member);
/// True if its values are those of now, or were a moment ago (held), whether it takes part or not.
[[nodiscard]] bool isAvailable(const MemberReport& member);

/// One object: what the bank is, every published row by key, limits with cause, who takes part.
/// Unknown numbers are null, unknown texts are "".
[[nodiscard]] std::string bankDocument(const BankView& view);

/// One object: what one member of `view` is and says. Only rows that the battery has.
[[nodiscard]] std::string batteryDocument(const BankView& view, const MemberReport& member);

/// One object: `{"layout":1,"time":…,"type":"battery_lost","bank":…,"battery":…,"battery_id":…,
/// "text":…,"value":…,"problem":…}`. "value" is null unless the event has one.
[[nodiscard]] std::string eventDocument(const BankView& view, const Event& event, const Now& now);

/// What Results has done; see there.
struct ResultsCounters {
    std::uint64_t documents{0}; ///< published, states and health
    std::uint64_t bytes{0};     ///< … of payload, all publications
    std::uint64_t unchanged{0}; ///< rendered and the same as before, so not published
    std::uint64_t refused{0};   ///< publications that were not taken; tried again
    std::uint64_t events{0};
    std::uint64_t eventsLost{0};  ///< not connected, or not taken: an event is never late
    std::uint64_t overwritten{0}; ///< words of somebody else on own status topics, put right
};

/// What the program has done since it started, collected by whoever owns the parts.
struct Health {
    std::string process; ///< tells this run from every other one
    std::string version;
    std::chrono::seconds uptime{0};
    std::uint64_t evaluations{0};
    std::uint64_t mailboxDropped{0}; ///< messages lost on their way to the loop
    std::uint64_t commandsRefused{0};
    std::uint64_t busSignals{0}; ///< sent on D-Bus, all batteries
    SourceCounters source;
    ClientCounters gxSession;
    std::optional<ClientCounters> outputSession; ///< nothing if results use the GX's session
};

[[nodiscard]] std::string healthDocument(const Health& health, const ResultsCounters& results,
                                         const Now& now);

/// A key of a document for the manual; keys of objects within are "limits.charge.value".
struct KeyLine {
    std::string key;
    std::string_view unit;
    std::string meaning;
};
[[nodiscard]] std::vector<KeyLine> bankKeys();
[[nodiscard]] std::vector<KeyLine> batteryKeys();
[[nodiscard]] std::vector<KeyLine> eventKeys();
[[nodiscard]] std::vector<KeyLine> healthKeys();

} // namespace busbar::mqtt
