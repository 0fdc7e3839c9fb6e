// SPDX-License-Identifier: MIT
// Renders what documents tell as JSON.
#include "mqtt/results/results_json.hpp"

#include "documents/bank.hpp"
#include "documents/event.hpp"

namespace busbar::mqtt {

namespace {

using documents::Reader;

constexpr DocumentStyle kFormer{.layout = 1};

} // namespace

void writeField(JsonWriter& json, const documents::About& about, const Value& value) {
    DocumentWriter(json, kFormer).write({documents::Step::Field, about, value});
}

std::string bankDocument(const BankView& view, const DocumentStyle& style) {
    return documentText([&view](const Reader& reader) { documents::tellBank(view, reader); },
                        style);
}

std::string bankStamp(const BankView& view, const Now& now) {
    return documentText([&](const Reader& reader) { documents::tellBankStamp(view, now, reader); },
                        {});
}

std::string batteryDocument(const BankView& view, const MemberReport& member,
                            const DocumentStyle& style) {
    const auto tell = [&](const Reader& reader) {
        documents::tellBattery(documents::viewOf(view, member), reader);
    };
    return documentText(tell, style);
}

std::string batteryStamp(const BankView& view, const MemberReport& member, const Now& now) {
    const auto tell = [&](const Reader& reader) {
        documents::tellBatteryStamp(documents::viewOf(view, member), now, reader);
    };
    return documentText(tell, {});
}

std::string eventDocument(const BankView& view, const Event& event, const Now& now,
                          const DocumentStyle& style) {
    return documentText(
        [&](const Reader& reader) {
            documents::tellEvent({view, event, now}, reader);
        },
        style);
}

std::string healthDocument(const Health& health, const ResultsCounters& results, const Now& now,
                           const DocumentStyle& style) {
    return documentText(
        [&](const Reader& reader) {
            documents::tellHealth({health, results, now}, reader);
        },
        style);
}

} // namespace busbar::mqtt
