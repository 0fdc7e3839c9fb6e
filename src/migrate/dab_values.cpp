// SPDX-License-Identifier: MIT
// Reads DAB's options as its own readers do, older names included, and walks its table.
#include "config/issue.hpp"
#include "config/nearest.hpp"
#include "migrate/dab.hpp"
#include "migrate/dab_options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace busbar::migrate {

namespace {

/// As Python's float(), but for what no limit can be: nan, inf.
std::optional<double> numberOf(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double number = 0.0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool isWhole = result.ec == std::errc() && result.ptr == text.data() + text.size();
    return isWhole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Each line up to a semicolon, without commas at its end; brackets are those of settings.py.
std::vector<std::string> entriesOf(std::string_view text) {
    std::vector<std::string> entries;
    for (std::string_view line : linesOf(text)) {
        line = trimmed(line.substr(0, line.find(';')));
        while (!line.empty()) {
            const auto comma = line.find(',');
            std::string_view entry = trimmed(line.substr(0, comma));
            while (entry.starts_with('['))
                entry = trimmed(entry.substr(1));
            while (entry.ends_with(']'))
                entry = trimmed(entry.substr(0, entry.size() - 1));
            if (!entry.empty())
                entries.emplace_back(entry);
            line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
        }
    }
    return entries;
}

const DabRow* rowOf(std::string_view name) {
    const auto rows = dabRows();
    const auto found = std::ranges::find(rows, name, &DabRow::name);
    return found == rows.end() ? nullptr : &*found;
}

std::string newestName(std::string_view name) {
    const auto aliases = dabAliases();
    const auto found = std::ranges::find(aliases, name, &DabAlias::old);
    return std::string(found == aliases.end() ? name : found->name);
}

/// Of a name that is spelt otherwise in small and capital letters, the right one; else itself.
std::string spelt(std::string_view name) {
    const auto names = dabOptionNames();
    const auto found = std::ranges::find_if(
        names, [&](std::string_view known) { return lowered(known) == lowered(name); });
    return std::string(found == names.end() ? name : *found);
}

class Reader {
public:
    Reader(DabValues& values, Draft& draft) : values_(values), draft_(draft) {}

    void readStandards(const PeerFile& file) {
        for (const DabRow& row : dabRows()) {
            DabValue& value = values_.all[std::string(row.name)];
            value.name = row.name;
            value.origin = std::string(row.name) + ", not given: the old program's own value";
            read(row, std::string(row.standard), value);
        }
        for (const PeerValue& one : file.values)
            if (const DabRow* row = rowOf(newestName(one.name)))
                if (trimmed(one.text) != trimmed(row->standard))
                    read(*row, one.text, values_.all.at(std::string(row->name)));
    }

    void readGiven(const PeerFile& file, bool isPython) {
        for (const PeerValue& one : file.values) {
            const std::string name = spelt(one.name);
            if (name != one.name && !isPython)
                draft_.blame(place(one) + " must be spelt " + name +
                             ", else the old program does not start; taken all the same");
            const std::string newest = newestName(name);
            const DabRow* row = rowOf(newest);
            if (row == nullptr || isServiceName(newest, name, one))
                continue;
            DabValue& value = values_.all.at(newest);
            if (value.isGiven && value.name == newest && name != newest) {
                draft_.say(Part::NoCounterpart, name, newest + " is given, too, and counts");
                continue;
            }
            value.name = name;
            value.isGiven = true;
            value.origin = name + ", " + one.file + " line " + std::to_string(one.line);
            read(*row, one.text, value);
        }
    }

private:
    static std::string place(const PeerValue& value) {
        return value.file + ":" + std::to_string(value.line) + ": " + config::printable(value.name);
    }

    /// Early versions had key words of the bus name under names that later meant the product.
    bool isServiceName(std::string_view newest, const std::string& name, const PeerValue& value) {
        if (newest == name || newest != "BATTERY_PRODUCT_NAME" ||
            !value.text.starts_with("com.victronenergy"))
            return false;
        draft_.say(Part::NoCounterpart, name,
                   "not needed: what is a battery is known by the GX's own classes");
        return true;
    }

    void read(const DabRow& row, std::string text, DabValue& value) {
        value.text = std::move(text);
        value.flag = lowered(value.text) == "true";
        switch (row.kind) {
        case DabKind::Flag:
            checkFlag(value);
            break;
        case DabKind::Whole:
        case DabKind::Number:
            readNumber(row, value);
            break;
        case DabKind::Numbers:
            readNumbers(value);
            break;
        case DabKind::Text:
            break;
        }
    }

    /// All but "true" is false to DAB, also what its owner meant as yes.
    void checkFlag(const DabValue& value) {
        const std::string text = lowered(trimmed(value.text));
        if (value.flag || text.empty() || text == "false" || text == "0" || text == "no" ||
            text == "off")
            return;
        draft_.blame(value.origin + ": \"" + config::printable(value.text) +
                     "\" is False to the old program, only True is true; taken as False");
    }

    void readNumber(const DabRow& row, DabValue& value) {
        if (trimmed(value.text).empty()) {
            value.number = 0.0; // as DAB reads it
            draft_.blame(value.origin + ": empty is 0 to the old program");
            return;
        }
        const auto number = numberOf(value.text);
        if (number && (row.kind == DabKind::Number || *number == std::floor(*number))) {
            value.number = *number;
            return;
        }
        draft_.blame(value.origin + ": \"" + config::printable(value.text) + "\" is no " +
                     (row.kind == DabKind::Whole ? "whole number" : "number that can be used") +
                     "; the old program's own value is taken in its place (" +
                     std::string(row.standard) + ")");
        value.number = numberOf(row.standard).value_or(0.0);
    }

    void readNumbers(DabValue& value) {
        value.numbers.clear();
        for (const std::string& entry : entriesOf(value.text)) {
            const auto number = numberOf(entry);
            if (number)
                value.numbers.push_back(*number);
            else
                draft_.blame(
                    value.origin + ": \"" + config::printable(entry) +
                    "\" is no number, with which the old program does not start; left out");
        }
    }

    DabValues& values_;
    Draft& draft_;
};

bool isInUse(DabUse use, const DabValues& values) {
    switch (use) {
    case DabUse::OwnLimits:
        return values.isOn("OWN_CHARGE_PARAMETERS");
    case DabUse::BmsLimits:
        return !values.isOn("OWN_CHARGE_PARAMETERS");
    case DabUse::OwnSoc:
        return values.isOn("OWN_SOC");
    case DabUse::Victron:
        return values.isOn("CURRENT_FROM_VICTRON");
    case DabUse::Always:
        break;
    }
    return true;
}

std::string_view neededBy(DabUse use) {
    switch (use) {
    case DabUse::OwnLimits:
        return "OWN_CHARGE_PARAMETERS is not True";
    case DabUse::BmsLimits:
        return "OWN_CHARGE_PARAMETERS is True";
    case DabUse::OwnSoc:
        return "OWN_SOC is not True";
    case DabUse::Victron:
    case DabUse::Always:
        break;
    }
    return "CURRENT_FROM_VICTRON is not True";
}

void takeRow(const DabRow& row, const DabValues& values, Draft& draft) {
    const DabValue& value = values[row.name];
    if (!isInUse(row.use, values)) {
        if (value.isGiven)
            draft.say(Part::NoCounterpart, value.name,
                      "the old program did not look at it, because " +
                          std::string(neededBy(row.use)) + "; so it has no effect here either");
    } else if (row.take != nullptr) {
        const std::size_t before = draft.lines.size();
        row.take(values, value, draft);
        if (value.isGiven && draft.lines.size() == before)
            draft.say(Part::NoCounterpart, value.name, "not taken, see the mistakes");
    } else if (value.isGiven) {
        draft.say(row.part, value.name, std::string(row.note));
    }
}

} // namespace

DabValues dabValues(const PeerFile& standards, const PeerFile& given, bool isPython, Draft& draft) {
    DabValues values;
    Reader reader(values, draft);
    reader.readStandards(standards);
    reader.readGiven(given, isPython);
    // Up to 1.x it had no other limits than its own, and no option for that.
    DabValue& own = values.all.at("OWN_CHARGE_PARAMETERS");
    if (isPython && !own.isGiven && values.isGiven("CHARGE_VOLTAGE_LIST"))
        own.flag = true;
    return values;
}

void takeDab(const DabValues& values, const PeerFile& given, Draft& draft) {
    for (const DabRow& row : dabRows())
        takeRow(row, values, draft);
    const auto names = dabOptionNames();
    for (const PeerValue& one : given.values) {
        if (std::ranges::find(names, spelt(one.name)) != names.end())
            continue;
        const auto nearest = config::nearestKey(one.name, names);
        draft.say(Part::NoCounterpart, config::printable(one.name),
                  "no version of the old program knows it" +
                      (nearest ? "; did you mean " + std::string(*nearest) + "?" : std::string()));
    }
}

void takeAs(Draft& draft, const DabValue& value, std::string_view key, const std::string& json) {
    draft.set(key, json, value.origin);
    if (value.isGiven)
        draft.say(Part::TakenOver, value.name, std::string(key) + " = " + json);
}

double within(Draft& draft, const DabValue& value, double number, double lowest, double highest) {
    const double taken = std::clamp(number, lowest, highest);
    if (taken != number)
        draft.blame(value.origin + ": " + numberText(number) + " cannot be; taken is " +
                    numberText(taken));
    return taken;
}

} // namespace busbar::migrate
