// SPDX-License-Identifier: MIT
// Tables of metrics, and where in the documents their values are.
#include "web/metrics.hpp"

#include "web/board.hpp"
#include "web/reading.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::web {

namespace {

using Labels = std::vector<prometheus::ClientMetric::Label>;

constexpr double kJoulesPerKilowattHour = 3.6e6;
constexpr double kCoulombsPerAmpereHour = 3600.0;

/// A number of a document. `key` and `older`: its names in the layouts.
struct Gauge {
    std::string_view name; ///< after "busbar_bank_" or "busbar_battery_"
    std::string_view help;
    std::string_view key;
    std::string_view older;
    double factor{1.0};
    bool isTotal{false};
    std::string_view within{}; ///< object in which it is
};

// clang-format off
constexpr auto kCommon = std::to_array<Gauge>({
    {"voltage_volts",            "Voltage.",                                        "voltage_V",      "voltage"},
    {"current_amperes",          "Current, positive while charging.",               "current_A",      "current"},
    {"power_watts",              "Power, positive while charging.",                 "power_W",        "power"},
    {"state_of_charge_ratio",    "State of charge, 0 to 1.",                        "soc_pct",        "soc", 0.01},
    {"state_of_health_ratio",    "State of health, 0 to 1.",                        "soh_pct",        "soh", 0.01},
    {"temperature_celsius",      "Temperature.",                                    "temperature_C",  "temperature"},
    {"installed_capacity_coulombs", "Installed capacity.",                          "installed_capacity_Ah", "installed_capacity", kCoulombsPerAmpereHour},
    {"remaining_capacity_coulombs", "Remaining capacity.",                          "capacity_Ah",    "capacity", kCoulombsPerAmpereHour},
    {"stored_energy_joules",     "Remaining capacity times voltage.",               "energy_kWh",     "", kJoulesPerKilowattHour},
    {"min_cell_voltage_volts",   "Lowest cell.",                                    "min_cell_voltage_V", "min_cell_voltage"},
    {"max_cell_voltage_volts",   "Highest cell.",                                   "max_cell_voltage_V", "max_cell_voltage"},
    {"charged_energy_joules_total",    "Energy that went in since counting began.", "charged_kWh",    "", kJoulesPerKilowattHour, true, "meters"},
    {"discharged_energy_joules_total", "Energy that came out.",                     "discharged_kWh", "", kJoulesPerKilowattHour, true, "meters"},
});
constexpr auto kOfBank = std::to_array<Gauge>({
    {"batteries_online",         "Batteries that take part.",                       "online",         ""},
    {"batteries_expected",       "Batteries that should take part.",                "total",          ""},
    {"age_seconds",              "Since a battery that takes part said anything, of the most silent one.", "age_s", ""},
});
constexpr auto kOfBattery = std::to_array<Gauge>({
    {"takes_part",               "1 if it counts in its bank.",                     "takes_part",     ""},
    {"held",                     "1 if it counts with its last values, lost a moment ago.", "held",   ""},
    {"in_service",               "0 if the owner has switched it off.",             "in_service",     ""},
    {"current_share_ratio",      "Its part of the bank's current, mean of the last minutes.", "current_share_pct", "", 0.01},
    {"age_seconds",              "Since it said anything.",                         "age_s",          ""},
});
constexpr auto kOfProgram = std::to_array<Gauge>({
    {"evaluations_total",        "Cycles in which the banks were worked out.",      "evaluations",    "", 1.0, true},
    {"uptime_seconds",           "Since the program started.",                      "uptime_s",       ""},
    {"messages_dropped_total",   "Messages lost on their way to the loop.",         "mailbox_dropped", "", 1.0, true},
});
constexpr auto kLimitNames = std::to_array<std::string_view>({"charge", "discharge", "charge_voltage"});
// clang-format on

/// By name, so that all series of one metric stand together.
class Families {
public:
    void add(const std::string& name, std::string_view help, bool isTotal, Labels labels,
             std::optional<double> value) {
        if (!value || !std::isfinite(*value))
            return;
        prometheus::MetricFamily& family = families_[name];
        family.name = name;
        family.help = help;
        family.type = isTotal ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
        prometheus::ClientMetric metric;
        metric.label = std::move(labels);
        (isTotal ? metric.counter.value : metric.gauge.value) = *value;
        family.metric.push_back(std::move(metric));
    }

    [[nodiscard]] std::string text() {
        std::vector<prometheus::MetricFamily> all;
        for (auto& [name, family] : families_)
            all.push_back(std::move(family));
        return prometheus::TextSerializer().Serialize(all);
    }

private:
    std::map<std::string, prometheus::MetricFamily> families_;
};

/// Labels that tell where a number belongs.
struct Place {
    std::string prefix; ///< "busbar_bank_"
    Labels labels;

    [[nodiscard]] Labels with(const std::string& name, std::string value) const {
        Labels more = labels;
        more.push_back({name, std::move(value)});
        return more;
    }
};

template <class Table>
void addGauges(Families& families, const Place& place, const rapidjson::Value& document,
               const Table& table) {
    for (const Gauge& gauge : table) {
        const rapidjson::Value* from =
            gauge.within.empty() ? &document : memberOf(document, gauge.within);
        const auto value =
            from != nullptr ? numberIn(*from, {gauge.key, gauge.older}) : std::optional<double>();
        families.add(place.prefix + std::string(gauge.name), gauge.help, gauge.isTotal,
                     place.labels, value ? std::optional(*value * gauge.factor) : value);
    }
}

/// Every limiter of one limit; of an older layout the one that binds.
void addLimit(Families& families, const Place& place, std::string_view name,
              const rapidjson::Value& limit) {
    const bool isVoltage = name == "charge_voltage";
    const std::string metric = isVoltage ? "busbar_limit_volts" : "busbar_limit_amperes";
    const auto add = [&](const rapidjson::Value& limiter, bool isBinding) {
        Labels labels = place.with("limit", std::string(name));
        labels.push_back({"cause", textIn(limiter, "cause")});
        labels.push_back({"battery", textIn(limiter, "member")});
        families.add("busbar_limit_binding", "1 for the reason that holds the limit.", false,
                     labels, isBinding ? 1.0 : 0.0);
        families.add(metric, "Limits by their reasons; the smallest is in force.", false,
                     std::move(labels), numberIn(limiter, {"value"}));
    };
    const rapidjson::Value* limiters = memberOf(limit, "limiters");
    if (limiters == nullptr || !limiters->IsArray() || limiters->Empty())
        return add(limit, true);
    std::vector<std::pair<std::string, std::string>> seen; // a series may stand there once
    for (const rapidjson::Value& limiter : limiters->GetArray()) {
        std::pair series(textIn(limiter, "cause"), textIn(limiter, "member"));
        if (std::ranges::find(seen, series) != seen.end())
            continue;
        seen.push_back(std::move(series));
        add(limiter, numberIn(limiter, {"binding"}).value_or(0.0) != 0.0);
    }
}

void addBank(Families& families, const std::string& site, const Document& document) {
    const auto bank = parsed(document.json());
    Place place{"busbar_bank_", {{"site", site}, {"bank", document.id}}};
    addGauges(families, place, bank, kCommon);
    addGauges(families, place, bank, kOfBank);
    const rapidjson::Value* limits = memberOf(bank, "limits");
    if (limits == nullptr)
        return;
    for (const std::string_view name : kLimitNames)
        if (const rapidjson::Value* limit = memberOf(*limits, name)) {
            addLimit(families, place, name, *limit);
            families.add(name == "charge_voltage"
                             ? "busbar_bank_charge_voltage_limit_volts"
                             : "busbar_bank_" + std::string(name) + "_limit_amperes",
                         "Limit in force.", false, place.labels, numberIn(*limit, {"value"}));
        }
}

void addBattery(Families& families, const std::string& site, const Document& document) {
    const auto battery = parsed(document.json());
    const Place place{"busbar_battery_", {{"site", site}, {"battery", document.id}}};
    families.add("busbar_battery_info", "What it is called and where it belongs; always 1.", false,
                 {{"site", site},
                  {"battery", document.id},
                  {"name", textIn(battery, "name")},
                  {"bank", textIn(battery, "bank")}},
                 1.0);
    addGauges(families, place, battery, kCommon);
    addGauges(families, place, battery, kOfBattery);
    const rapidjson::Value* cells = memberOf(battery, "cells");
    if (cells == nullptr || !cells->IsArray())
        return;
    int number = 0;
    for (const rapidjson::Value& cell : cells->GetArray())
        families.add("busbar_cell_voltage_volts", "Voltage of a cell.", false,
                     place.with("cell", std::to_string(++number)),
                     cell.IsNumber() ? std::optional(cell.GetDouble()) : std::nullopt);
}

} // namespace

std::string metricsText(const Board& board) {
    Families families;
    families.add("busbar_build_info", "Version of the program; always 1.", false,
                 {{"version", board.version}}, 1.0);
    families.add("busbar_http_streams", "Open event streams of pages.", false, {},
                 static_cast<double>(board.streams()));
    for (const SitePage& site : board.sites()) {
        families.add("busbar_site_online", "1 while the GX is read.", false, {{"site", site.site}},
                     site.isOnline ? 1.0 : 0.0);
        addGauges(families, {"busbar_", {{"site", site.site}}}, parsed(site.health), kOfProgram);
        for (const Document& bank : site.banks)
            addBank(families, site.site, bank);
        for (const Document& battery : site.batteries)
            addBattery(families, site.site, battery);
    }
    return families.text();
}

} // namespace busbar::web
