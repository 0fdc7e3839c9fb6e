// SPDX-License-Identifier: MIT
// The JSON documents that tell about banks, batteries, events and Busbar's own health.
#pragma once

#include "documents/battery.hpp"
#include "documents/health.hpp"
#include "mqtt/results/document_json.hpp"
#include "mqtt/results/json_writing.hpp"

#include <string>

namespace busbar {
struct BankView;
struct Event;
struct MemberReport;
struct Now;
} // namespace busbar

namespace busbar::mqtt {

using documents::hasDocument;
using documents::Health;
using documents::isAvailable;
using documents::ResultsCounters;

/// A field as it stands in documents of layout 1. Without a name it is an element of a list.
void writeField(JsonWriter& json, const documents::About& about, const Value& value);

/// One object: what the bank is, every published row by key, limits with cause, who takes part.
[[nodiscard]] std::string bankDocument(const BankView& view, const DocumentStyle& style = {});
/// One object of what is published with it but is no change of it: `time` and `age_s`.
[[nodiscard]] std::string bankStamp(const BankView& view, const Now& now);

/// One object: what one member of `view` is and says. Only rows that the battery has.
[[nodiscard]] std::string batteryDocument(const BankView& view, const MemberReport& member,
                                          const DocumentStyle& style = {});
[[nodiscard]] std::string batteryStamp(const BankView& view, const MemberReport& member,
                                       const Now& now);

/// One object: `{"layout":2,"time":…,"type":"battery_lost","bank":…,"battery":…,"battery_id":…,
/// "text":…,"value":…,"problem":…}`. "value" is null unless the event has one.
[[nodiscard]] std::string eventDocument(const BankView& view, const Event& event, const Now& now,
                                        const DocumentStyle& style = {});

[[nodiscard]] std::string healthDocument(const Health& health, const ResultsCounters& results,
                                         const Now& now, const DocumentStyle& style = {});

} // namespace busbar::mqtt
