// SPDX-License-Identifier: MIT
// The report of a closed loop for people.
#include "app/commands/closed_loop_report.hpp"
#include "app/view/text_table.hpp"
#include "base/format.hpp"

#include <cmath>

namespace busbar {

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kUnknown = "---";

/// The number with its unit, no "-0.0".
std::string number(double value, int decimals, std::string_view unit) {
    const double shown = std::abs(value) < 0.5 * std::pow(10.0, -decimals) ? 0.0 : value;
    return formatted("{:.{}f}{}{}", shown, decimals, unit.empty() ? "" : " ", unit);
}

std::string number(const std::optional<double>& value, int decimals, std::string_view unit) {
    return value ? number(*value, decimals, unit) : kUnknown;
}

std::string milliohm(double resistance_Ohm) {
    return number(1000.0 * resistance_Ohm, 2, "mΩ");
}

std::string named(const std::string& name) {
    return name.empty() ? kUnknown : name;
}

std::string clockText(std::chrono::seconds ofDay) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(ofDay).count() % 1440;
    return formatted("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string packsText(const ClosedLoopReport& report) {
    Rows rows = {{"Pack", "smallest cell", "nominal", "usable", "R", "+ slow", "SoC", "max CVL",
                  "max CCL", "max DCL"}};
    for (const PackFacts& pack : report.packs)
        rows.push_back({pack.name,
                        formatted("{} {:.1f} Ah", pack.smallestCell, pack.smallestCell_Ah),
                        number(pack.nominal_Ah, 0, "Ah"), number(pack.usable_Ah, 1, "Ah"),
                        milliohm(pack.resistance_Ohm), milliohm(pack.slow_Ohm),
                        number(pack.soc_pct, 1, "%"), number(pack.charge_V, 2, "V"),
                        number(pack.charge_A, 0, "A"), number(pack.discharge_A, 0, "A")});
    return "The bank, as it was built\n" + tableText(rows, 2);
}

std::string cellText(const CellFacts& cell) {
    return formatted("{:.3f} V {}", cell.voltage_V, cell.name);
}

/// Time of day at which the bank was full.
std::string fullText(const ClosedLoopReport& report, const DayFacts& day) {
    if (!day.metrics.full_h)
        return "never";
    const auto after = std::chrono::seconds(std::llround(*day.metrics.full_h * 3600.0));
    return clockText(report.startOfDay + after);
}

std::string daysText(const ClosedLoopReport& report) {
    Rows rows = {{"Day", "lowest cell", "highest cell", "full at", "charged", "curtailed",
                  "unserved", "trips", "SoC: shown", "counted", "true"}};
    for (const DayFacts& day : report.days)
        rows.push_back({std::to_string(rows.size()), cellText(day.lowest), cellText(day.highest),
                        fullText(report, day), number(day.metrics.charged_Ah, 0, "Ah"),
                        number(day.metrics.curtailed_Wh / 1000.0, 1, "kWh"),
                        number(day.metrics.unserved_Wh / 1000.0, 1, "kWh"),
                        std::to_string(day.metrics.trips), number(day.atEnd.shown_pct, 1, "%"),
                        number(day.atEnd.counter_pct, 1, "%"),
                        number(day.atEnd.truth_pct, 1, "%")});
    return formatted("Days, each from {} to {}\n", clockText(report.startOfDay),
                     clockText(report.startOfDay)) +
           tableText(rows, 3);
}

std::string causeText(const CauseTime& time) {
    std::string text = formatted("{} {:.1f} h", toText(time.cause), time.hours);
    return time.member.empty() ? text : text + " (" + time.member + ")";
}

/// One line per day and limit; what held for less than three minutes is left out.
std::string causesText(const ClosedLoopReport& report) {
    constexpr double kWorthSaying_h = 0.05;
    constexpr std::array kNames = {"CCL", "DCL", "CVL"};
    std::string text = "What held the limits, for how long, and who mostly\n";
    for (std::size_t day = 0; day < report.days.size(); ++day)
        for (std::size_t limit = 0; limit < kNames.size(); ++limit) {
            std::string line;
            for (const CauseTime& time : report.days[day].causes)
                if (static_cast<std::size_t>(time.limit) == limit && time.hours >= kWorthSaying_h)
                    line += (line.empty() ? "" : ", ") + causeText(time);
            const std::string head = limit == 0 ? formatted("Day {}", day + 1) : "";
            text += formatted("  {:<8}{}  {}\n", head, kNames.at(limit), named(line));
        }
    return text;
}

std::string shareText(const std::optional<double>& share) {
    return share ? number(100.0 * *share, 1, "%") : kUnknown;
}

std::string learnedText(const ClosedLoopReport& report) {
    Rows rows = {{"Pack", "weakest cell", "true", "highest cell", "true", "share", "true", "R",
                  "true R", "SoC: BMS", "counted", "true"}};
    for (const MemberFacts& member : report.members) {
        const TrueResistance& truth = member.trueResistance;
        rows.push_back({member.name, named(member.weakestCell), named(member.trueWeakestCell),
                        named(member.highestCell), named(member.trueHighestCell),
                        shareText(member.share), shareText(member.trueShare),
                        member.resistance_Ohm ? milliohm(*member.resistance_Ohm) : kUnknown,
                        formatted("{:.2f}…{}", 1000.0 * truth.fast_Ohm,
                                  milliohm(truth.fast_Ohm + truth.slow_Ohm)),
                        number(member.bms_pct, 1, "%"), number(member.counter_pct, 1, "%"),
                        number(member.truth_pct, 1, "%")});
    }
    return "What Busbar has learned, and what is true\n" + tableText(rows, 5);
}

std::vector<std::string> meterRow(const std::string& name, const MeterTotals& counted,
                                  const MeterTotals& truth) {
    return {name,
            number(counted.charged_Wh / 1000.0, 2, "kWh"),
            number(truth.charged_Wh / 1000.0, 2, ""),
            number(counted.discharged_Wh / 1000.0, 2, "kWh"),
            number(truth.discharged_Wh / 1000.0, 2, ""),
            number(counted.charged_Ah, 1, "Ah"),
            number(truth.charged_Ah, 1, ""),
            number(counted.discharged_Ah, 1, "Ah"),
            number(truth.discharged_Ah, 1, "")};
}

std::string metersText(const ClosedLoopReport& report) {
    Rows rows = {{"Meters", "charged", "true", "discharged", "true", "charged", "true",
                  "discharged", "true"}};
    for (const MemberFacts& member : report.members)
        rows.push_back(meterRow(member.name, member.meters, member.trueMeters));
    rows.push_back(meterRow("Bank", report.meters, report.trueMeters));
    return tableText(rows, 1);
}

std::string balancingText(const BalancingFacts& balancing) {
    const auto [started, succeeded, failed] = balancing.events;
    std::string text = formatted("Balancing: {}; {} started, {} succeeded, {} failed",
                                 toText(balancing.stage), started, succeeded, failed);
    if (balancing.obstacle != BalancingObstacle::None)
        text += formatted("; not possible now: {}", toText(balancing.obstacle));
    return text + "\n";
}

/// Who opened, why and how often.
std::string tripsText(const ClosedLoopReport& report) {
    std::string list;
    for (const PackFacts& pack : report.packs)
        for (std::size_t i = 0; i < pack.trips.size(); ++i)
            if (pack.trips.at(i) > 0)
                list += formatted("{}{} {} {}", list.empty() ? "" : ", ", pack.name,
                                  kTripTexts.at(i), pack.trips.at(i));
    return "BMS trips: " + (list.empty() ? "none" : list) + "\n";
}

/// "none", or "over_voltage 2, over_charge 1".
std::string flowTripsText(const sim::TripCounts& trips) {
    std::string list;
    for (std::size_t i = 0; i < trips.size(); ++i)
        if (trips.at(i) > 0)
            list += formatted("{}{} {}", list.empty() ? "" : ", ", kTripTexts.at(i), trips.at(i));
    return list.empty() ? "none" : list;
}

std::string counted(std::size_t count, std::string_view what) {
    return formatted("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "2 packs", or "2 strings of 3 blocks".
std::string bankText(const ClosedLoopReport& report) {
    if (report.inSeries == 1)
        return counted(report.packs.size(), "pack");
    return counted(report.packs.size() / report.inSeries, "string") + " of " +
           counted(report.inSeries, "block");
}

std::string headText(const ClosedLoopReport& report) {
    return formatted("Closed loop of the core and a simulated bank: seed {}, {}, {} cells each, "
                     "{}, {}\n",
                     report.seed, bankText(report), report.packs.front().cells,
                     sim::toText(report.chemistry), counted(report.days.size(), "day"));
}

} // namespace

std::string metricsText(const sim::Metrics& metrics) {
    std::string text =
        formatted("  {:.0f} Ah charged, {:.1f} kWh of sun unused, {:.1f} kWh of "
                  "load not served\n",
                  metrics.charged_Ah, metrics.curtailed_Wh / 1000.0, metrics.unserved_Wh / 1000.0);
    text += formatted("  cells {:.3f} V to {:.3f} V; BMS trips by charging and discharging: {}; "
                      "by equalising and at rest: {}\n",
                      metrics.minCell_V, metrics.maxCell_V, flowTripsText(metrics.tripsByFlow),
                      metrics.trips - sim::sumOf(metrics.tripsByFlow));
    text += metrics.overLimit_s > 0.0
                ? formatted("  packs above their own limits for {:.0f} s, at worst by {:.1f} A "
                            "({:.0f} % of what the pack may take at most)\n",
                            metrics.overLimit_s, metrics.worstExcess_A, metrics.worstExcess_pct)
                : "  no pack above its own limits for longer than 10 s\n";
    if (metrics.unheard.total_s > 0.0)
        text += formatted("  packs that nobody heard above the limits that they gave last for "
                          "{:.0f} s, at worst by {:.0f} %\n",
                          metrics.unheard.total_s, metrics.unheard.worst_pct);
    text += formatted("  at its fullest the bank lacked {:.1f} %, its smallest pack {:.1f} %\n",
                      metrics.unusedBank_pct, metrics.unusedWeakest_pct);
    return text + formatted("  changes of direction per hour: CVL {:.1f}, CCL {:.1f}\n",
                            metrics.cvlTurns_per_h, metrics.cclTurns_per_h);
}

std::string reportText(const ClosedLoopReport& report) {
    return headText(report) + "\n" + packsText(report) + "\n" + daysText(report) + "\n" +
           causesText(report) + "\n" + learnedText(report) + "\n" + metersText(report) + "\n" +
           balancingText(report.balancing) + tripsText(report) + "\nThe whole time\n" +
           metricsText(report.whole);
}

} // namespace busbar
