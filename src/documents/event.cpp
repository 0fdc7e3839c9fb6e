// SPDX-License-Identifier: MIT
// Table of what an event says.
#include "documents/event.hpp"

#include "core/bank_view.hpp"
#include "core/events.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "documents/sentences.hpp"
#include "documents/telling.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace busbar::documents {

namespace {

/// Of a battery, or of the made one that "Barn/Pack C" is in.
std::string_view idOf(const BankView& view, std::string_view name) {
    const auto found = std::ranges::find_if(view.report.members, [name](const MemberReport& one) {
        return name == one.name || name.starts_with(one.name + "/");
    });
    return found != view.report.members.end() && !name.empty() ? std::string_view(found->id)
                                                               : std::string_view();
}

constexpr auto kEventFields = std::to_array<Field<EventView>>({
    {{"time", Form::Time, 0, "", "when, UTC; unknown while the clock is not set"},
     [](const EventView& e) { return clock(e.now); }},
    {{"type", Form::Text, 0, "", "see below"},
     [](const EventView& e) { return text(toText(e.event.kind)); }},
    {{"bank", Form::Text, 0, "", "id"},
     [](const EventView& e) { return text(e.bank.settings.id); }},
    {{"battery", Form::Text, 0, "", "name, if it is about one"},
     [](const EventView& e) { return text(e.event.member); }},
    {{"battery_id", Form::Text, 0, "", "its id"},
     [](const EventView& e) { return text(idOf(e.bank, e.event.member)); }},
    {{"text", Form::Text, 0, "", "details"}, [](const EventView& e) { return text(e.event.text); }},
    {{"sentence", Form::Text, 0, "", "the same for people, in English"},
     [](const EventView& e) { return text(sentenceOf(e.event)); }},
    {{"value", Form::Number, 1, "", "A for limits, level for alarms"},
     [](const EventView& e) {
         return rowOf(e.event.kind).hasValue ? Value(e.event.value) : Value();
     }},
    {{"problem", Form::Truth, 0, "", "false = all is well again, or just news"},
     [](const EventView& e) { return truth(e.event.isProblem); }},
});

void tellWholeEvent(const Reader& reader, const EventView* event) {
    tellLayout(reader);
    tellFields<EventView>(reader, kEventFields, event);
}

} // namespace

void tellEvent(const EventView& event, const Reader& reader) {
    tellWholeEvent(reader, &event);
}

std::vector<Line> eventLines() {
    return linesOf([](const Reader& reader) { tellWholeEvent(reader, nullptr); });
}

} // namespace busbar::documents
