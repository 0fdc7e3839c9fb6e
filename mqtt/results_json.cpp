// SPDX-License-Identifier: MIT
// Tables of what documents hold besides the rows, and their rendering.
#include "mqtt/results_json.hpp"

#include "core/controls.hpp"
#include "core/events.hpp"
#include "core/report.hpp"
#include "core/setting_words.hpp"
#include "core/snapshot.hpp"
#include "core/value_key.hpp"
#include "mqtt/json_writing.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace busbar::mqtt {

namespace {

/// How a field is written: null for unknown, but "" for an unknown text.
enum class Form : std::uint8_t { Number, Text, Truth, Time };

template <typename T>
struct Field {
    std::string_view key;
    Form form{Form::Number};
    int decimals{0}; ///< of numbers
    std::string_view unit;
    Value (*get)(const T&){nullptr}; ///< truth: 1 or 0; time: as text
    std::string_view meaning;
};

template <typename T>
struct Group {
    std::string_view key;
    std::span<const Field<T>> fields;
};

/// A battery and where it is reported.
struct BatteryView {
    const BankView& bank;
    const MemberReport& report;
    const Battery* battery; ///< nullptr if the GX has none
};

struct EventView {
    const BankView& bank;
    const Event& event;
    const Now& now;
};

struct LimitView {
    const Limit& limit;
    Quantity quantity;
};

Value truth(bool is) {
    return {is ? 1.0 : 0.0};
}

Value text(std::string_view words) {
    return {std::string(words)};
}

Value time(const std::optional<WallTime>& moment) {
    return moment ? Value(isoText(*moment)) : Value();
}

Value count(std::uint64_t number) {
    return {static_cast<double>(number)};
}

Value whole(int number) {
    return {static_cast<double>(number)};
}

std::optional<double> scaled(std::optional<double> number, double factor) {
    return number ? std::optional<double>(*number * factor) : std::nullopt;
}

/// Below a twentieth of an ampere, which is shown as 0, nothing is charged.
Value isCharging(std::optional<double> current_A) {
    const auto shown_A = rounded(Quantity::Current, current_A).number();
    return shown_A ? truth(*shown_A > 0.0) : Value();
}

Value storedEnergy(std::optional<double> charge_Ah, std::optional<double> voltage_V) {
    return charge_Ah && voltage_V ? Value(*charge_Ah * *voltage_V / 1000.0) : Value();
}

/// What a DVCC setting can hold at most; stands for "no ceiling".
constexpr double kNoCeiling_A = kHighestCeiling_A;

double ceiling_A(std::optional<double> control_A, std::optional<double> configured_A) {
    return std::min(control_A.value_or(kNoCeiling_A), configured_A.value_or(kNoCeiling_A));
}

bool isInService(const BankView& view, const MemberReport& member) {
    return !view.controls.outOfService.contains(member.id);
}

std::optional<double> rowOf(const BatteryView& view, RowIndex index) {
    if (view.battery == nullptr)
        return std::nullopt;
    const Value* value = view.battery->valueOf(view.battery->slot(index), view.report.held);
    return value != nullptr ? value->number() : std::nullopt;
}

std::string_view idOf(const BankView& view, std::string_view name) {
    const auto found = std::ranges::find(view.report.members, name, &MemberReport::name);
    return found != view.report.members.end() && !name.empty() ? std::string_view(found->id)
                                                               : std::string_view();
}

// clang-format off
constexpr auto kLimitFields = std::to_array<Field<LimitView>>({
    {"value",  Form::Number, 3, "A or V", [](const LimitView& l) { return rounded(l.quantity, l.limit.value); }, "the limit"},
    {"cause",  Form::Text,   0, "", [](const LimitView& l) { return text(toText(l.limit.cause)); }, "why: one word of a fixed list"},
    {"member", Form::Text,   0, "", [](const LimitView& l) { return text(l.limit.member); }, "name of the battery that decided, if one did"},
    {"cell",   Form::Text,   0, "", [](const LimitView& l) { return text(l.limit.cell); }, "its cell or sensor, if one did"},
});

constexpr auto kMeterFields = std::to_array<Field<MeterTotals>>({
    {"charged_kWh",    Form::Number, 2, "kWh", [](const MeterTotals& m) { return Value(m.charged_Wh / 1000.0); }, "energy that went in since counting began"},
    {"discharged_kWh", Form::Number, 2, "kWh", [](const MeterTotals& m) { return Value(m.discharged_Wh / 1000.0); }, "energy that came out"},
    {"charged_Ah",     Form::Number, 1, "Ah",  [](const MeterTotals& m) { return Value(m.charged_Ah); }, "charge that went in"},
    {"discharged_Ah",  Form::Number, 1, "Ah",  [](const MeterTotals& m) { return Value(m.discharged_Ah); }, "charge that came out"},
});
constexpr std::string_view kCyclesMeaning = "equivalent full cycles";
constexpr int kCyclesDecimals = 2;

constexpr auto kBankFields = std::to_array<Field<BankView>>({
    {"id",         Form::Text,   0, "", [](const BankView& v) { return text(v.settings.id); }, "as configured"},
    {"name",       Form::Text,   0, "", [](const BankView& v) { return text(v.settings.name); }, "as configured"},
    {"stage",      Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.stage)); }, "`starting`, `normal`, `no_data` or `left` (off the bus)"},
    {"preset",     Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.preset)); }, "cell chemistry in force: `none`, `lfp`, `lto` or `nmc`"},
    {"online",     Form::Number, 0, "", [](const BankView& v) { return whole(v.report.online); }, "batteries that take part"},
    {"total",      Form::Number, 0, "", [](const BankView& v) { return whole(v.report.total); }, "batteries that should"},
    {"usable_soc", Form::Number, 1, "%", [](const BankView& v) { return Value(v.report.usableSoc_pct); }, "state of charge of the batteries that may discharge"},
    {"energy_kWh", Form::Number, 2, "kWh", [](const BankView& v) {
         return storedEnergy(v.snapshot[row("/Capacity")].number(), v.snapshot[row("/Dc/0/Voltage")].number()); }, "stored: remaining capacity times voltage"},
    {"charging",   Form::Truth,  0, "", [](const BankView& v) { return isCharging(v.snapshot[row("/Dc/0/Current")].number()); }, "current flows in"},
    {"last_full",  Form::Time,   0, "", [](const BankView& v) { return time(v.report.lastFull); }, "when all batteries were last proven full"},
});

constexpr auto kCurrentFields = std::to_array<Field<BankView>>({
    {"source",  Form::Text, 0, "", [](const BankView& v) { return text(toText(v.report.currentSource)); }, "where the current was measured: `batteries`, `victron` or `shunt`"},
    {"why_not", Form::Text, 0, "", [](const BankView& v) { return text(v.report.currentWhyNot); }, "what was missing where the owner wants it measured"},
});

constexpr auto kSocFields = std::to_array<Field<BankView>>({
    {"source",      Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.soc.source)); }, "really used: `batteries`, `battery` or `counter`"},
    {"why_not",     Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.soc.fallback)); }, "why it is not the one that the owner wants: `no_battery`, `no_counter`"},
    {"counter_soc", Form::Number, 1, "%", [](const BankView& v) { return Value(v.report.soc.counter_pct); }, "by the own counter, whatever is used"},
    {"slewing",     Form::Truth,  0, "", [](const BankView& v) { return truth(v.report.soc.isSlewing); }, "what is shown is still on its way to the true value"},
    {"all_full",    Form::Truth,  0, "", [](const BankView& v) { return truth(v.report.soc.areAllFull); }, "every battery that takes part is proven full"},
});

constexpr auto kBalanceFields = std::to_array<Field<BankView>>({
    {"state",        Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.balancing.stage)); }, "`idle`, `raised`, `holding` or `done`"},
    {"raised",       Form::Truth,  0, "", [](const BankView& v) { return truth(v.report.balancing.isRaised); }, "the charge voltage is raised now"},
    {"cell_voltage", Form::Number, 3, "V", [](const BankView& v) { return Value(v.report.balancing.cell_V); }, "charge voltage of a cell to use"},
    {"obstacle",     Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.balancing.obstacle)); }, "why it could not be raised"},
    {"last_result",  Form::Text,   0, "", [](const BankView& v) { return text(toText(v.report.balancing.lastResult)); }, "`none`, `succeeded` or `failed`"},
    {"last_success", Form::Time,   0, "", [](const BankView& v) { return time(v.report.balancing.lastSuccess); }, "when the cells were last equal for long enough"},
    {"days_since",   Form::Number, 0, "d", [](const BankView& v) {
         return v.report.balancing.daysSince ? whole(*v.report.balancing.daysSince) : Value(); }, "whole days since then"},
});

constexpr auto kControlFields = std::to_array<Field<BankView>>({
    {"max_charge_A",    Form::Number, 1, "A", [](const BankView& v) {
         return Value(ceiling_A(chargeCeiling_A(v.controls), v.settings.limits.maxCharge_A)); }, "owner's ceiling in force; 5000 = none"},
    {"max_discharge_A", Form::Number, 1, "A", [](const BankView& v) {
         return Value(ceiling_A(dischargeCeiling_A(v.controls), v.settings.limits.maxDischarge_A)); }, "owner's ceiling in force; 5000 = none"},
    {"in_doubt",        Form::Truth,  0, "", [](const BankView& v) { return truth(v.controls.doubt.isUnconfirmed); }, "the owner's choices could not be read: the strictest that is known holds until they are confirmed"},
});

constexpr auto kBankGroups = std::to_array<Group<BankView>>({
    {"current_source", kCurrentFields}, {"soc_source", kSocFields}, {"balance", kBalanceFields}, {"controls", kControlFields},
});

constexpr auto kAdviceFields = std::to_array<Field<Advice>>({
    {"code", Form::Text, 0, "", [](const Advice& a) { return text(toText(a.code)); }, "one word of a fixed list"},
    {"text", Form::Text, 0, "", [](const Advice& a) { return text(a.text); }, "what is so, and what to change where"},
});

/// Who a battery is and what it does, in the bank's list as in its own document.
constexpr auto kMemberFields = std::to_array<Field<BatteryView>>({
    {"id",         Form::Text,   0, "", [](const BatteryView& b) { return text(b.report.id); }, "stable over restarts; part of topics"},
    {"name",       Form::Text,   0, "", [](const BatteryView& b) { return text(b.report.name); }, "as the GX calls it"},
    {"instance",   Form::Number, 0, "", [](const BatteryView& b) { return whole(b.report.instance); }, "on the GX; -1 = not there"},
    {"takes_part", Form::Truth,  0, "", [](const BatteryView& b) { return truth(b.report.takesPart); }, "counts in the bank"},
    {"held",       Form::Truth,  0, "", [](const BatteryView& b) { return truth(b.report.held); }, "counts with its last values, lost a moment ago"},
    {"in_service", Form::Truth,  0, "", [](const BatteryView& b) { return truth(isInService(b.bank, b.report)); }, "false = switched off by the owner"},
    {"reason",     Form::Text,   0, "", [](const BatteryView& b) { return text(toText(b.report.reason)); }, "why it does not take part, or is held: one word of a fixed list"},
    {"detail",     Form::Text,   0, "", [](const BatteryView& b) { return text(b.report.detail); }, "what to look at"},
});

constexpr auto kBatteryFields = std::to_array<Field<BatteryView>>({
    {"bank",              Form::Text,   0, "",     [](const BatteryView& b) { return text(b.bank.settings.id); }, "id of its bank"},
    {"energy_kWh",        Form::Number, 2, "kWh",  [](const BatteryView& b) { return storedEnergy(rowOf(b, row("/Capacity")), b.report.voltage_V); }, "stored: remaining capacity times voltage"},
    {"charging",          Form::Truth,  0, "",     [](const BatteryView& b) { return isCharging(b.report.current_A); }, "current flows in"},
    {"current_share_pct", Form::Number, 1, "%",    [](const BatteryView& b) { return Value(scaled(b.report.share, 100.0)); }, "of the bank's current, mean of the last minutes"},
    {"resistance_mOhm",   Form::Number, 2, "mOhm", [](const BatteryView& b) { return Value(scaled(b.report.resistance_Ohm, 1000.0)); }, "learned"},
    {"counter_soc",       Form::Number, 1, "%",    [](const BatteryView& b) { return Value(b.report.counter_pct); }, "state of charge by Busbar's own counter"},
    {"soc_deviation",     Form::Number, 1, "%",    [](const BatteryView& b) { return Value(b.report.deviation_pct); }, "its own state of charge minus the counter's"},
    {"weakest_cell",      Form::Text,   0, "",     [](const BatteryView& b) { return text(b.report.weakestCell); }, "lowest under discharge, most of the time"},
    {"highest_cell",      Form::Text,   0, "",     [](const BatteryView& b) { return text(b.report.highestCell); }, "highest under charge, most of the time"},
});

constexpr auto kEventFields = std::to_array<Field<EventView>>({
    {"time",       Form::Time,   0, "", [](const EventView& e) { return time(e.now.wall); }, "when, UTC"},
    {"type",       Form::Text,   0, "", [](const EventView& e) { return text(toText(e.event.kind)); }, "see below"},
    {"bank",       Form::Text,   0, "", [](const EventView& e) { return text(e.bank.settings.id); }, "id"},
    {"battery",    Form::Text,   0, "", [](const EventView& e) { return text(e.event.member); }, "name, if it is about one"},
    {"battery_id", Form::Text,   0, "", [](const EventView& e) { return text(idOf(e.bank, e.event.member)); }, "its id"},
    {"text",       Form::Text,   0, "", [](const EventView& e) { return text(e.event.text); }, "details"},
    {"value",      Form::Number, 1, "", [](const EventView& e) { return rowOf(e.event.kind).hasValue ? Value(e.event.value) : Value(); }, "A for limits, level for alarms"},
    {"problem",    Form::Truth,  0, "", [](const EventView& e) { return truth(e.event.isProblem); }, "false = all is well again, or just news"},
});

constexpr auto kHealthFields = std::to_array<Field<Health>>({
    {"version",         Form::Text,   0, "",  [](const Health& h) { return text(h.version); }, "of Busbar"},
    {"process",         Form::Text,   0, "",  [](const Health& h) { return text(h.process); }, "unlike that of any other Busbar that runs"},
    {"uptime_s",        Form::Number, 0, "s", [](const Health& h) { return Value(static_cast<double>(h.uptime.count())); }, "since it started"},
    {"evaluations",     Form::Number, 0, "",  [](const Health& h) { return count(h.evaluations); }, "cycles"},
    {"mailbox_dropped", Form::Number, 0, "",  [](const Health& h) { return count(h.mailboxDropped); }, "messages lost because they came too fast"},
    {"commands_refused", Form::Number, 0, "", [](const Health& h) { return count(h.commandsRefused); }, "commands and names that were not taken"},
    {"bus_signals",     Form::Number, 0, "",  [](const Health& h) { return count(h.busSignals); }, "sent on D-Bus"},
});

constexpr auto kSourceFields = std::to_array<Field<SourceCounters>>({
    {"messages",      Form::Number, 0, "", [](const SourceCounters& c) { return count(c.messages); }, "read from the GX"},
    {"rejected",      Form::Number, 0, "", [](const SourceCounters& c) { return count(c.rejected); }, "… that were malformed or out of range"},
    {"sweeps",        Form::Number, 0, "", [](const SourceCounters& c) { return count(c.sweeps); }, "full publishes that completed"},
    {"sweeps_failed", Form::Number, 0, "", [](const SourceCounters& c) { return count(c.sweepsFailed); }, "… that did not"},
});

constexpr auto kSessionFields = std::to_array<Field<ClientCounters>>({
    {"connects",         Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.connects); }, "sessions begun"},
    {"connect_failures", Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.connectFailures); }, "attempts that failed"},
    {"losses",           Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.losses); }, "sessions lost"},
    {"accepted",         Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.accepted); }, "publications and subscriptions taken"},
    {"delivered",        Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.delivered); }, "… sent or acknowledged"},
    {"failed",           Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.failed); }, "… lost with the session, or refused by the broker"},
    {"refused",          Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.refused); }, "not taken"},
    {"in_flight",        Form::Number, 0, "",  [](const ClientCounters& c) { return count(c.inFlight); }, "waiting now"},
    {"in_flight_bytes",  Form::Number, 0, "B", [](const ClientCounters& c) { return count(c.inFlightBytes); }, "… bytes"},
});

constexpr auto kResultsFields = std::to_array<Field<ResultsCounters>>({
    {"documents",   Form::Number, 0, "",  [](const ResultsCounters& c) { return count(c.documents); }, "published"},
    {"bytes",       Form::Number, 0, "B", [](const ResultsCounters& c) { return count(c.bytes); }, "of payload, all publications"},
    {"unchanged",   Form::Number, 0, "",  [](const ResultsCounters& c) { return count(c.unchanged); }, "rendered, but the same as before"},
    {"refused",     Form::Number, 0, "",  [](const ResultsCounters& c) { return count(c.refused); }, "publications that were not taken at once"},
    {"events",      Form::Number, 0, "",  [](const ResultsCounters& c) { return count(c.events); }, "published"},
    {"events_lost", Form::Number, 0, "",  [](const ResultsCounters& c) { return count(c.eventsLost); }, "there was no session"},
    {"overwritten", Form::Number, 0, "",  [](const ResultsCounters& c) { return count(c.overwritten); }, "words of somebody else on our status topics, put right; many = another Busbar with the same `site`"},
});
// clang-format on

constexpr auto kOtherKeys =
    std::to_array<std::string_view>({"layout", "limits", "meters", "advice", "batteries", "cells"});

constexpr bool isRow(std::string_view key) {
    return std::ranges::any_of(kRows, [key](const Row& r) { return keyOf(r) == key; });
}

template <typename T>
consteval bool areFree(const T& fields) {
    return std::ranges::none_of(fields, [](const auto& field) { return isRow(field.key); });
}

// An object may not hold a key twice.
static_assert(areFree(kBankFields) && areFree(kBankGroups) && areFree(kMemberFields) &&
              areFree(kBatteryFields) && std::ranges::none_of(kOtherKeys, isRow));

void writeValue(JsonWriter& json, Form form, int decimals, const Value& value) {
    const auto number = value.number();
    const std::string* words = value.text();
    if (words != nullptr)
        writeText(json, *words);
    else if (form == Form::Text)
        writeText(json, "");
    else if (form == Form::Truth && number)
        json.Bool(*number != 0.0);
    else
        writeShort(json, number, decimals);
}

template <typename T>
void writeFields(JsonWriter& json, std::span<const Field<T>> fields, const T& from) {
    for (const Field<T>& field : fields) {
        writeKey(json, field.key);
        writeValue(json, field.form, field.decimals, field.get(from));
    }
}

template <typename T>
void writeObject(JsonWriter& json, std::string_view key, std::span<const Field<T>> fields,
                 const T& from) {
    writeKey(json, key);
    json.StartObject();
    writeFields(json, fields, from);
    json.EndObject();
}

void writeRow(JsonWriter& json, RowIndex index, const Value& value) {
    const Quantity quantity = kRows.at(index).quantity;
    writeKey(json, keyOf(index));
    writeValue(json, quantity == Quantity::Text ? Form::Text : Form::Number,
               spec(quantity).decimals, value);
}

void writeMeters(JsonWriter& json, const MeterTotals& totals, std::optional<double> cycles) {
    writeKey(json, "meters");
    json.StartObject();
    writeFields<MeterTotals>(json, kMeterFields, totals);
    writeKey(json, "full_cycles");
    writeShort(json, cycles, kCyclesDecimals);
    json.EndObject();
}

void writeLimits(JsonWriter& json, const BankReport& report) {
    writeKey(json, "limits");
    json.StartObject();
    writeObject<LimitView>(json, "charge", kLimitFields, {report.charge, Quantity::Current});
    writeObject<LimitView>(json, "discharge", kLimitFields, {report.discharge, Quantity::Current});
    if (report.chargeVoltage) {
        writeObject<LimitView>(json, "charge_voltage", kLimitFields,
                               {*report.chargeVoltage, Quantity::Voltage});
    } else {
        writeKey(json, "charge_voltage");
        json.Null();
    }
    json.EndObject();
}

const Battery* batteryOf(const BankView& view, const MemberReport& member) {
    const auto found = view.batteries.find(member.key.value_or(member.instance));
    return found != view.batteries.end() ? &found->second : nullptr;
}

void writeBatteryList(JsonWriter& json, const BankView& view) {
    writeKey(json, "batteries");
    json.StartArray();
    for (const MemberReport& member : view.report.members) {
        json.StartObject();
        writeFields<BatteryView>(json, kMemberFields, {view, member, nullptr});
        json.EndObject();
    }
    json.EndArray();
}

void writeAdvice(JsonWriter& json, const std::vector<Advice>& all) {
    writeKey(json, "advice");
    json.StartArray();
    for (const Advice& advice : all) {
        json.StartObject();
        writeFields<Advice>(json, kAdviceFields, advice);
        json.EndObject();
    }
    json.EndArray();
}

void writeBank(JsonWriter& json, const BankView& view) {
    writeFields<BankView>(json, kBankFields, view);
    for (RowIndex i = 0; i < kRowCount; ++i)
        if (isPublished(kRows.at(i)))
            writeRow(json, i, view.snapshot[i]);
    writeLimits(json, view.report);
    for (const Group<BankView>& group : kBankGroups)
        writeObject(json, group.key, group.fields, view);
    writeMeters(json, view.report.meters, view.report.fullCycles);
    writeAdvice(json, view.advice);
    writeBatteryList(json, view);
}

Value slotValue(const BatteryView& view, const Slot& slot) {
    const Value* value = view.battery->valueOf(slot, view.report.held);
    return value != nullptr ? *value : Value();
}

void writeRows(JsonWriter& json, const BatteryView& view) {
    for (RowIndex i = 0; i < kRowCount; ++i)
        if (view.battery->slot(i).present)
            writeRow(json, i, slotValue(view, view.battery->slot(i)));
}

void writeCells(JsonWriter& json, const BatteryView& view) {
    writeKey(json, "cells");
    json.StartArray();
    const std::size_t count = view.battery == nullptr ? 0 : cellCount(*view.battery);
    for (std::size_t n = 0; n < count; ++n)
        writeShort(json, slotValue(view, view.battery->cells[n]).number(),
                   spec(Quantity::CellVoltage).decimals);
    json.EndArray();
}

void writeBattery(JsonWriter& json, const BatteryView& view) {
    writeFields<BatteryView>(json, kMemberFields, view);
    writeFields<BatteryView>(json, kBatteryFields, view);
    if (view.battery != nullptr)
        writeRows(json, view);
    writeMeters(json, view.report.meters, view.report.fullCycles);
    writeCells(json, view);
}

/// One object with its layout; `write` puts the rest.
template <typename Write>
std::string document(const Write& write) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    json.Key("layout");
    json.Int(kLayout);
    write(json);
    json.EndObject();
    return textOf(buffer);
}

template <typename T>
void addLines(std::vector<KeyLine>& lines, std::string_view group,
              std::span<const Field<T>> fields) {
    const std::string prefix = group.empty() ? "" : std::string(group) + ".";
    for (const Field<T>& field : fields)
        lines.push_back({prefix + std::string(field.key), field.unit, std::string(field.meaning)});
}

void addRows(std::vector<KeyLine>& lines, bool withInputs) {
    for (RowIndex i = 0; i < kRowCount; ++i) {
        const Row& r = kRows.at(i);
        if (!withInputs && !isPublished(r))
            continue;
        std::string meaning = "`" + std::string(r.path) + "`";
        if (!r.name.empty())
            meaning += ", " + std::string(r.name);
        const std::string_view unit = spec(r.quantity).unit;
        lines.push_back({std::string(keyOf(i)), unit == "C" ? "°C" : unit, std::move(meaning)});
    }
}

void addMeters(std::vector<KeyLine>& lines) {
    addLines<MeterTotals>(lines, "meters", kMeterFields);
    lines.push_back({"meters.full_cycles", "", std::string(kCyclesMeaning)});
}

std::vector<KeyLine> newLines() {
    return {{"layout", "", "1; grows when the meaning of a key changes"}};
}

} // namespace

bool hasDocument(const MemberReport& member) {
    return member.instance >= 0 && (member.maybeSum || !isForeign(member.reason));
}

bool isAvailable(const MemberReport& member) {
    if (member.held || member.takesPart)
        return true;
    return member.instance >= 0 && rowOf(member.reason).isSpeaking;
}

std::string bankDocument(const BankView& view) {
    return document([&view](JsonWriter& json) { writeBank(json, view); });
}

std::string batteryDocument(const BankView& view, const MemberReport& member) {
    const BatteryView battery{view, member, batteryOf(view, member)};
    return document([&battery](JsonWriter& json) { writeBattery(json, battery); });
}

std::string eventDocument(const BankView& view, const Event& event, const Now& now) {
    const EventView all{view, event, now};
    return document([&all](JsonWriter& json) { writeFields<EventView>(json, kEventFields, all); });
}

std::string healthDocument(const Health& health, const ResultsCounters& results, const Now& now) {
    return document([&](JsonWriter& json) {
        writeKey(json, "time");
        writeText(json, isoText(now.wall));
        writeFields<Health>(json, kHealthFields, health);
        writeObject<SourceCounters>(json, "source", kSourceFields, health.source);
        writeObject<ClientCounters>(json, "gx_session", kSessionFields, health.gxSession);
        if (health.outputSession)
            writeObject<ClientCounters>(json, "output_session", kSessionFields,
                                        *health.outputSession);
        writeObject<ResultsCounters>(json, "results", kResultsFields, results);
    });
}

std::vector<KeyLine> bankKeys() {
    auto lines = newLines();
    addLines<BankView>(lines, "", kBankFields);
    addRows(lines, false);
    addLines<LimitView>(lines, "limits.charge", kLimitFields);
    addLines<LimitView>(lines, "limits.discharge", kLimitFields);
    addLines<LimitView>(lines, "limits.charge_voltage", kLimitFields);
    for (const Group<BankView>& group : kBankGroups)
        addLines(lines, group.key, group.fields);
    addMeters(lines);
    addLines<Advice>(lines, "advice[]", kAdviceFields);
    addLines<BatteryView>(lines, "batteries[]", kMemberFields);
    return lines;
}

std::vector<KeyLine> batteryKeys() {
    auto lines = newLines();
    addLines<BatteryView>(lines, "", kMemberFields);
    addLines<BatteryView>(lines, "", kBatteryFields);
    addRows(lines, true);
    addMeters(lines);
    lines.push_back({"cells[]", "V", "each cell in its order"});
    return lines;
}

std::vector<KeyLine> eventKeys() {
    auto lines = newLines();
    addLines<EventView>(lines, "", kEventFields);
    return lines;
}

std::vector<KeyLine> healthKeys() {
    auto lines = newLines();
    lines.push_back({"time", "", "when it was written, UTC"});
    addLines<Health>(lines, "", kHealthFields);
    addLines<SourceCounters>(lines, "source", kSourceFields);
    addLines<ClientCounters>(lines, "gx_session", kSessionFields);
    addLines<ClientCounters>(lines, "output_session", kSessionFields);
    addLines<ResultsCounters>(lines, "results", kResultsFields);
    return lines;
}

} // namespace busbar::mqtt
