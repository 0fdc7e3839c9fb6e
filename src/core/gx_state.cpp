// SPDX-License-Identifier: MIT
// Values of the GX's settings and states, with their "none" values.
#include "core/gx_state.hpp"

#include "core/path_table.hpp"

#include <algorithm>

namespace busbar {

namespace {

// Ranges: localsettings has −1 … 10000 A; Victron's highest DC bus is below the path table's 1000
// V.
constexpr double kNoCurrentLimit_A = -1.0;
constexpr double kNoVoltageLimit_V = 0.0;
constexpr const Row& kCurrentRow = kRows[row("/Info/MaxChargeCurrent")];
constexpr const Row& kVoltageRow = kRows[row("/Info/MaxChargeVoltage")];

/// A limit of the owner, whose unknown and impossible values change nothing.
bool takeLimit(std::optional<double>& limit, const Row& range, double none, const Value& value) {
    if (value == Value(none)) {
        limit.reset();
        return true;
    }
    if (const auto number = plausible(range, value).number()) {
        limit = number;
        return true;
    }
    return !value.isKnown();
}

std::optional<double> flagOf(const Value& value) {
    const auto number = value.number();
    return number == 0.0 || number == 1.0 ? number : std::nullopt;
}

bool takeFlag(std::optional<double>& flag, const Value& value) {
    flag = flagOf(value);
    return flag.has_value() == value.isKnown();
}

bool takeSocLimit(GxState& state, const Value& value) {
    state.activeSocLimit_pct = plausible(kRows[row("/Soc")], value).number();
    return state.activeSocLimit_pct.has_value() == value.isKnown();
}

bool takeDvcc(GxState& state, const Value& value) {
    std::optional<double> flag;
    const bool isGood = takeFlag(flag, value);
    state.dvcc = flag ? std::optional(*flag == 1.0) : std::nullopt;
    return isGood;
}

} // namespace

SourceNeeds needsOf(const BankSettings& bank) {
    const CurrentSettings& current = bank.current;
    return {current.source == CurrentSource::Victron || !current.minusLoads.empty(), true,
            bank.feedIn.mayWrite};
}

SourceNeeds operator|(const SourceNeeds& a, const SourceNeeds& b) {
    return {a.plant || b.plant, a.gxLimits || b.gxLimits, a.feedIn || b.feedIn};
}

const GxTopic* findGxTopic(std::string_view type, std::string_view path) {
    const auto* found = std::ranges::find_if(
        kGxTopics, [&](const GxTopic& topic) { return topic.path == path && topic.type == type; });
    return found == kGxTopics.end() ? nullptr : found;
}

bool takeGx(GxState& state, GxItem item, const Value& value) {
    switch (item) {
    case GxItem::ActiveSocLimit:
        return takeSocLimit(state, value);
    case GxItem::Dvcc:
        return takeDvcc(state, value);
    case GxItem::MaxChargeCurrent:
        return takeLimit(state.maxCharge_A, kCurrentRow, kNoCurrentLimit_A, value);
    case GxItem::MaxChargeVoltage:
        return takeLimit(state.maxCharge_V, kVoltageRow, kNoVoltageLimit_V, value);
    case GxItem::FeedIn:
        return takeFlag(state.overvoltageFeedIn, value);
    }
    return false;
}

} // namespace busbar
