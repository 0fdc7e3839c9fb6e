// SPDX-License-Identifier: MIT
// What the owner can set while the bank runs: the table of controls.
#pragma once

#include "core/table/controls.hpp"
#include "core/table/word_rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace busbar {

class Bank;
struct BankSettings;
struct BankView;

enum class ControlKind : std::uint8_t {
    MaxCharge,
    MaxDischarge,
    BalanceNow,
    ResetCounter,
    ConfirmChoices, ///< what holds of the owner's choices is right (ControlsDoubt)
    InService,
    CustomName,
    ChargeTarget,
    FullChargeNow,
    ForgetLost,
};

enum class ControlForm : std::uint8_t {
    Ampere,  ///< a number from 0 to `highest`, or kNoCeiling
    Percent, ///< a number from `least` to `highest`, or kNoCeiling
    Press,   ///< a button
    OnOff,   ///< 1 or 0
    Name,    ///< a text (display_name.hpp)
};

/// In the place of a number: what the owner chose is no more. As a number kHighestCeiling_A, of a
/// charge target kNoTarget_pct.
inline constexpr std::string_view kNoCeiling = "none";

enum class ControlOf : std::uint8_t { Bank, Battery };

/// What a bank offers to be set.
struct ControlOffer {
    const BankSettings& settings;
    bool hasBalancing;
    bool hasCounter;
};
[[nodiscard]] ControlOffer offerOf(const BankSettings& settings);
[[nodiscard]] ControlOffer offerOf(const BankView& view);

/// The highest value that the control takes, A; 1 for those without one; nothing = the bank has no
/// such control.
using HighestOf = std::optional<double> (*)(const ControlOffer& offer);
/// The owner has set it, for this battery if it is a battery's.
using ControlEffect = void (*)(Bank& bank, std::string_view battery, double value);

namespace control {

[[nodiscard]] std::optional<double> always(const ControlOffer& offer);
[[nodiscard]] std::optional<double> mostCharge_A(const ControlOffer& offer);
[[nodiscard]] std::optional<double> mostDischarge_A(const ControlOffer& offer);
[[nodiscard]] std::optional<double> ifBalancing(const ControlOffer& offer);
[[nodiscard]] std::optional<double> ifCounter(const ControlOffer& offer);
[[nodiscard]] std::optional<double> mostTarget_pct(const ControlOffer& offer);

void balanceNow(Bank& bank, std::string_view battery, double value);
void resetCounter(Bank& bank, std::string_view battery, double value);
void confirmChoices(Bank& bank, std::string_view battery, double value);
void putInService(Bank& bank, std::string_view battery, double value);
void setTarget(Bank& bank, std::string_view battery, double value);
void fullChargeNow(Bank& bank, std::string_view battery, double value);
void forgetLost(Bank& bank, std::string_view battery, double value);

} // namespace control

/// Words, keys and names are published: they are added, never changed. What is empty it has not.
struct ControlRow {
    ControlKind kind;
    ControlOf of;
    ControlForm form;
    std::string_view name;    ///< for people
    std::string_view meaning; ///< for the manual
    std::string_view word{};  ///< last level of its topic below `set/`
    std::string_view path{};  ///< where it is written on D-Bus and in the layout of a GX
    std::string_view key{};   ///< of its entity in Home Assistant
    std::string_view icon{};  ///< of that; empty = by its form
    std::string_view field{}; ///< of the document that shows what is in force
    double least{0.0};        ///< that a number may be
    HighestOf highest{control::always};
    const Ceiling* ceiling{nullptr}; ///< that it sets; kept over restarts
    ControlEffect effect{nullptr};   ///< what else it does; neither = who keeps it acts
};

// clang-format off
inline constexpr auto kControls = std::to_array<ControlRow>({
    {.kind = ControlKind::MaxCharge, .of = ControlOf::Bank, .form = ControlForm::Ampere,
     .name = "Maximum charge current", .meaning = "ceiling of the charge current, A: a number, or `none` for what the configuration allows",
     .word = kChargeCeiling.key, .key = "max_charge", .field = "controls.max_charge_A",
     .highest = control::mostCharge_A, .ceiling = &kChargeCeiling},
    {.kind = ControlKind::MaxDischarge, .of = ControlOf::Bank, .form = ControlForm::Ampere,
     .name = "Maximum discharge current", .meaning = "ceiling of the discharge current, A: a number, or `none` for what the configuration allows",
     .word = kDischargeCeiling.key, .key = "max_discharge", .field = "controls.max_discharge_A",
     .highest = control::mostDischarge_A, .ceiling = &kDischargeCeiling},
    {.kind = ControlKind::BalanceNow, .of = ControlOf::Bank, .form = ControlForm::Press,
     .name = "Balance now", .meaning = "`PRESS` starts balancing",
     .word = "balance_now", .key = "balance_now", .icon = "mdi:scale-balance",
     .highest = control::ifBalancing, .effect = control::balanceNow},
    {.kind = ControlKind::ResetCounter, .of = ControlOf::Bank, .form = ControlForm::Press,
     .name = "Reset counter", .meaning = "`PRESS`: the own counter begins again from what the batteries say",
     .word = "reset_counter", .key = "reset_counter", .icon = "mdi:battery-sync",
     .highest = control::ifCounter, .effect = control::resetCounter},
    {.kind = ControlKind::ConfirmChoices, .of = ControlOf::Bank, .form = ControlForm::Press,
     .name = "Confirm choices", .meaning = "`PRESS`: ceilings and batteries out of service are as they should be (`controls.in_doubt`)",
     .word = "confirm_choices", .key = "confirm_choices", .icon = "mdi:check-decagram", .effect = control::confirmChoices},
    {.kind = ControlKind::InService, .of = ControlOf::Battery, .form = ControlForm::OnOff,
     .name = "In service", .meaning = "`ON` or `OFF`: whether the battery may take part",
     .word = "in_service", .key = "in_service", .icon = "mdi:battery-lock-open", .field = "in_service", .effect = control::putInService},
    {.kind = ControlKind::CustomName, .of = ControlOf::Bank, .form = ControlForm::Name,
     .name = "Name", .meaning = "what clients call the battery; kept by localsettings, or in the state",
     .path = "/CustomName"},
    {.kind = ControlKind::ChargeTarget, .of = ControlOf::Bank, .form = ControlForm::Percent,
     .name = "Charge target", .meaning = "charge no further than this state of charge, %: a number, or `none` for what the configuration says",
     .word = "charge_target_pct", .key = "charge_target", .icon = "mdi:battery-charging-80", .field = "controls.charge_target_pct", .least = kLeastTarget_pct,
     .highest = control::mostTarget_pct, .effect = control::setTarget},
    {.kind = ControlKind::FullChargeNow, .of = ControlOf::Bank, .form = ControlForm::Press,
     .name = "Full charge now", .meaning = "`PRESS`: charges to full in spite of a charge target, a week long at most",
     .word = "full_charge_now", .key = "full_charge_now", .icon = "mdi:battery-charging-high", .effect = control::fullChargeNow},
    {.kind = ControlKind::ForgetLost, .of = ControlOf::Battery, .form = ControlForm::Press,
     .name = "Forget if lost", .meaning = "`PRESS`: if the battery is lost, it is taken out of service, and what it last said binds the bank no more",
     .word = "forget_lost", .key = "forget_lost", .icon = "mdi:battery-remove", .effect = control::forgetLost},
});
// clang-format on
static_assert(isInOrder(kControls, &ControlRow::kind));

inline constexpr std::size_t kControlCount = kControls.size();

[[nodiscard]] constexpr const ControlRow& rowOf(ControlKind kind) {
    return kControls.at(static_cast<std::size_t>(kind));
}

/// Last level of its topic.
[[nodiscard]] constexpr std::string_view toText(ControlKind kind) {
    return rowOf(kind).word;
}

/// Nothing for a path that is not written.
[[nodiscard]] constexpr const ControlRow* controlAt(std::string_view path) {
    for (const ControlRow& control : kControls)
        if (!control.path.empty() && control.path == path)
            return &control;
    return nullptr;
}

/// By ControlKind: what `highest` says; nothing for the others' controls.
using HighestValues = std::array<std::optional<double>, kControlCount>;
[[nodiscard]] HighestValues highestOf(const ControlOffer& offer, ControlOf of);

/// Of a control with a ceiling: what the owner allows now, A, by choice or configuration.
[[nodiscard]] double allowed_A(const ControlRow& control, const Controls& controls,
                               const ControlOffer& offer);

/// `id` is that of the bank, or of a battery: in that case it holds in every bank.
void apply(Bank& bank, ControlKind kind, std::string_view id, double value);

} // namespace busbar
