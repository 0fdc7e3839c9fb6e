// SPDX-License-Identifier: MIT
// The table of what is kept, with the range of each number, and what follows from it.
#include "core/memory.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

namespace busbar {

namespace {

std::optional<double> toNumber(double value) {
    return value;
}
std::optional<double> toNumber(const std::optional<double>& value) {
    return value;
}
std::optional<double> toNumber(const std::optional<WallTime>& stamp) {
    if (!stamp)
        return std::nullopt;
    return std::chrono::duration<double>(stamp->time_since_epoch()).count();
}

std::optional<double> toNumber(const std::optional<int>& value) {
    return value;
}

void fromNumber(double& target, std::optional<double> value) {
    target = value.value_or(0.0);
}
void fromNumber(std::optional<double>& target, std::optional<double> value) {
    target = value;
}
void fromNumber(std::optional<int>& target, std::optional<double> value) {
    target.reset();
    if (value)
        target = static_cast<int>(std::lround(*value));
}
void fromNumber(std::optional<WallTime>& target, std::optional<double> value) {
    target.reset();
    if (value)
        target = WallTime(std::chrono::seconds(std::llround(*value)));
}

/// `Path`: pointers to members, one below the other.
template <class Owner, auto... Path>
std::optional<double> getAt(const Owner& owner) {
    return toNumber((owner.*....*Path));
}
template <class Owner, auto... Path>
void setAt(Owner& owner, std::optional<double> value) {
    fromNumber((owner.*....*Path), value);
}

/// Of the last word; one that has any number is there.
template <auto Path>
std::optional<double> getWord(const MemberMemory& member) {
    return member.word ? (*member.word).*Path : std::nullopt;
}
template <auto Path>
void setWord(MemberMemory& member, std::optional<double> value) {
    if (value && !member.word)
        member.word.emplace();
    if (member.word)
        (*member.word).*Path = value;
}

struct Range {
    double lowest;
    double highest;
};

template <class Owner, auto... Path>
constexpr NumberField<Owner> field(std::string_view key, Range range) {
    return {key, range.lowest, range.highest, &getAt<Owner, Path...>, &setAt<Owner, Path...>};
}

template <auto... Path>
constexpr NumberField<MemberMemory> ofMember(std::string_view key, Range range) {
    return field<MemberMemory, Path...>(key, range);
}
template <auto Path>
constexpr NumberField<MemberMemory> ofWord(std::string_view key, Range range) {
    return {key, range.lowest, range.highest, &getWord<Path>, &setWord<Path>};
}
template <auto... Path>
constexpr NumberField<BankMemory> ofBank(std::string_view key, Range range) {
    return field<BankMemory, Path...>(key, range);
}

constexpr Range kCharge = {0.0, 100000.0};    // Ah, as /InstalledCapacity in path_table.hpp
constexpr Range kCapacity = {1e-3, 100000.0}; // Ah
constexpr Range kTotalCharge = {0.0, 1e8};    // Ah, as /History/TotalAhDrawn
constexpr Range kTotalEnergy = {0.0, 1e10};   // Wh, as /History/ChargedEnergy
constexpr Range kChargeBase = {-1e8, 1e8};    // as those two, of a counter that has leapt
constexpr Range kEnergyBase = {-1e10, 1e10};
constexpr Range kResistance = {0.0, 10.0}; // Ω, of one member: real ones have milliohms
constexpr Range kShare = {-1.0, 2.0};      // as member_stats learns it
constexpr Range kCeiling = {0.0, kHighestCeiling_A};
constexpr Range kPart = {0.0, 1.0};
constexpr Range kEfficiency = {0.5, 1.0}; // below it nothing is learned
constexpr Range kFailures = {0.0, 1e6};
constexpr Range kFlag = {0.0, 1.0};                          // /Settings/CGwacs/OvervoltageFeedIn
constexpr Range kInstance = {0.0, 100000.0};                 // as /DeviceInstance in path_table.hpp
constexpr Range kDvccCurrent = {kNoCurrentLimit_A, 10000.0}; // as takeGx takes them
constexpr Range kDvccVoltage = {kNoVoltageLimit_V, 1000.0};
constexpr Range kLimitRange = {0.0, 10000.0}; // A, as /Info/MaxChargeCurrent in path_table.hpp
constexpr Range kVoltageRange = {0.0, 1000.0};
constexpr Range kCellsRange = {1.0, 1000.0};
constexpr Range kApart = {0.0, 5.0};                   // V, of two cells
constexpr Range kSocAhead = {-100.0, 100.0};           // %, of two states of charge
constexpr Range kStamp = {1577836800.0, 7258118400.0}; // s, the years 2020 … 2199

using M = MemberMemory;
using B = BankMemory;
using R = RememberedBattery;
using S = SiteMemory;
using W = LastWord;
using T = MeterTotals;
using C = MeasuredCapacity;
using L = BalancingMemory;

// clang-format off
constexpr auto kMemberNumbers = std::to_array<NumberField<MemberMemory>>({
    ofMember<&M::counter, &Counter::charge_Ah>("charge_Ah", kCharge),
    ofMember<&M::counter, &Counter::capacity_Ah>("capacity_Ah", kCapacity),
    ofMember<&M::measured, &C::capacity_Ah>("measured_capacity_Ah", kCapacity),
    ofMember<&M::measured, &C::spread_Ah>("measured_spread_Ah", kCapacity),
    ofMember<&M::measured, &C::nominal_Ah>("measured_nominal_Ah", kCapacity),
    ofMember<&M::measured, &C::efficiency>("measured_efficiency", kEfficiency),
    ofMember<&M::measured, &C::at>("measured_at", kStamp),
    ofMember<&M::meters, &T::charged_Ah>("charged_Ah", kTotalCharge),
    ofMember<&M::meters, &T::discharged_Ah>("discharged_Ah", kTotalCharge),
    ofMember<&M::meters, &T::charged_Wh>("charged_Wh", kTotalEnergy),
    ofMember<&M::meters, &T::discharged_Wh>("discharged_Wh", kTotalEnergy),
    ofMember<&M::lifetime, &Lifetime::energyIn, &CounterBase::base>("told_charged_base_kWh", kEnergyBase),
    ofMember<&M::lifetime, &Lifetime::energyIn, &CounterBase::last>("told_charged_kWh", kTotalEnergy),
    ofMember<&M::lifetime, &Lifetime::energyOut, &CounterBase::base>("told_discharged_base_kWh", kEnergyBase),
    ofMember<&M::lifetime, &Lifetime::energyOut, &CounterBase::last>("told_discharged_kWh", kTotalEnergy),
    ofMember<&M::lifetime, &Lifetime::drawn_Ah, &CounterBase::base>("told_drawn_base_Ah", kChargeBase),
    ofMember<&M::lifetime, &Lifetime::drawn_Ah, &CounterBase::last>("told_drawn_Ah", kTotalCharge),
    ofMember<&M::stats, &MemberStats::share>("current_share", kShare),
    ofMember<&M::resistance_Ohm>("resistance_Ohm", kResistance),
    ofMember<&M::learnedShare>("learned_share", kPart),
    ofMember<&M::lastSeen>("last_seen", kStamp),
    ofWord<&W::charge_A>("word_charge_A", kLimitRange),
    ofWord<&W::discharge_A>("word_discharge_A", kLimitRange),
    ofWord<&W::againCharge_A>("word_again_charge_A", kLimitRange),
    ofWord<&W::againDischarge_A>("word_again_discharge_A", kLimitRange),
    ofWord<&W::bankCharge_A>("word_bank_charge_A", kLimitRange),
    ofWord<&W::bankDischarge_A>("word_bank_discharge_A", kLimitRange),
    ofWord<&W::bank_V>("word_bank_V", kVoltageRange),
    ofWord<&W::share>("word_share", kPart),
    ofWord<&W::cells>("word_cells", kCellsRange),
    ofWord<&W::lowBelow_V>("word_low_below_V", kApart),
    ofWord<&W::highAbove_V>("word_high_above_V", kApart),
    ofWord<&W::aheadSoc_pct>("word_ahead_soc_pct", kSocAhead),
});
constexpr auto kBankNumbers = std::to_array<NumberField<BankMemory>>({
    ofBank<&B::meters, &T::charged_Ah>("charged_Ah", kTotalCharge),
    ofBank<&B::meters, &T::discharged_Ah>("discharged_Ah", kTotalCharge),
    ofBank<&B::meters, &T::charged_Wh>("charged_Wh", kTotalEnergy),
    ofBank<&B::meters, &T::discharged_Wh>("discharged_Wh", kTotalEnergy),
    ofBank<&B::lifetimeRest, &LifetimeRest::energyIn>("told_charged_rest_kWh", kTotalEnergy),
    ofBank<&B::lifetimeRest, &LifetimeRest::energyOut>("told_discharged_rest_kWh", kTotalEnergy),
    ofBank<&B::lifetimeRest, &LifetimeRest::drawn_Ah>("told_drawn_rest_Ah", kTotalCharge),
    ofBank<&B::balancing, &L::firstSeen>("balancing_first_seen", kStamp),
    ofBank<&B::balancing, &L::lastSuccess>("balancing_last_success", kStamp),
    ofBank<&B::balancing, &L::raisedAt>("balancing_raised_at", kStamp),
    ofBank<&B::balancing, &L::failedAt>("balancing_failed_at", kStamp),
    ofBank<&B::balancing, &L::failures>("balancing_failures", kFailures),
    ofBank<&B::balancing, &L::spread_V>("balancing_spread_V", kApart),
    ofBank<&B::lastFull>("last_full", kStamp),
    ofBank<&B::chargeTarget, &ChargeTargetMemory::fullSince>("full_charge_since", kStamp),
    ofBank<&B::chargeTarget, &ChargeTargetMemory::fullEnded>("full_charge_ended", kStamp),
    ofBank<&B::handedOver, &HandedOver::charge_Ah>("handed_over_Ah", kTotalCharge),
    ofBank<&B::handedOver, &HandedOver::at>("handed_over_at", kStamp),
    ofBank<&B::controls, &Controls::maxCharge_A>(kChargeCeiling.stateKey, kCeiling),
    ofBank<&B::controls, &Controls::maxDischarge_A>(kDischargeCeiling.stateKey, kCeiling),
});
constexpr auto kBookNumbers = std::to_array<NumberField<RememberedBattery>>({
    field<RememberedBattery, &R::instance>("instance", kInstance),
    field<RememberedBattery, &R::lastSeen>("last_seen", kStamp),
});
constexpr auto kSiteNumbers = std::to_array<NumberField<SiteMemory>>({
    field<SiteMemory, &S::ownersFeedIn>("owners_feed_in", kFlag),
    field<SiteMemory, &S::ownersDvcc, &DvccValues::maxCharge_A>("owners_max_charge_A", kDvccCurrent),
    field<SiteMemory, &S::ownersDvcc, &DvccValues::maxCharge_V>("owners_max_charge_V", kDvccVoltage),
});
// clang-format on

/// The shortest that means this number, with an exponent only where people would write one.
std::string numberText(double value) {
    std::array<char, 64> text{};
    const double size = std::abs(value);
    const bool isPlain = size == 0.0 || (size >= 1e-6 && size < 1e15);
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   isPlain ? std::chars_format::fixed : std::chars_format::general)
                         .ptr;
    return {text.data(), end};
}

/// Sums of doubles may pass what they add up to by their rounding.
constexpr double kRounding = 1e-9;

using Messages = std::vector<std::string>;

template <class Owner>
void checkNumbers(Owner& owner, std::span<const NumberField<Owner>> fields,
                  const std::string& place, Messages& dropped) {
    for (const NumberField<Owner>& one : fields) {
        const auto value = one.get(owner);
        if (!value || one.allows(*value))
            continue;
        one.set(owner, std::nullopt);
        dropped.push_back(
            refusal(place + std::string(one.key), numberText(*value), one.lowest, one.highest));
    }
}

/// A charge means nothing without its capacity, and full nothing without a charge.
void checkCounter(Counter& counter, const std::string& place, Messages& dropped) {
    if (counter.charge_Ah) {
        const double most_Ah = counter.capacity_Ah.value_or(0.0) * (1.0 + kRounding);
        if (*counter.charge_Ah > most_Ah) {
            dropped.push_back(refusal(place + "charge_Ah", numberText(*counter.charge_Ah), 0.0,
                                      counter.capacity_Ah.value_or(0.0)));
            counter.charge_Ah.reset();
        } else if (!counter.capacity_Ah) {
            counter.charge_Ah.reset();
        }
    }
    counter.isFull = counter.isFull && counter.charge_Ah.has_value();
}

bool isCellId(const std::string& text) {
    return !text.empty() && text.size() <= kLongestCellId && isUtf8(text);
}

void checkCells(WeakCells& cells, const std::string& place, Messages& dropped) {
    std::vector<CellTally> kept;
    for (const CellTally& entry : cells.tallies) {
        const bool isSane = isCellId(entry.cell) && entry.seconds >= 0.0 &&
                            entry.seconds <= kMostCellSeconds && kept.size() < kMostTallies;
        if (isSane)
            kept.push_back(entry);
        else
            dropped.push_back(
                refusal(place + ".<cell>", numberText(entry.seconds), 0.0, kMostCellSeconds));
    }
    cells.tallies = std::move(kept);
    if (std::ranges::find(cells.tallies, cells.named, &CellTally::cell) == cells.tallies.end())
        cells.named.clear();
}

void dropOldest(BankMemory& memory, const std::vector<std::string>& present) {
    while (memory.members.size() > kMostRemembered) {
        const auto rank = [&present](const auto& entry) {
            return std::pair(std::ranges::find(present, entry.first) != present.end(),
                             entry.second.lastSeen);
        };
        memory.members.erase(std::ranges::min_element(memory.members, {}, rank));
    }
}

bool isBookText(const std::string& text) {
    return text.size() <= kLongestRemembered && isUtf8(text);
}

void checkBook(IdentityBook& book, Messages& dropped) {
    using Text = std::pair<std::string_view, std::string R::*>;
    constexpr std::array<Text, 7> kTexts = {
        Text{"serial", &R::serial}, {"connection", &R::connection},  {"name", &R::name},
        {"product", &R::product},   {"wanted_name", &R::wantedName}, {"given_name", &R::givenName},
        {"path_name", &R::pathName}};
    for (auto& [id, battery] : book) {
        const std::string place = "book." + id + ".";
        checkNumbers(battery, bookNumbers(), place, dropped);
        for (const auto& [key, text] : kTexts) {
            if (isBookText(battery.*text))
                continue;
            (battery.*text).clear();
            dropped.push_back(place + std::string(key) +
                              ": is not taken, allowed is UTF-8 of at most " +
                              std::to_string(kLongestRemembered) + " bytes");
        }
    }
    std::erase_if(book, [](const auto& entry) {
        return entry.first.empty() || isUnrecognisable(entry.second);
    });
    forgetOldest(book);
}

} // namespace

std::span<const NumberField<MemberMemory>> memberNumbers() {
    return kMemberNumbers;
}

std::span<const NumberField<BankMemory>> bankNumbers() {
    return kBankNumbers;
}

std::span<const NumberField<RememberedBattery>> bookNumbers() {
    return kBookNumbers;
}

std::span<const NumberField<SiteMemory>> siteNumbers() {
    return kSiteNumbers;
}

std::string refusal(std::string_view place, std::string_view value, double lowest, double highest) {
    std::string text(place);
    text.append(": ").append(value).append(" is not taken, allowed is ");
    return text + numberText(lowest) + " … " + numberText(highest);
}

void noteMembers(BankMemory& memory, const std::vector<std::string>& present, const Now& now) {
    const WallTime today = std::chrono::floor<std::chrono::days>(now.wall);
    const double seconds = toNumber(std::optional(today)).value_or(0.0);
    for (const std::string& id : present) {
        MemberMemory& member = memory.members[id];
        if (seconds >= kStamp.lowest && seconds <= kStamp.highest)
            member.lastSeen = today;
    }
    dropOldest(memory, present);
}

SaneMemory sane(BankMemory memory) {
    SaneMemory result;
    checkNumbers(memory, bankNumbers(), "", result.dropped);
    if (memory.balancing.stage == BalancingStage::Holding)
        memory.balancing.stage = BalancingStage::Raised;
    for (auto& [id, member] : memory.members) {
        const std::string place = "members." + id + ".";
        checkNumbers(member, memberNumbers(), place, result.dropped);
        checkCounter(member.counter, place, result.dropped);
        checkCells(member.stats.lowest, place + "lowest_cells", result.dropped);
        checkCells(member.stats.highest, place + "highest_cells", result.dropped);
    }
    dropOldest(memory, {});
    checkBook(memory.book, result.dropped);
    result.memory = std::move(memory);
    return result;
}

} // namespace busbar
