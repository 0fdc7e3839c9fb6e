// SPDX-License-Identifier: MIT
// Tables of what a bank is and does besides its rows, and their order.
#include "documents/bank.hpp"

#include "core/bank_view.hpp"
#include "core/gx/advice.hpp"
#include "core/limits/charge_voltage.hpp"
#include "core/limits/preset.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/control_table.hpp"
#include "core/table/controls.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/setting_words.hpp"
#include "documents/battery.hpp"
#include "documents/controls.hpp"
#include "documents/limits.hpp"
#include "documents/names.hpp"
#include "documents/sentences.hpp"
#include "documents/shared_parts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace busbar::documents {

namespace {

struct Group {
    About about;
    std::span<const Field<BankView>> fields;
};

struct LimitView {
    const Limit& limit;
    Quantity quantity;
    std::optional<double> voltage_V; ///< of the bank
    std::string sentence;
};

struct LimiterView {
    const Limiter& limiter;
    Quantity quantity;
    bool isBinding; ///< it is the limit
};

constexpr std::string_view kCauseMeaning = "why: one word of a fixed list";
constexpr std::string_view kMemberMeaning = "name of the battery that decided, if one did";
constexpr std::string_view kCellMeaning = "its cell or sensor, if one did";

constexpr auto kLimitFields = std::to_array<Field<LimitView>>({
    {{"cause", Form::Text, 0, "", kCauseMeaning},
     [](const LimitView& l) { return text(toText(l.limit.cause)); }},
    {{"member", Form::Text, 0, "", kMemberMeaning},
     [](const LimitView& l) { return text(l.limit.member); }},
    {{"cell", Form::Text, 0, "", kCellMeaning},
     [](const LimitView& l) { return text(l.limit.cell); }},
    {{"sentence", Form::Text, 0, "", "the same for people, in English"},
     [](const LimitView& l) { return text(l.sentence); }},
});

/// Of a current.
constexpr auto kLimitPower = std::to_array<Field<LimitView>>({
    {{"power_W", Form::Number, 0, "W", "the same at the voltage of now"},
     [](const LimitView& l) { return Value(scaled(l.voltage_V, l.limit.value)); }},
});

constexpr auto kLimiterFields = std::to_array<Field<LimiterView>>({
    {{"cause", Form::Text, 0, "", kCauseMeaning},
     [](const LimiterView& l) { return text(toText(l.limiter.limit.cause)); }},
    {{"member", Form::Text, 0, "", kMemberMeaning},
     [](const LimiterView& l) { return text(l.limiter.limit.member); }},
    {{"cell", Form::Text, 0, "", kCellMeaning},
     [](const LimiterView& l) { return text(l.limiter.limit.cell); }},
    {{"binding", Form::Truth, 0, "", "it is the limit"},
     [](const LimiterView& l) { return truth(l.isBinding); }},
});

/// Of a current: what makes of a battery's own limit one of the bank.
constexpr auto kShareFields = std::to_array<Field<LimiterView>>({
    {{"share", Form::Number, 2, "",
      "of the current, 0 … 1, that this battery takes; if that is why"},
     [](const LimiterView& l) { return Value(l.limiter.share); }},
    {{"own", Form::Number, 1, "A", "what this battery itself allows; if that is why"},
     [](const LimiterView& l) { return Value(l.limiter.own); }},
});

Value usableEnergy(const BankView& view) {
    const auto soc_pct = view.snapshot[rows::kSoc].number();
    const auto charge_Ah = view.snapshot[rows::kInstalledCapacity].number();
    if (!soc_pct || !charge_Ah)
        return {};
    const double usable_pct = std::max(0.0, *soc_pct - view.report.reach.stopSoc_pct.value_or(0.0));
    // A state of charge in whole percent says more than there is, as the remaining charge tells.
    const double stored_Ah = view.snapshot[rows::kCapacity].number().value_or(*charge_Ah);
    return storedEnergy(std::min(stored_Ah, *charge_Ah * usable_pct / 100.0),
                        view.snapshot[rows::kVoltage].number());
}

constexpr auto kBankFields = std::to_array<Field<BankView>>({
    {{"id", Form::Text, 0, "", "as configured"},
     [](const BankView& v) { return text(v.settings.id); }},
    {{"name", Form::Text, 0, "", "as configured"},
     [](const BankView& v) { return text(v.settings.name); }},
    {{"stage", Form::Text, 0, "", "`starting`, `normal`, `no_data` or `left` (off the bus)"},
     [](const BankView& v) { return text(toText(v.report.stage)); }},
    {{"preset", Form::Text, 0, "", "cell chemistry in force: `none`, `lfp`, `lto` or `nmc`"},
     [](const BankView& v) { return text(toText(v.report.preset)); }},
    {{"cell_max_V", Form::Number, 3, "V",
      "no cell shall pass this while charging (`limits.cvl.cell_max_V`, else by preset)"},
     [](const BankView& v) {
         return Value(cellMaximum(v.settings.limits.cvl, presetValues(v.report.preset)));
     }},
    {{"online", Form::Number, 0, "", "batteries that take part"},
     [](const BankView& v) { return whole(v.report.online); }},
    {{"total", Form::Number, 0, "", "batteries that should"},
     [](const BankView& v) { return whole(v.report.total); }},
    {{"usable_soc_pct", Form::Number, 1, "%", "state of charge of the batteries that may discharge",
      "", "usable_soc"},
     [](const BankView& v) { return Value(v.report.reach.usableSoc_pct); }},
    {{"energy_kWh", Form::Number, 2, "kWh", "stored: remaining capacity times voltage"},
     [](const BankView& v) {
         return storedEnergy(v.snapshot[rows::kCapacity].number(),
                             v.snapshot[rows::kVoltage].number());
     }},
    {{"capacity_kWh", Form::Number, 2, "kWh", "installed capacity times voltage"},
     [](const BankView& v) {
         return storedEnergy(v.snapshot[rows::kInstalledCapacity].number(),
                             v.snapshot[rows::kVoltage].number());
     }},
    {{"usable_energy_kWh", Form::Number, 2, "kWh",
      "stored above the state of charge at which the GX stops to discharge, as far as that is "
      "known"},
     [](const BankView& v) { return usableEnergy(v); }},
    {{"charge_power_W", Form::Number, 0, "W", "what goes in; 0 while it comes out"},
     [](const BankView& v) { return flow(v.snapshot[rows::kPower].number(), 1.0); }},
    {{"discharge_power_W", Form::Number, 0, "W", "what comes out; 0 while it goes in"},
     [](const BankView& v) { return flow(v.snapshot[rows::kPower].number(), -1.0); }},
    {{"time_to_full_s", Form::Number, 0, "s",
      "at the mean current of the last three minutes, while it is charged; charging slows down "
      "near the end"},
     [](const BankView& v) { return Value(v.report.reach.timeToFull_s); }},
    {{"charging", Form::Truth, 0, "", "current flows in"},
     [](const BankView& v) { return isCharging(v.snapshot[rows::kCurrent].number()); }},
    {{"last_full", Form::Time, 0, "", "when all batteries were last proven full"},
     [](const BankView& v) { return time(v.report.lastFull); }},
});

constexpr auto kCurrentFields = std::to_array<Field<BankView>>({
    {{"source", Form::Text, 0, "",
      "where the current was measured: `batteries`, `victron` or `shunt`"},
     [](const BankView& v) { return text(toText(v.report.currentSource)); }},
    {{"why_not", Form::Text, 0, "", "what was missing where the owner wants it measured"},
     [](const BankView& v) { return text(v.report.currentWhyNot); }},
});

constexpr auto kSocFields = std::to_array<Field<BankView>>({
    {{"source", Form::Text, 0, "", "really used: `batteries`, `battery` or `counter`"},
     [](const BankView& v) { return text(toText(v.report.soc.source)); }},
    {{"why_not", Form::Text, 0, "",
      "why it is not the one that the owner wants: `no_battery`, `no_counter`"},
     [](const BankView& v) { return text(toText(v.report.soc.fallback)); }},
    {{"counter_soc_pct", Form::Number, 1, "%", "by the own counter, whatever is used", "",
      "counter_soc"},
     [](const BankView& v) { return Value(v.report.soc.counter_pct); }},
    {{"slewing", Form::Truth, 0, "", "what is shown is still on its way to the true value"},
     [](const BankView& v) { return truth(v.report.soc.isSlewing); }},
    {{"all_full", Form::Truth, 0, "", "every battery that takes part is proven full"},
     [](const BankView& v) { return truth(v.report.soc.areAllFull); }},
});

constexpr auto kBalanceFields = std::to_array<Field<BankView>>({
    {{"state", Form::Text, 0, "", "`idle`, `raised`, `holding` or `done`"},
     [](const BankView& v) { return text(toText(v.report.balancing.stage)); }},
    {{"raised", Form::Truth, 0, "", "the charge voltage is raised now"},
     [](const BankView& v) { return truth(v.report.balancing.isRaised); }},
    {{"cell_V", Form::Number, 3, "V", "charge voltage of a cell to use", "", "cell_voltage"},
     [](const BankView& v) { return Value(v.report.balancing.cell_V); }},
    {{"obstacle", Form::Text, 0, "", "why it could not be raised, or does or did not succeed"},
     [](const BankView& v) { return text(toText(v.report.balancing.obstacle)); }},
    {{"detail", Form::Text, 0, "", "who or what that is: `Pack A at 54.40V`, `Pack C/C6`"},
     [](const BankView& v) { return text(v.report.balancing.detail); }},
    {{"failures", Form::Number, 0, "",
      "attempts in a row that brought cells no nearer to each other"},
     [](const BankView& v) { return whole(v.report.balancing.failures); }},
    {{"last_result", Form::Text, 0, "", "`none`, `succeeded` or `failed`"},
     [](const BankView& v) { return text(toText(v.report.balancing.lastResult)); }},
    {{"last_success", Form::Time, 0, "", "when the cells were last equal for long enough"},
     [](const BankView& v) { return time(v.report.balancing.lastSuccess); }},
    {{"days_since", Form::Number, 0, "d", "whole days since then"},
     [](const BankView& v) {
         return v.report.balancing.daysSince ? whole(*v.report.balancing.daysSince) : Value();
     }},
});

constexpr auto kGroups = std::to_array<Group>({
    {{"current_source"}, kCurrentFields},
    {{"soc_source"}, kSocFields},
    {{"balance"}, kBalanceFields},
});

constexpr auto kAdviceFields = std::to_array<Field<Advice>>({
    {{"code", Form::Text, 0, "", "one word of a fixed list"},
     [](const Advice& a) { return text(toText(a.code)); }},
    {{"text", Form::Text, 0, "", "what is so, and what to change where"},
     [](const Advice& a) { return text(a.text); }},
});

// An object may not hold a name twice.
static_assert(areNotRows(kBankFields) && areNotRows(kGroups) && !isRow("controls") &&
              !isRow("layout") && !isRow("limits") && !isRow("meters") && !isRow("advice") &&
              !isRow("batteries") && !isRow("time") && !isRow("age_s"));

void tellBankRows(const Reader& reader, const BankView* view) {
    for (RowIndex i = 0; i < kRowCount; ++i)
        if (isPublished(kRows.at(i)))
            tellRow(reader, i, view != nullptr ? view->snapshot[i] : Value());
}

void tellAmount(const Reader& reader, Quantity quantity, std::string_view name,
                const Value& value) {
    const QuantitySpec& amount = spec(quantity);
    reader(
        {Step::Field,
         {.name = name, .decimals = amount.decimals, .unit = amount.unit, .meaning = "the limit"},
         value});
}

/// Without anything to read from each value is unknown.
void tellLimiter(const Reader& reader, Quantity quantity, const LimiterView* view) {
    tellStep(reader, Step::Object);
    tellAmount(reader, quantity, "value",
               view != nullptr ? rounded(quantity, view->limiter.limit.value) : Value());
    tellFields<LimiterView>(reader, kLimiterFields, view);
    if (quantity == Quantity::Current)
        tellFields<LimiterView>(reader, kShareFields, view);
    tellStep(reader, Step::EndObject);
}

void tellLimiters(const Reader& reader, const LimitName& name, const BankView* view) {
    tellStep(reader, Step::List, "limiters");
    if (view == nullptr) {
        tellLimiter(reader, name.quantity, nullptr);
    } else {
        bool isFirst = true;
        for (const Limiter& limiter : view->report.limiters.*name.limiters) {
            const LimiterView shown{limiter, name.quantity, std::exchange(isFirst, false)};
            tellLimiter(reader, name.quantity, &shown);
        }
    }
    tellStep(reader, Step::EndList);
}

void tellLimit(const Reader& reader, const LimitName& name, const LimitView* limit,
               const BankView* view) {
    tellStep(reader, Step::Object, name.name);
    tellAmount(reader, name.quantity, "value",
               limit != nullptr ? rounded(name.quantity, limit->limit.value) : Value());
    if (name.quantity == Quantity::Current)
        tellFields<LimitView>(reader, kLimitPower, limit);
    tellFields<LimitView>(reader, kLimitFields, limit);
    tellLimiters(reader, name, view);
    tellStep(reader, Step::EndObject);
}

/// Without a list of limiters the limit alone.
Limiter inForce(const BankView& view, const LimitName& name, const Limit& limit) {
    const auto& limiters = view.report.limiters.*name.limiters;
    return limiters.empty() ? Limiter{limit} : limiters.front();
}

void tellLimits(const Reader& reader, const BankView* view) {
    tellStep(reader, Step::Object, "limits");
    for (const LimitName& name : kLimits) {
        const Limit* limit = view != nullptr ? name.of(view->report) : nullptr;
        if (view == nullptr) {
            tellLimit(reader, name, nullptr, nullptr);
        } else if (limit == nullptr) {
            tellStep(reader, Step::Nothing, name.name);
        } else {
            const LimitView shown{*limit, name.quantity, view->snapshot[rows::kVoltage].number(),
                                  sentenceOf(inForce(*view, name, *limit), name.quantity)};
            tellLimit(reader, name, &shown, view);
        }
    }
    tellStep(reader, Step::EndObject);
}

void tellBankMeters(const Reader& reader, const BankView* view) {
    if (view == nullptr) {
        tellMeters(reader, nullptr);
        return;
    }
    const MetersView meters{view->report.meters, view->report.fullCycles};
    tellMeters(reader, &meters);
}

void tellAdvice(const Reader& reader, const BankView* view) {
    tellStep(reader, Step::List, "advice");
    if (view == nullptr)
        tellObject<Advice>(reader, {}, kAdviceFields, nullptr);
    else
        for (const Advice& advice : view->advice)
            tellObject<Advice>(reader, {}, kAdviceFields, &advice);
    tellStep(reader, Step::EndList);
}

void tellBatteries(const Reader& reader, const BankView* view) {
    tellStep(reader, Step::List, "batteries");
    if (view == nullptr)
        tellObject<BatteryView>(reader, {}, memberFields(), nullptr);
    else
        for (const MemberReport& member : view->report.members) {
            const BatteryView battery = viewOf(*view, member);
            tellObject<BatteryView>(reader, {}, memberFields(), &battery);
        }
    tellStep(reader, Step::EndList);
}

void tellWholeBank(const Reader& reader, const BankView* view) {
    tellLayout(reader);
    tellFields<BankView>(reader, kBankFields, view);
    tellBankRows(reader, view);
    tellLimits(reader, view);
    for (const Group& group : kGroups)
        tellObject(reader, group.about.name, group.fields, view);
    tellControls(reader, view);
    tellBankMeters(reader, view);
    tellAdvice(reader, view);
    tellBatteries(reader, view);
}

/// Of the one that takes part and has been silent longest.
std::optional<SteadyTime> heardOf(const BankView& view) {
    std::optional<SteadyTime> oldest;
    for (const MemberReport& member : view.report.members)
        if (member.takesPart && member.heard)
            oldest = std::min(oldest.value_or(*member.heard), *member.heard);
    return oldest;
}

} // namespace

void tellBank(const BankView& view, const Reader& reader) {
    tellWholeBank(reader, &view);
}

void tellBankStamp(const BankView& view, const Now& now, const Reader& reader) {
    const StampView stamp{now, heardOf(view)};
    tellStamp(reader, &stamp);
}

std::vector<Line> bankLines() {
    return linesOf([](const Reader& reader) {
        tellWholeBank(reader, nullptr);
        tellStamp(reader, nullptr);
    });
}

} // namespace busbar::documents
