// SPDX-License-Identifier: MIT
// BAG's virtual batteries and their hooks: merged batteries, values per battery, curves, and
// batteries whose values are written once and for all.
#include "config/entry_tables.hpp"
#include "config/reader.hpp"
#include "core/table/path_table.hpp"
#include "migrate/bag_parts.hpp"
#include "migrate/curves.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace busbar::migrate {

namespace {

using config::Node;

constexpr double kHighest_A = 5000;
constexpr std::size_t kMostVirtual = 16;

/// Thresholds with limits, A. Keys are texts in BAG's file.
std::map<double, double> thresholdsOf(BagWork& work, const Node* node) {
    std::map<double, double> limits;
    if (node == nullptr)
        return limits;
    std::optional<double> before;
    for (const Node& entry : node->children) {
        double at = 0.0;
        const char* end = entry.key.data() + entry.key.size();
        const auto read = std::from_chars(entry.key.data(), end, at);
        if (read.ec != std::errc() || read.ptr != end || entry.type != Node::Type::Number) {
            work.draft.blame(placeOf(work, entry) + "\"" + config::printable(entry.key) +
                             "\" is no threshold with a limit; left out");
            continue;
        }
        if (before && at < *before)
            work.draft.blame(placeOf(work, entry) +
                             "thresholds do not rise, so that the old program "
                             "took the last that fitted, in the order of the "
                             "file; sorted");
        before = at;
        limits[at] = std::clamp(entry.number, 0.0, kHighest_A);
    }
    return limits;
}

/// The curve of the bank; the first that asks for it has it.
void setHookCurve(BagWork& work, std::string_view key, const std::vector<CurvePoint>& points,
                  const std::string& hook, const Node& at) {
    if (points.empty())
        return;
    if (work.draft.find(key) != nullptr) {
        work.draft.say(Part::NoCounterpart, hook,
                       std::string(key) +
                           " is of the whole bank and has the thresholds of another "
                           "battery already; put these two in the order that you want");
        return;
    }
    work.draft.set(key, curveText(points),
                   hook + ", " + work.file + " line " + std::to_string(at.at.line) +
                       ": parts of the battery's largest limit");
    work.draft.say(Part::TakenOver, hook, std::string(key) + " = " + curveText(points));
}

void tighten(std::optional<double>& target, const std::optional<double>& value) {
    if (value && (!target || *value < *target))
        target = value;
}

void addBound(BagWork& work, const std::string& made, const BagBound& bound) {
    BagBound& all = work.bounds[made];
    tighten(all.charge_A, bound.charge_A);
    tighten(all.discharge_A, bound.discharge_A);
    tighten(all.cvl_V, bound.cvl_V);
}

/// Where charge is forbidden, from the lowest voltage on.
std::optional<double> stopAt(const std::map<double, double>& limits) {
    std::optional<double> stop;
    for (const auto& [at, limit] : limits)
        stop = limit > 0.0 ? std::nullopt : std::optional(stop.value_or(at));
    return stop && *stop >= 1.0 ? stop : std::nullopt;
}

void takeByVoltage(BagWork& work, const Node& settings, const std::string& hook,
                   const std::string& made) {
    const auto charge = thresholdsOf(work, memberOf(settings, "ccls"));
    const auto discharge = thresholdsOf(work, memberOf(settings, "dcls"));
    BagBound bound;
    if (!charge.empty()) {
        bound.charge_A = stepsCurve(charge).most;
        bound.cvl_V = stopAt(charge);
        work.draft.say(
            Part::Differs, hook,
            "charge: the largest limit and, where current is 0, the charge voltage "
            "(per_battery); a charger that holds that voltage tapers by itself, and limits "
            "by steps of the pack's voltage made it swing. For limits between them there "
            "are curves by the highest cell (limits.curves.high_cell_V)");
    }
    if (!discharge.empty()) {
        const Steps steps = stepsCurve(discharge);
        bound.discharge_A = steps.most;
        setHookCurve(work, "limits.curves.low_pack_V", steps.points, hook, settings);
        work.draft.say(
            Part::Differs, hook,
            "discharge: by the lowest voltage of any battery of the bank; below the lowest "
            "threshold its limit holds, where the old program kept the last one for ever");
    }
    addBound(work, made, bound);
}

void takeByTemperature(BagWork& work, const Node& settings, const std::string& hook,
                       const std::string& made) {
    BagBound bound;
    for (const bool isCharge : {true, false}) {
        const auto limits = thresholdsOf(work, memberOf(settings, isCharge ? "ccls" : "dcls"));
        if (limits.empty())
            continue;
        Steps steps = stepsCurve(limits);
        for (CurvePoint& point : steps.points)
            point.at = std::clamp(point.at, -60.0, 100.0);
        (isCharge ? bound.charge_A : bound.discharge_A) = steps.most;
        if (!isRising(steps.points)) {
            work.draft.blame(placeOf(work, settings) + "thresholds beyond −60 … 100 °C; no curve");
            continue;
        }
        const CurveSides sides = sidesOf(steps.points);
        const std::string word = isCharge ? "charge_C" : "discharge_C";
        setHookCurve(work, "limits.curves.cold_" + word, sides.rising, hook, settings);
        setHookCurve(work, "limits.curves.hot_" + word, sides.falling, hook, settings);
    }
    addBound(work, made, bound);
    work.draft.say(
        Part::Differs, hook,
        "by the coldest and the hottest sensor of the whole bank, and closed while none is "
        "known; the old program died when the temperature became unknown");
}

/// The path table says what a value may be.
bool canBeWritten(const std::string& path, const std::string& json) {
    const std::string probe =
        R"({"batteries": ["made:x"], "made": [{"id": "x", "writable": {"values": {)" +
        inQuotes(path) + ": " + json + "}}}]}";
    return config::readConfig(probe).config.has_value();
}

void takeFixed(BagWork& work, const Node& settings, const std::string& hook,
               const std::string& made, std::vector<std::string>& sources) {
    const Node* path = memberOf(settings, "path");
    const Node* value = memberOf(settings, "value");
    if (path == nullptr || path->type != Node::Type::Text || !findRow(path->text)) {
        work.draft.say(Part::NoCounterpart, hook,
                       "its path is no value of a battery here; the old program ended with it");
        return;
    }
    const bool isNumber = value != nullptr && value->type == Node::Type::Number;
    if (!isNumber && (value == nullptr || value->type != Node::Type::Text)) {
        work.draft.say(Part::NoCounterpart, hook,
                       "makes " + path->text +
                           " unknown: give the members lists of paths without it (merged)");
        return;
    }
    const std::string id = made + "_fix" + std::to_string(work.made.size());
    const std::string json = isNumber ? numberText(value->number) : inQuotes(value->text);
    if (!canBeWritten(path->text, json)) {
        work.draft.say(Part::NoCounterpart, hook, json + " cannot be a value of " + path->text);
        return;
    }
    work.made.push_back("{\"id\": " + inQuotes(id) + ", \"writable\": {\"values\": {" +
                        inQuotes(path->text) + ": " + json + "}}}");
    sources.insert(sources.begin(), sourceText("made:" + id, {path->text}));
    work.draft.say(Part::TakenOver, hook,
                   path->text + " = " + json + ", a battery of one value (made:" + id +
                       ") that comes first in made:" + made);
}

/// Without a member of its own it would be no battery.
void addMerged(BagWork& work, const Node& node, const std::string& id,
               const std::vector<std::string>& sources) {
    std::string list;
    for (const std::string& source : sources)
        list.append(list.empty() ? "" : ", ").append(source);
    work.made.push_back("{\"id\": " + inQuotes(id) + ", \"name\": " + inQuotes(id) +
                        ", \"merged\": [" + list + "]}");
    work.draft.say(Part::TakenOver, config::printable(node.key),
                   "made:" + id + " = merged [" + list + "]");
}

void takeOne(BagWork& work, const Node& node) {
    constexpr std::size_t kMostSources = 16;
    const std::string id = madeId(node.key);
    std::vector<std::string> sources;
    std::vector<std::string> hooks;
    for (const BagService& member : bagServices(work, node, config::isMergedPath)) {
        const auto selector = serviceSelector(member.name);
        if (member.name.starts_with("class:"))
            hooks.push_back(member.name);
        else if (selector && sources.size() < kMostSources / 2)
            sources.push_back(sourceText(*selector, member.paths));
        else
            work.draft.say(Part::NoCounterpart, config::printable(member.name),
                           "of " + config::printable(node.key) +
                               ": is no service of a battery, or one too many");
    }
    if (sources.empty()) {
        work.draft.say(Part::NoCounterpart, config::printable(node.key),
                       "has no member that is a service of a battery, so it is no battery here");
        return;
    }
    for (const std::string& hook : hooks)
        takeHook(work, hook, node, id, sources);
    addMerged(work, node, id, sources);
}

} // namespace

void takeHook(BagWork& work, const std::string& member, const Node& at, const std::string& made,
              std::vector<std::string>& sources) {
    const std::string name = member.substr(member.find(':') + 1);
    const std::string shown = config::printable(member);
    work.uses.push_back(name);
    const Node* classes = memberOf(*work.root, "classes");
    const Node* settings = classes == nullptr ? nullptr : memberOf(*classes, name);
    const std::string kind = name.substr(0, name.find('#'));
    if (settings == nullptr || settings->type != Node::Type::Object)
        work.draft.say(Part::NoCounterpart, shown,
                       "has no settings in classes, so that it does nothing; in " +
                           config::printable(at.key));
    else if (kind == "hooks.CustomChargingHook")
        takeByVoltage(work, *settings, shown, made);
    else if (kind == "hooks.TemperatureChargingHook")
        takeByTemperature(work, *settings, shown, made);
    else if (kind == "hooks.FixedValueHook")
        takeFixed(work, *settings, shown, made, sources);
    else
        work.draft.say(Part::NoCounterpart, shown,
                       "program text of its owner, which is not executed here; limits by rules of "
                       "one's own can be written to a battery (made, writable)");
}

void takeVirtual(BagWork& work, const Node& node) {
    std::vector<std::string> ids;
    for (const Node& entry : node.children) {
        const std::string id = madeId(entry.key);
        if (std::ranges::find(ids, id) != ids.end() || ids.size() >= kMostVirtual) {
            work.draft.say(Part::NoCounterpart, config::printable(entry.key),
                           "is called as one before it (" + id + "), or is one too many");
            continue;
        }
        ids.push_back(id);
        takeOne(work, entry);
    }
}

} // namespace busbar::migrate
