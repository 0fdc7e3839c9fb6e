// SPDX-License-Identifier: MIT
// Tables of what the program counts.
#include "documents/health.hpp"

#include "documents/telling.hpp"

#include <array>

namespace busbar::documents {

namespace {

constexpr auto kTimeFields = std::to_array<Field<Now>>({
    {{"time", Form::Time, 0, "", "when it was written, UTC; unknown while the clock is not set"},
     [](const Now& n) { return clock(n); }},
});

constexpr auto kHealthFields = std::to_array<Field<Health>>({
    {{"version", Form::Text, 0, "", "of Busbar"}, [](const Health& h) { return text(h.version); }},
    {{"process", Form::Text, 0, "", "unlike that of any other Busbar that runs"},
     [](const Health& h) { return text(h.process); }},
    {{"uptime_s", Form::Number, 0, "s", "since it started"},
     [](const Health& h) { return Value(static_cast<double>(h.uptime.count())); }},
    {{"evaluations", Form::Number, 0, "", "cycles"},
     [](const Health& h) { return count(h.evaluations); }},
    {{"mailbox_dropped", Form::Number, 0, "", "messages lost because they came too fast"},
     [](const Health& h) { return count(h.mailboxDropped); }},
    {{"commands_refused", Form::Number, 0, "", "commands and names that were not taken"},
     [](const Health& h) { return count(h.commandsRefused); }},
    {{"writes", Form::Number, 0, "", "messages that writable batteries took, from all sides"},
     [](const Health& h) { return count(h.writes); }},
    {{"writes_refused", Form::Number, 0, "", "… that changed nothing, because something was wrong"},
     [](const Health& h) { return count(h.writesRefused); }},
    {{"bus_signals", Form::Number, 0, "", "sent on D-Bus"},
     [](const Health& h) { return count(h.busSignals); }},
});

constexpr auto kSourceFields = std::to_array<Field<SourceCounters>>({
    {{"messages", Form::Number, 0, "", "read from the GX"},
     [](const SourceCounters& c) { return count(c.messages); }},
    {{"rejected", Form::Number, 0, "", "… that were malformed or out of range"},
     [](const SourceCounters& c) { return count(c.rejected); }},
    {{"sweeps", Form::Number, 0, "", "full publishes that completed"},
     [](const SourceCounters& c) { return count(c.sweeps); }},
    {{"sweeps_failed", Form::Number, 0, "", "… that did not"},
     [](const SourceCounters& c) { return count(c.sweepsFailed); }},
});

constexpr auto kSessionFields = std::to_array<Field<ClientCounters>>({
    {{"connects", Form::Number, 0, "", "sessions begun"},
     [](const ClientCounters& c) { return count(c.connects); }},
    {{"connect_failures", Form::Number, 0, "", "attempts that failed"},
     [](const ClientCounters& c) { return count(c.connectFailures); }},
    {{"losses", Form::Number, 0, "", "sessions lost"},
     [](const ClientCounters& c) { return count(c.losses); }},
    {{"accepted", Form::Number, 0, "", "publications and subscriptions taken"},
     [](const ClientCounters& c) { return count(c.accepted); }},
    {{"delivered", Form::Number, 0, "", "… sent or acknowledged"},
     [](const ClientCounters& c) { return count(c.delivered); }},
    {{"failed", Form::Number, 0, "", "… lost with the session, or refused by the broker"},
     [](const ClientCounters& c) { return count(c.failed); }},
    {{"refused", Form::Number, 0, "", "not taken"},
     [](const ClientCounters& c) { return count(c.refused); }},
    {{"in_flight", Form::Number, 0, "", "waiting now"},
     [](const ClientCounters& c) { return count(c.inFlight); }},
    {{"in_flight_bytes", Form::Number, 0, "B", "… bytes"},
     [](const ClientCounters& c) { return count(c.inFlightBytes); }},
});

constexpr auto kResultsFields = std::to_array<Field<ResultsCounters>>({
    {{"documents", Form::Number, 0, "", "published"},
     [](const ResultsCounters& c) { return count(c.documents); }},
    {{"bytes", Form::Number, 0, "B", "of payload, all publications"},
     [](const ResultsCounters& c) { return count(c.bytes); }},
    {{"unchanged", Form::Number, 0, "", "rendered, but the same as before"},
     [](const ResultsCounters& c) { return count(c.unchanged); }},
    {{"refused", Form::Number, 0, "", "publications that were not taken at once"},
     [](const ResultsCounters& c) { return count(c.refused); }},
    {{"events", Form::Number, 0, "", "published"},
     [](const ResultsCounters& c) { return count(c.events); }},
    {{"events_lost", Form::Number, 0, "", "there was no session"},
     [](const ResultsCounters& c) { return count(c.eventsLost); }},
    {{"overwritten", Form::Number, 0, "",
      "words of somebody else on our status topics, put right; many = another Busbar with the same "
      "`site`"},
     [](const ResultsCounters& c) { return count(c.overwritten); }},
});

void tellWholeHealth(const Reader& reader, const HealthView* view) {
    const Health* health = view != nullptr ? &view->health : nullptr;
    tellLayout(reader);
    tellFields<Now>(reader, kTimeFields, view != nullptr ? &view->now : nullptr);
    tellFields<Health>(reader, kHealthFields, health);
    tellObject<SourceCounters>(reader, "source", kSourceFields,
                               health != nullptr ? &health->source : nullptr);
    tellObject<ClientCounters>(reader, "gx_session", kSessionFields,
                               health != nullptr ? &health->gxSession : nullptr);
    if (health == nullptr)
        tellObject<ClientCounters>(reader, "output_session", kSessionFields, nullptr);
    else if (health->outputSession)
        tellObject<ClientCounters>(reader, "output_session", kSessionFields,
                                   &*health->outputSession);
    tellObject<ResultsCounters>(reader, "results", kResultsFields,
                                view != nullptr ? &view->results : nullptr);
}

} // namespace

void tellHealth(const HealthView& view, const Reader& reader) {
    tellWholeHealth(reader, &view);
}

std::vector<Line> healthLines() {
    return linesOf([](const Reader& reader) { tellWholeHealth(reader, nullptr); });
}

} // namespace busbar::documents
