// SPDX-License-Identifier: MIT
// Ceilings by the table of controls, the target, and doubts.
#include "documents/controls.hpp"

#include "core/bank_view.hpp"
#include "core/report.hpp"
#include "core/table/control_table.hpp"
#include "core/table/controls.hpp"
#include "documents/telling.hpp"

#include <array>

namespace busbar::documents {

namespace {

constexpr auto kTargetFields = std::to_array<Field<BankView>>({
    {{"charge_target_pct", Form::Bound, 1, "%",
      "state of charge up to which is charged; `\"none\"` = to full"},
     [](const BankView& v) {
         const auto& target_pct = v.report.reach.target.soc_pct;
         return target_pct ? Value(*target_pct) : text(kNoCeiling);
     }},
    {{"charge_target_reached", Form::Truth, 0, "", "nothing more is charged because of it"},
     [](const BankView& v) { return truth(v.report.reach.target.isReached); }},
    {{"full_charge", Form::Truth, 0, "", "on the way to full in spite of it"},
     [](const BankView& v) { return truth(v.report.reach.target.isFullCharge); }},
});

constexpr auto kDoubtFields = std::to_array<Field<BankView>>({
    {{"in_doubt", Form::Truth, 0, "",
      "the owner's choices could not be read: the strictest that is known holds until they are "
      "confirmed"},
     [](const BankView& v) { return truth(v.controls.doubt.isUnconfirmed); }},
});

Value ceilingOf(const ControlRow& control, const BankView& view) {
    const double allowed = allowed_A(control, view.controls, offerOf(view));
    return allowed < kHighestCeiling_A ? Value(allowed) : text(kNoCeiling);
}

} // namespace

void tellControls(const Reader& reader, const BankView* view) {
    tellStep(reader, Step::Object, "controls");
    for (const ControlRow& control : kControls)
        if (control.ceiling != nullptr)
            reader({Step::Field,
                    {.name = control.word,
                     .form = Form::Bound,
                     .decimals = 1,
                     .unit = "A",
                     .meaning = "owner's ceiling in force; `\"none\"` = there is none"},
                    view != nullptr ? ceilingOf(control, *view) : Value()});
    tellFields<BankView>(reader, kTargetFields, view);
    tellFields<BankView>(reader, kDoubtFields, view);
    tellStep(reader, Step::EndObject);
}

} // namespace busbar::documents
