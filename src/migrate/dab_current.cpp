// SPDX-License-Identifier: MIT
// DAB's options about where the current of the bank is measured.
#include "config/issue.hpp"
#include "config/json_tree.hpp"
#include "migrate/dab_options.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace busbar::migrate {

namespace {

/// What USE_SMARTSHUNTS says.
struct Shunts {
    bool areAny = false;
    std::vector<std::string> selectors;
    std::string error; ///< empty, or why the old program refuses it
};

std::string kindOfName(const DabValues& values) {
    const std::string& path = values["SMARTSHUNT_INSTANCE_NAME_PATH"].text;
    return path == "/Serial" ? "serial:" : "name:";
}

/// Nothing for what is neither a whole number nor a text.
std::optional<std::string> selectorOf(const config::Node& entry, const DabValues& values) {
    if (entry.type == config::Node::Type::Text && !entry.text.empty())
        return kindOfName(values) + entry.text;
    if (entry.type == config::Node::Type::Number && entry.number >= 0 &&
        entry.number == std::floor(entry.number))
        return "instance:" + numberText(entry.number);
    return std::nullopt;
}

Shunts listed(std::string text, const DabValues& values) {
    std::ranges::replace(text, '\'', '"');
    Shunts shunts;
    const auto json = config::parseJson(text);
    if (!json.root || json.root->type != config::Node::Type::List) {
        shunts.error = "is neither True, False nor a list such as [278, 'Shunt']";
        return shunts;
    }
    for (const config::Node& entry : json.root->children) {
        if (const auto selector = selectorOf(entry, values))
            shunts.selectors.push_back(*selector);
        else
            shunts.error = "has an entry that is neither a whole number nor a text";
    }
    shunts.areAny = !shunts.selectors.empty();
    return shunts;
}

Shunts shuntsOf(const DabValues& values) {
    const std::string text = lowered(trimmed(values["USE_SMARTSHUNTS"].text));
    if (text.empty() || text == "false" || text == "no" || text == "0")
        return {};
    if (text == "true" || text == "yes" || text == "1")
        return {true,
                {"products:*" + config::printable(values["SMARTSHUNT_NAME_KEYWORD"].text) + "*"},
                {}};
    return listed(values["USE_SMARTSHUNTS"].text, values);
}

bool isShuntAlone(const DabValues& values) {
    return values.isOn("SMARTSHUNT_AS_BATTERY_CURRENT") && shuntsOf(values).areAny;
}

} // namespace

void takeVictron(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.flag) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name, "the batteries' own currents are added up");
        return;
    }
    takeAs(draft, value, "current.source", isShuntAlone(values) ? "\"shunt\"" : "\"victron\"");
    if (isShuntAlone(values))
        return;
    if (!shuntsOf(values).areAny && lowered(trimmed(values["DC_LOADS"].text)) != "true")
        draft.set("current.with_dc_loads", "false",
                  "USE_SMARTSHUNTS: no DC energy meters were counted");
    draft.say(
        Part::Differs, value.name,
        "Multi RS, inverters, Orion and alternators are counted, too (current.with_…), which the "
        "old one did not see; and where a piece is unknown, that cycle uses the batteries' own "
        "sum instead of standing still");
}

void takeMppts(const DabValues&, const DabValue& value, Draft& draft) {
    if (value.number > 0) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name,
                      "solar chargers are counted (current.with_solar), as many as there are");
        return;
    }
    if (value.isGiven)
        takeAs(draft, value, "current.with_solar", "false");
    else
        draft.say(Part::Differs, value.name,
                  "not given, so the old one forgot the current of solar chargers; here it counts "
                  "(current.with_solar)");
}

void takeMultiWord(const DabValues&, const DabValue& value, Draft& draft) {
    if (!value.isGiven)
        return;
    if (trimmed(value.text).empty())
        takeAs(draft, value, "current.with_vebus", "false");
    else
        draft.say(Part::NoCounterpart, value.name,
                  "not needed: Multis and Quattros are known by the GX's own class");
}

void takeShunts(const DabValues& values, const DabValue& value, Draft& draft) {
    const Shunts shunts = shuntsOf(values);
    if (!shunts.error.empty())
        draft.blame(value.origin + ": " + shunts.error +
                    ", with which the old program does not start; taken is what can be");
    if (!shunts.areAny) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name, "no shunts");
        return;
    }
    takeAs(draft, value, "current.shunts", textsText(shunts.selectors));
    if (isShuntAlone(values))
        return;
    draft.set("current.with_shunts", "true", value.origin);
    draft.say(
        Part::Differs, value.name,
        "current.shunts are shunts in battery mode; DC energy meters count all by themselves "
        "(current.with_dc_loads). If one in the list is such a meter, take it out of it; while "
        "a shunt of it is not there, the batteries' own currents count");
}

void takeShuntAlone(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.flag || !shuntsOf(values).areAny) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name,
                      value.flag ? "no effect without USE_SMARTSHUNTS, as before" : "off");
        return;
    }
    if (value.isGiven)
        draft.say(Part::TakenOver, value.name, "current.source = \"shunt\"");
    draft.say(Part::Differs, value.name,
              "Multi and solar chargers need not be readable for it; DC energy meters are not "
              "subtracted again from a shunt that measures their current already "
              "(current.minus_loads would)");
}

void takeInvert(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.flag) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name, "off");
        return;
    }
    takeAs(draft, value, "current.invert", "true");
    draft.say(Part::Differs, value.name,
              isShuntAlone(values)
                  ? "the old one ignored it with SMARTSHUNT_AS_BATTERY_CURRENT, although it says "
                    "otherwise; take current.invert out if the sign was right"
                  : "the sign of shunts in battery mode alone; DC energy meters always count as "
                    "consumption");
}

void takeDcLoads(const DabValues& values, const DabValue& value, Draft& draft) {
    const std::string text = lowered(trimmed(value.text));
    if (text == "false" || text.empty() || shuntsOf(values).areAny) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name,
                      shuntsOf(values).areAny ? "USE_SMARTSHUNTS is given, too, and counts"
                                              : "off");
        return;
    }
    const std::string selector =
        text == "true"
            ? "products:*" + config::printable(values["SMARTSHUNT_NAME_KEYWORD"].text) + "*"
            : "name:" + config::printable(value.text);
    takeAs(draft, value, "current.shunts", textsText({selector}));
    draft.set("current.with_shunts", "true", value.origin);
    if (!values.isOn("INVERT_SMARTSHUNT"))
        draft.set("current.invert", "true",
                  "INVERT_SMARTSHUNT is off: the old program subtracted what the shunt measures");
}

void takeAbsence(const DabValues&, const DabValue& value, Draft& draft) {
    if (!value.isGiven)
        return;
    draft.say(value.flag ? Part::TakenOver : Part::Differs, value.name,
              "while a shunt is not there, the batteries' own currents count, and the log says so" +
                  std::string(value.flag ? "" : "; the old one stood still and ended in the end"));
}

} // namespace busbar::migrate
