// SPDX-License-Identifier: MIT
// DAB's options about who takes part and what is said.
#include "config/issue.hpp"
#include "migrate/dab_options.hpp"

#include <algorithm>
#include <array>

namespace busbar::migrate {

namespace {

struct Word {
    std::string_view theirs;
    std::string_view ours;
};
constexpr std::array kLevels = {Word{"error", "error"}, Word{"warning", "warn"},
                                Word{"info", "info"}, Word{"debug", "debug"}};

} // namespace

void takeCount(const DabValues&, const DabValue& value, Draft& draft) {
    if (value.number < 2) {
        if (value.isGiven)
            draft.say(Part::NoCounterpart, value.name, "below 2, so it says nothing");
        draft.blame("NR_OF_BATTERIES is below 2 or not given, with which the old program does not "
                    "start; every battery that is found takes part");
        return;
    }
    takeAs(draft, value, "expected", numberText(within(draft, value, value.number, 2, 64)));
    draft.say(
        Part::Differs, value.name,
        "with fewer batteries there is an alarm and the bank goes on with those that are there "
        "(the old one stopped, and left the bus after a while); min_batteries says when to "
        "stop. More than that do no harm");
}

void takeCells(const DabValues&, const DabValue& value, Draft& draft) {
    if (value.number >= 2)
        takeAs(draft, value, "cells", numberText(within(draft, value, value.number, 2, 1000)));
    else if (value.isGiven)
        draft.say(Part::NoCounterpart, value.name,
                  "below 2, so it says nothing; the cells are as the "
                  "batteries tell");
}

void takeProduct(const DabValues& values, const DabValue& value, Draft& draft) {
    const std::string& path = values["BATTERY_PRODUCT_NAME_PATH"].text;
    const bool isUsable = value.text.find_first_of("*?[") == std::string::npos;
    if (path == "/ProductName" && isUsable && !value.text.empty()) {
        takeAs(draft, value, "batteries",
               textsText({"products:*" + config::printable(value.text) + "*"}));
        return;
    }
    draft.set("batteries", "\"auto\"", value.origin);
    draft.say(Part::Differs, value.name,
              "every battery with a BMS takes part (batteries = \"auto\"), since \"" +
                  config::printable(value.text) + "\" in " + config::printable(path) +
                  " picks none here; better list them by name, serial or connection");
}

void takeNamePath(const DabValues&, const DabValue& value, Draft& draft) {
    if (!value.isGiven)
        return;
    if (value.text == "/CustomName" && value.name != "BATTERY_PRODUCT_NAME_PATH")
        draft.say(Part::TakenOver, value.name,
                  "batteries and shunts are called by their custom names");
    else if (value.text == "/ProductName" && value.name == "BATTERY_PRODUCT_NAME_PATH")
        draft.say(Part::TakenOver, value.name, "the selector products: looks there");
    else
        draft.say(
            Part::Differs, value.name,
            "batteries are called by their custom names, and known again by serial numbers, so "
            "that two of one name never collide");
}

void takeServiceClass(const DabValues&, const DabValue& value, Draft& draft) {
    if (value.isGiven)
        draft.say(Part::NoCounterpart, value.name,
                  "not needed: which services are batteries, chargers and loads is known by the "
                  "GX's own classes");
}

void takeInterval(const DabValues&, const DabValue& value, Draft& draft) {
    if (!value.isGiven)
        return;
    takeAs(draft, value, "cycle_ms",
           numberText(within(draft, value, value.number * 1000, 20, 5000)));
    draft.say(Part::Differs, value.name, "a cut limit, a block and an alarm go at once");
}

void takeSendCells(const DabValues&, const DabValue& value, Draft& draft) {
    if (value.number == 1)
        takeAs(draft, value, "publish.cells", "true");
    else if (value.isGiven)
        draft.say(Part::TakenOver, value.name, "off, as here (publish.cells)");
}

void takeLogging(const DabValues&, const DabValue& value, Draft& draft) {
    const auto* level = std::ranges::find(kLevels, lowered(value.text), &Word::theirs);
    if (!value.isGiven)
        return;
    if (level != kLevels.end())
        takeAs(draft, value, "log_level", inQuotes(level->ours));
    else
        draft.say(Part::NoCounterpart, value.name,
                  "\"" + config::printable(value.text) + "\" is no level here; log_level is info");
}

} // namespace busbar::migrate
