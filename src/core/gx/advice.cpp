// SPDX-License-Identifier: MIT
// One finding per kind of trouble, and the patience before it is said and before it is withdrawn.
#include "core/gx/advice.hpp"

#include "core/gx/gx_advice.hpp"
#include "core/units/readings.hpp"

#include <string_view>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kFirstMinute = 60s; // after a start or a reconnection much moves by itself
/// Longer without a cycle: nobody knows what was in between.
constexpr auto kLongestPause = 10s;

constexpr std::string_view kFeedInMenu =
    "Settings → System setup → ESS → Grid feed-in → DC-coupled PV - feed in excess";

/// Where an advice makes sense.
enum class Where : std::uint8_t {
    OnGx,     ///< the battery is on the GX's own D-Bus
    Reached,  ///< also where the limits reach the GX indirectly
    Anywhere, ///< also where they do not reach it
};

struct AdviceRow {
    AdviceCode code;
    Where where;
    std::chrono::seconds sayAfter;
    std::chrono::seconds withdrawAfter;
    bool isMeasured;      ///< its text stays as it was when it was said
    bool isOfBank = true; ///< nothing can be found while the bank does not work
};
constexpr auto kAdviceRows = std::to_array<AdviceRow>({
    {AdviceCode::DvccOff, Where::Reached, 60s, 10s, false},
    {AdviceCode::OtherMonitor, Where::OnGx, 60s, 10s, false},
    {AdviceCode::OtherBms, Where::OnGx, 60s, 10s, false},
    {AdviceCode::FeedInHidesLimit, Where::Reached, 60s, 10s, false},
    {AdviceCode::InstanceTooHigh, Where::OnGx, 60s, 10s, false},
    {AdviceCode::LimitsIgnored, Where::Anywhere, 30s, 600s, true},
    {AdviceCode::LostMember, Where::Anywhere, 60s, 10s, false},
    // A BMS that is over its limit may open within a minute; load moves voltages for as long.
    {AdviceCode::UnequalCharge, Where::Anywhere, 30s, 60s, false},
    {AdviceCode::NoLimits, Where::Anywhere, 60s, 10s, false},
    {AdviceCode::CurrentDiffers, Where::Anywhere, 60s, 600s, true},
    {AdviceCode::InSeries, Where::Anywhere, 10s, 10s, false, false},
    {AdviceCode::DoubleCount, Where::Anywhere, 60s, 10s, false},
    {AdviceCode::Unbelievable, Where::Anywhere, 60s, 60s, false},
    {AdviceCode::SameSerial, Where::Anywhere, 60s, 10s, false},
    {AdviceCode::BalancingFails, Where::Anywhere, 60s, 60s, false},
    {AdviceCode::ClockUnset, Where::Anywhere, 60s, 10s, false},
    {AdviceCode::ShuntUnused, Where::Anywhere, 60s, 10s, false},
});

consteval bool codesAreInOrder() {
    for (std::size_t i = 0; i < kAdviceRows.size(); ++i)
        if (static_cast<std::size_t>(kAdviceRows[i].code) != i)
            return false;
    return kAdviceRows.size() == kAdviceCount;
}

static_assert(codesAreInOrder());

// ---- findings

/// Charging is not held back every day: once it has been needed, it stands until feed-in is off.
Finding feedInHidesLimit(const AdviceState& state, const AdviceInput& input, bool isCharging) {
    const auto code = static_cast<std::size_t>(AdviceCode::FeedInHidesLimit);
    const bool isOn = input.readings.gx().overvoltageFeedIn == 1.0;
    const bool matters = input.needsFeedInOff || isCharging || state.items.at(code).isSaid;
    if (!isOn || input.mayWriteFeedIn || !matters)
        return std::nullopt;
    return joined({"DC feed-in is on, so the chargers do not obey the charge current limit while "
                   "the GX feeds in: switch it off in ",
                   kFeedInMenu, ", or let Busbar do so while it has to be off (feed_in.control)"});
}

Finding lostMember(const AdviceInput& input) {
    if (input.packs.lostMembers.empty())
        return std::nullopt;
    return joined({"Not heard, and perhaps still on the busbar: ", input.packs.lostMembers,
                   ". Until it is heard again the bank's limits do not rise. Mend the link to its "
                   "BMS; or, if it hangs on the busbar no more, take it out of service (its switch "
                   "In service, or exclude in the configuration)"});
}

Finding currentDiffers(const AdviceInput& input) {
    if (input.packs.currentDiffers.empty())
        return std::nullopt;
    return joined(
        {"Together the batteries measure ", input.packs.currentDiffers,
         " than the chargers, inverters and meters of the GX; limits allow for it, on the "
         "safe side. See which battery's current sensor is wrong, or what charges or "
         "draws that the GX does not measure"});
}

Finding inSeries(const AdviceInput& input) {
    if (input.packs.series.empty())
        return std::nullopt;
    return joined({"The bank is closed: ", input.packs.series,
                   " They would be charged as if in parallel. If they are in series, say so",
                   ", one entry for each string with the blocks that are wired in it",
                   input.packs.seriesLines.empty() ? "" : ": " + input.packs.seriesLines,
                   "; if not, see whose voltage is wrong, or exclude who belongs to another bank"});
}

Finding unbelievable(const AdviceInput& input) {
    if (input.packs.unbelievable.empty())
        return std::nullopt;
    return joined({"The current that is read is not believed: ", input.packs.unbelievable,
                   ". Load moves the battery's voltage, and its current stands still or goes the "
                   "other way. Limits go as if it carried its part. See its current sensor and the "
                   "sign of it, and whether a fuse or a switch of it is open"});
}

Finding textIfAny(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

bool makesSense(const AdviceRow& row, const Reach& reach) {
    return row.where == Where::Anywhere || reach.isOnGx ||
           (reach.isIndirect && row.where == Where::Reached);
}

std::array<Finding, kAdviceCount> findAll(AdviceState& state, const AdviceInput& input,
                                          SteadyTime now) {
    const Overrun overrun = overrunOf(state.obedience, input, now);
    std::array<Finding, kAdviceCount> found = {dvccOff(input),
                                               otherMonitor(input),
                                               otherBms(input),
                                               feedInHidesLimit(state, input, overrun.isCharging),
                                               instanceTooHigh(input),
                                               limitsIgnored(input, overrun),
                                               lostMember(input),
                                               textIfAny(input.packs.unequalCharge),
                                               textIfAny(input.packs.noLimits),
                                               currentDiffers(input),
                                               inSeries(input),
                                               textIfAny(input.packs.doubleCount),
                                               unbelievable(input),
                                               textIfAny(input.packs.sameSerial),
                                               textIfAny(input.packs.balancing),
                                               textIfAny(input.packs.clockUnset),
                                               textIfAny(input.packs.unusedShunts)};
    for (const AdviceRow& row : kAdviceRows)
        if (!makesSense(row, input.reach))
            found.at(static_cast<std::size_t>(row.code)).reset();
    return found;
}

// ---- patience

void judge(AdviceState::Item& item, const AdviceRow& row, const Finding& finding, SteadyTime now,
           bool isEarly) {
    if (finding.has_value() == item.isSaid) {
        item.since.reset();
        if (finding && !row.isMeasured)
            item.text = *finding;
        return;
    }
    item.since = item.since.value_or(now);
    if (now - *item.since < (finding ? row.sayAfter : row.withdrawAfter) || (finding && isEarly))
        return;
    item.isSaid = finding.has_value();
    item.text = finding.value_or("");
    item.since.reset();
}

/// What was found before a gap proves nothing about the time after it.
void startAnew(AdviceState& state) {
    state.provenSince.reset();
    state.obedience = {};
    for (const AdviceRow& row : kAdviceRows)
        if (row.isOfBank)
            state.items.at(static_cast<std::size_t>(row.code)).since.reset();
}

/// The bank works, and for how long all that is looked at has been proven.
struct Standing {
    bool isHeard = false;
    bool isProven = false;
    bool isEarly = true;
};

Standing standingOf(AdviceState& state, const AdviceInput& input, SteadyTime now) {
    Standing standing;
    standing.isHeard = !input.readings.inDoubt();
    standing.isProven = input.isWorking && standing.isHeard;
    if (!standing.isProven || now - state.last.value_or(now) > kLongestPause)
        startAnew(state);
    state.last = now;
    if (!standing.isProven)
        return standing;
    state.provenSince = state.provenSince.value_or(now);
    standing.isEarly = now - *state.provenSince < kFirstMinute;
    return standing;
}

} // namespace

std::vector<Advice> step(AdviceState& state, const AdviceInput& input, const Now& now) {
    const Standing standing = standingOf(state, input, now.steady);
    std::vector<Advice> said;
    const auto found =
        standing.isHeard ? findAll(state, input, now.steady) : std::array<Finding, kAdviceCount>{};
    for (const AdviceRow& row : kAdviceRows) {
        auto& item = state.items.at(static_cast<std::size_t>(row.code));
        if (row.isOfBank ? standing.isProven : standing.isHeard)
            judge(item, row, found.at(static_cast<std::size_t>(row.code)), now.steady,
                  row.isOfBank && standing.isEarly);
        if (item.isSaid)
            said.push_back({row.code, item.text});
    }
    return said;
}

std::vector<Advice> findNow(const AdviceInput& input, SteadyTime now) {
    AdviceState nothingBefore;
    const auto found = findAll(nothingBefore, input, now);
    std::vector<Advice> said;
    for (const AdviceRow& row : kAdviceRows)
        if (const Finding& one = found.at(static_cast<std::size_t>(row.code));
            one && !row.isMeasured)
            said.push_back({row.code, *one});
    return said;
}

} // namespace busbar
