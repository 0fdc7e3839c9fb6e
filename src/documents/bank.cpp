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
#include "core/table/named_rows.hpp"
#include "core/table/setting_words.hpp"
#include "documents/battery.hpp"
#include "documents/limits.hpp"
#include "documents/names.hpp"
#include "documents/shared_parts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace busbar::documents {

namespace {

struct Group {
    About about;
    std::span<const Field<BankView>> fields;
};

struct LimitView {
    const Limit& limit;
    Quantity quantity;
};

constexpr auto kLimitFields = std::to_array<Field<LimitView>>({
    {{"value", Form::Number, 3, "A or V", "the limit"},
     [](const LimitView& l) { return rounded(l.quantity, l.limit.value); }},
    {{"cause", Form::Text, 0, "", "why: one word of a fixed list"},
     [](const LimitView& l) { return text(toText(l.limit.cause)); }},
    {{"member", Form::Text, 0, "", "name of the battery that decided, if one did"},
     [](const LimitView& l) { return text(l.limit.member); }},
    {{"cell", Form::Text, 0, "", "its cell or sensor, if one did"},
     [](const LimitView& l) { return text(l.limit.cell); }},
});

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
    {{"usable_soc", Form::Number, 1, "%", "state of charge of the batteries that may discharge"},
     [](const BankView& v) { return Value(v.report.usableSoc_pct); }},
    {{"energy_kWh", Form::Number, 2, "kWh", "stored: remaining capacity times voltage"},
     [](const BankView& v) {
         return storedEnergy(v.snapshot[rows::kCapacity].number(),
                             v.snapshot[rows::kVoltage].number());
     }},
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
    {{"counter_soc", Form::Number, 1, "%", "by the own counter, whatever is used"},
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
    {{"cell_voltage", Form::Number, 3, "V", "charge voltage of a cell to use"},
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

constexpr auto kDoubtFields = std::to_array<Field<BankView>>({
    {{"in_doubt", Form::Truth, 0, "",
      "the owner's choices could not be read: the strictest that is known holds until they are "
      "confirmed"},
     [](const BankView& v) { return truth(v.controls.doubt.isUnconfirmed); }},
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

void tellLimits(const Reader& reader, const BankView* view) {
    tellStep(reader, Step::Object, "limits");
    for (const LimitName& name : kLimits) {
        const Limit* limit = view != nullptr ? name.of(view->report) : nullptr;
        if (view == nullptr) {
            tellObject<LimitView>(reader, name.name, kLimitFields, nullptr);
        } else if (limit == nullptr) {
            tellStep(reader, Step::Nothing, name.name);
        } else {
            const LimitView shown{*limit, name.quantity};
            tellObject<LimitView>(reader, name.name, kLimitFields, &shown);
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

/// What the owner has set, as far as it is a number, and whether it is known.
void tellControls(const Reader& reader, const BankView* view) {
    tellStep(reader, Step::Object, "controls");
    for (const ControlRow& control : kControls)
        if (control.ceiling != nullptr)
            reader({Step::Field,
                    {.name = control.word,
                     .form = Form::Number,
                     .decimals = 1,
                     .unit = "A",
                     .meaning = "owner's ceiling in force; 5000 = none"},
                    view != nullptr ? Value(allowed_A(control, view->controls, offerOf(*view)))
                                    : Value()});
    tellFields<BankView>(reader, kDoubtFields, view);
    tellStep(reader, Step::EndObject);
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
