// SPDX-License-Identifier: MIT
// The report of a closed loop for programs.
#include "app/commands/closed_loop_report.hpp"
#include "core/table/setting_words.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cmath>

namespace busbar {

namespace {

/// Writes members of objects by key; opens and closes objects and arrays around a body.
class Json {
public:
    void key(std::string_view name) {
        writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    }
    void text(std::string_view name, std::string_view value) {
        key(name);
        writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    /// To a millionth: more would be noise.
    void number(std::string_view name, const std::optional<double>& value) {
        key(name);
        value ? writer_.Double(std::round(*value * 1e6) / 1e6) : writer_.Null();
    }
    void count(std::string_view name, std::int64_t value) {
        key(name);
        writer_.Int64(value);
    }
    template <class Body>
    void object(Body&& body) {
        writer_.StartObject();
        body();
        writer_.EndObject();
    }
    template <class Body>
    void object(std::string_view name, Body&& body) {
        key(name);
        object(body);
    }
    /// `body` is called with each element inside an object of its own.
    template <class List, class Body>
    void list(std::string_view name, const List& elements, Body&& body) {
        key(name);
        writer_.StartArray();
        for (const auto& element : elements)
            object([&] { body(element); });
        writer_.EndArray();
    }
    [[nodiscard]] std::string take() const {
        return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
    }

private:
    rapidjson::StringBuffer buffer_;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_{buffer_};
};

std::optional<double> milliohm(const std::optional<double>& resistance_Ohm) {
    return resistance_Ohm ? std::optional(1000.0 * *resistance_Ohm) : std::nullopt;
}

void tripCounts(Json& json, std::string_view name, const sim::TripCounts& trips) {
    json.object(name, [&] {
        for (std::size_t i = 0; i < trips.size(); ++i)
            json.count(kTripTexts.at(i), trips.at(i));
    });
}

void metrics(Json& json, const sim::Metrics& m) {
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::optional<double>>{"hours", m.hours},
          {"charged_Ah", m.charged_Ah},
          {"min_cell_V", m.minCell_V},
          {"max_cell_V", m.maxCell_V},
          {"full_h", m.full_h},
          {"over_limit_s", m.overLimit_s},
          {"worst_excess_A", m.worstExcess_A},
          {"worst_excess_pct", m.worstExcess_pct},
          {"unused_bank_pct", m.unusedBank_pct},
          {"unused_weakest_pct", m.unusedWeakest_pct},
          {"cvl_turns_per_h", m.cvlTurns_per_h},
          {"ccl_turns_per_h", m.cclTurns_per_h},
          {"unheard_over_s", m.unheard.total_s},
          {"unheard_excess_pct", m.unheard.worst_pct},
          {"ccl_at_zero_h", m.cclAtZero_h},
          {"dcl_at_zero_h", m.dclAtZero_h},
          {"unserved_Wh", m.unserved_Wh},
          {"curtailed_Wh", m.curtailed_Wh}})
        json.number(name, value);
    json.count("trips", m.trips);
    tripCounts(json, "trips_by_flow", m.tripsByFlow);
}

void pack(Json& json, const PackFacts& p) {
    json.text("name", p.name);
    json.count("instance", p.instance);
    json.number("nominal_Ah", p.nominal_Ah);
    json.number("usable_Ah", p.usable_Ah);
    json.number("resistance_mOhm", milliohm(p.resistance_Ohm));
    json.number("slow_resistance_mOhm", milliohm(p.slow_Ohm));
    json.number("soc_pct", p.soc_pct);
    json.count("cells", static_cast<std::int64_t>(p.cells));
    json.text("smallest_cell", p.smallestCell);
    json.number("smallest_cell_Ah", p.smallestCell_Ah);
    json.number("max_charge_V", p.charge_V);
    json.number("max_charge_A", p.charge_A);
    json.number("max_discharge_A", p.discharge_A);
    tripCounts(json, "trips", p.trips);
}

void cell(Json& json, std::string_view name, const CellFacts& c) {
    json.object(name, [&] {
        json.text("name", c.name);
        json.number("voltage_V", c.voltage_V);
    });
}

void day(Json& json, int number, const DayFacts& d) {
    json.count("day", number);
    json.object("metrics", [&] { metrics(json, d.metrics); });
    cell(json, "lowest_cell", d.lowest);
    cell(json, "highest_cell", d.highest);
    json.object("soc", [&] {
        json.number("shown_pct", d.atEnd.shown_pct);
        json.number("counter_pct", d.atEnd.counter_pct);
        json.number("truth_pct", d.atEnd.truth_pct);
    });
    json.text("balancing", toText(d.balancing));
    json.list("causes", d.causes, [&](const CauseTime& time) {
        json.text("limit", kLimitTexts.at(static_cast<std::size_t>(time.limit)));
        json.text("cause", toText(time.cause));
        json.text("member", time.member);
        json.number("hours", time.hours);
    });
}

/// Something that Busbar believes beside what is true.
template <class Write, class What>
void both(Json& json, std::string_view name, const What& learned, const What& truth,
          Write&& write) {
    json.object(name, [&] {
        write("learned", learned);
        write("truth", truth);
    });
}

void meters(Json& json, const MeterTotals& learned, const MeterTotals& truth) {
    both(json, "meters", learned, truth, [&](std::string_view name, const MeterTotals& totals) {
        json.object(name, [&] {
            json.number("charged_Ah", totals.charged_Ah);
            json.number("discharged_Ah", totals.discharged_Ah);
            json.number("charged_Wh", totals.charged_Wh);
            json.number("discharged_Wh", totals.discharged_Wh);
        });
    });
}

void member(Json& json, const MemberFacts& m) {
    const auto number = [&](std::string_view name, const std::optional<double>& value) {
        json.number(name, value);
    };
    const auto text = [&](std::string_view name, const std::string& value) {
        json.text(name, value);
    };
    json.text("name", m.name);
    both(json, "share", m.share, m.trueShare, number);
    json.number("resistance_mOhm", milliohm(m.resistance_Ohm));
    json.object("soc", [&] {
        json.number("bms_pct", m.bms_pct);
        json.number("counter_pct", m.counter_pct);
        json.number("truth_pct", m.truth_pct);
    });
    both(json, "weakest_cell", m.weakestCell, m.trueWeakestCell, text);
    both(json, "highest_cell", m.highestCell, m.trueHighestCell, text);
    meters(json, m.meters, m.trueMeters);
    tripCounts(json, "trips", m.trips);
}

void balancing(Json& json, const BalancingFacts& b) {
    json.text("stage", toText(b.stage));
    json.text("last_result", toText(b.lastResult));
    json.text("obstacle", toText(b.obstacle));
    json.number("days_since", b.daysSince ? std::optional<double>(*b.daysSince) : std::nullopt);
    for (std::size_t i = 0; i < b.events.size(); ++i)
        json.count(toText(static_cast<BalancingEvent>(i)), b.events.at(i));
}

} // namespace

std::string reportJson(const ClosedLoopReport& report) {
    Json json;
    json.object([&] {
        json.count("seed", static_cast<std::int64_t>(report.seed));
        json.text("chemistry", sim::toText(report.chemistry));
        json.text("preset", toText(report.preset));
        json.number("start_h",
                    std::chrono::duration<double, std::ratio<3600>>(report.startOfDay).count());
        json.count("in_series", static_cast<std::int64_t>(report.inSeries));
        json.list("packs", report.packs, [&](const PackFacts& p) { pack(json, p); });
        int number = 0;
        json.list("days", report.days, [&](const DayFacts& d) { day(json, ++number, d); });
        json.list("members", report.members, [&](const MemberFacts& m) { member(json, m); });
        meters(json, report.meters, report.trueMeters);
        json.object("balancing", [&] { balancing(json, report.balancing); });
        json.object("whole", [&] { metrics(json, report.whole); });
    });
    return json.take();
}

} // namespace busbar
