// SPDX-License-Identifier: MIT
// The writable battery itself, and the rules that its settings file has constants for.
#include "migrate/wvb.hpp"

#include "config/issue.hpp"
#include "migrate/curves.hpp"
#include "migrate/peer_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace busbar::migrate {

namespace {

constexpr std::array<std::string_view, 11> kConstants = {"CHARGE_VOLTAGE",
                                                         "MAX_CELL_VOLTAGE",
                                                         "DISCHARGE_VOLTAGE",
                                                         "MIN_CELL_VOLTAGE",
                                                         "MAX_CHARGE_CURRENT",
                                                         "MAX_DISCHARGE_CURRENT",
                                                         "CV1",
                                                         "CV2",
                                                         "MAX_CHARGE_CURRENT_ABOVE_CV1",
                                                         "MAX_CHARGE_CURRENT_ABOVE_CV2",
                                                         "NR_OF_CELLS_PER_BATTERY"};

constexpr std::string_view kBattery =
    R"([{"id": "virtual", "name": "VirtualBattery", "writable": {"expire_s": 60, "publish": true}}])";

constexpr double kStep_V = 0.01;

struct Constant {
    double number = 0.0;
    std::string origin;
};

/// What the file gives, by name.
class Constants {
public:
    Constants(const PeerFile& file, Draft& draft) {
        for (const PeerValue& value : file.values) {
            double number = 0.0;
            const char* end = value.text.data() + value.text.size();
            const bool isKnown = std::ranges::find(kConstants, value.name) != kConstants.end();
            const bool isNumber = std::from_chars(value.text.data(), end, number).ptr == end;
            if (isKnown && isNumber && number > 0.0 && number <= 5000.0)
                all_[value.name] = {number, value.name + ", " + value.file + " line " +
                                                std::to_string(value.line)};
            else
                draft.say(Part::NoCounterpart, config::printable(value.name),
                          isKnown ? "is no number above 0" : "no constant that is known of it");
        }
    }
    [[nodiscard]] const Constant* find(std::string_view name) const {
        const auto found = all_.find(name);
        return found == all_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] bool isCell(std::string_view name) const {
        const Constant* one = find(name);
        return one != nullptr && one->number >= 1.0 && one->number <= 5.0;
    }

private:
    std::map<std::string, Constant, std::less<>> all_;
};

void bind(Draft& draft, std::string_view name, const Constant& constant, std::string_view key,
          const std::string& json) {
    draft.set(key, json, constant.origin);
    draft.say(Part::TakenOver, name, std::string(key) + " = " + json);
}

void bindCeilings(const Constants& constants, Draft& draft) {
    for (const auto& [name, key] : {std::pair("MAX_CHARGE_CURRENT", "limits.max_charge_A"),
                                    std::pair("MAX_DISCHARGE_CURRENT", "limits.max_discharge_A")})
        if (const Constant* constant = constants.find(name))
            bind(draft, name, *constant, key, numberText(constant->number));
    if (const Constant* cells = constants.find("NR_OF_CELLS_PER_BATTERY"))
        if (cells->number >= 1 && cells->number <= 1000)
            bind(draft, "NR_OF_CELLS_PER_BATTERY", *cells, "cells",
                 numberText(static_cast<int>(cells->number)));
}

void bindCharge(const Constants& constants, Draft& draft) {
    const Constant* top = constants.find("MAX_CELL_VOLTAGE");
    const Constant* most = constants.find("MAX_CHARGE_CURRENT");
    if (!constants.isCell("MAX_CELL_VOLTAGE") || most == nullptr)
        return;
    bind(draft, "MAX_CELL_VOLTAGE", *top, "limits.cvl.cell_max_V", numberText(top->number));
    std::map<double, double> steps{{0.0, most->number}, {top->number, 0.0}};
    for (const auto& [at, limit] : {std::pair("CV1", "MAX_CHARGE_CURRENT_ABOVE_CV1"),
                                    std::pair("CV2", "MAX_CHARGE_CURRENT_ABOVE_CV2")})
        if (constants.isCell(at) && constants.find(limit) != nullptr &&
            constants.find(at)->number < top->number) {
            steps[constants.find(at)->number] =
                std::min(constants.find(limit)->number, most->number);
            draft.say(Part::TakenOver, at, "a step of limits.curves.high_cell_V");
            draft.say(Part::TakenOver, limit, "a step of limits.curves.high_cell_V");
        }
    const auto points = sidesOf(stepsCurve(steps).points).falling;
    if (isRising(points) && points.size() >= 2)
        draft.set("limits.curves.high_cell_V", curveText(points),
                  "CV1, CV2 and MAX_CELL_VOLTAGE, in parts of MAX_CHARGE_CURRENT");
}

void bindDischarge(const Constants& constants, Draft& draft) {
    if (constants.isCell("MIN_CELL_VOLTAGE")) {
        const double stop_V = constants.find("MIN_CELL_VOLTAGE")->number;
        bind(draft, "MIN_CELL_VOLTAGE", *constants.find("MIN_CELL_VOLTAGE"),
             "limits.curves.low_cell_V",
             curveText(
                 {{stop_V - kStep_V, 0.0}, {stop_V, 0.0}, {std::min(stop_V + kStep_V, 5.0), 1.0}}));
    }
    const Constant* cells = constants.find("NR_OF_CELLS_PER_BATTERY");
    if (constants.isCell("DISCHARGE_VOLTAGE") && cells != nullptr && cells->number <= 190) {
        const double stop_V = constants.find("DISCHARGE_VOLTAGE")->number * cells->number;
        bind(draft, "DISCHARGE_VOLTAGE", *constants.find("DISCHARGE_VOLTAGE"),
             "limits.curves.low_pack_V", curveText({{stop_V, 0.0}, {stop_V + kStep_V, 1.0}}));
    }
}

/// "no rule was at work" is what that program did; its constants say what its owner wanted.
void bindAll(const PeerFile& file, Draft& draft) {
    const Constants constants(file, draft);
    bindCeilings(constants, draft);
    bindCharge(constants, draft);
    bindDischarge(constants, draft);
    for (const std::string_view name : kConstants) {
        const bool isSaid = std::ranges::any_of(
            draft.lines, [name](const Line& line) { return line.option == name; });
        if (constants.find(name) != nullptr && !isSaid)
            draft.say(
                Part::NoCounterpart, name,
                name == "CHARGE_VOLTAGE"
                    ? "the flow writes the charge voltage (/Info/MaxChargeVoltage)"
                    : "is not taken without the constants that go with it, or is no voltage of a "
                      "cell");
    }
    draft.say(
        Part::Differs, "constants of limits",
        "bind whatever is written; in the old program they had no effect. Curves by cells need "
        "/System/MaxCellVoltage and /System/MinCellVoltage from the flow, and close without them");
}

void describe(Draft& draft) {
    draft.set("batteries", R"(["made:virtual"])", "the bank is this battery alone");
    draft.set(
        "made", std::string(kBattery),
        "written by MQTT (busbar/home/set/battery/virtual/values) or on D-Bus as "
        "com.victronenergy.battery.busbar_virtual; 60 s without a good value: limits of 0 and "
        "an alarm");
    draft.say(Part::TakenOver, "paths",
              "all that the old battery had, and more, each by its D-Bus path");
    draft.say(
        Part::Differs, "com.victronenergy.battery.virtual",
        "is com.victronenergy.battery.busbar_virtual: choose it in the nodes of the flow; its "
        "device instance is given by the GX, not always 15");
    draft.say(Part::Differs, "MQTT topic virtualbattery",
              "is busbar/home/set/battery/virtual/values, one JSON object by D-Bus paths "
              "({\"/Soc\": 50, \"/Info/MaxChargeCurrent\": 100}); all of it is taken or nothing. "
              "config/examples/nodered_flow.json is a flow that does so");
    draft.say(
        Part::Differs, "values",
        "are checked: a text, NaN or a limit below 0 is refused and changes nothing; installed "
        "capacity and consumed Ah can be written, too");
    draft.say(Part::Differs, "silence",
              "is noticed after 60 s (expire_s), for each value by itself: limits of 0 and "
              "/Alarms/InternalFailure 1. The old program kept the last values, later ones noticed "
              "after 60 to 120 s; their charge voltage of 53.8 V can be given in fail_safe");
    draft.say(
        Part::NoCounterpart, "https://localhost:1881/virtualbattery",
        "nothing is asked of Node-RED: the flow writes, once a second or when something changes");
}

} // namespace

std::vector<std::string_view> wvbConstants() {
    return {kConstants.begin(), kConstants.end()};
}

Migration migrateWvb(const std::optional<PeerText>& settings) {
    Migration result;
    describe(result.draft);
    if (settings) {
        const ReadableText plain = readable(settings->bytes, settings->name);
        if (!plain.error.empty()) {
            result.error = settings->name + " " + plain.error;
            return result;
        }
        const PeerFile file = readPython(plain.text, settings->name);
        for (const std::string& mistake : file.mistakes)
            result.draft.blame(mistake);
        bindAll(file, result.draft);
    }
    result.config = configText(result.draft,
                               {"Made by `busbar migrate wvb`. `busbar check FILE` says if all is "
                                "well.",
                                "Every option: `busbar config --options`."});
    result.report = reportText(result.draft);
    return result;
}

} // namespace busbar::migrate
