// SPDX-License-Identifier: MIT
// What one GX has said, and how sure that is.
#include "core/units/readings.hpp"

#include "core/members/current_leap.hpp"
#include "core/members/sieve.hpp"
#include "core/table/identity_rows.hpp"
#include "core/table/plant_rows.hpp"
#include "core/urgency.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace busbar {

namespace {

constexpr std::size_t kMostBatteries = 256; // a GX has a few; bounds what hostile topics can take
constexpr std::size_t kMostDevices = 256;
constexpr int kFirstFormer = -2; // numbers for former occupants, downwards
constexpr auto kForgetAfter = std::chrono::hours(24);
/// A service's values arrive in one burst when it appears; a battery joins when they have settled.
constexpr auto kSettle = std::chrono::seconds(1);
/// A driver that starts has its paths before their values: State, voltage and current come first,
/// cells and limits with the next poll of the BMS, a few seconds later (seen with
/// dbus-serialbattery, mqtt/VENUS.md). What is not there after this long does not come.
constexpr auto kLongestFill = std::chrono::seconds(10);
/// A duplicate is forgiven after this many sweeps in which only one identity was seen.
constexpr Sweep kCleanSweeps = 2;

constexpr Sweep kAll = std::numeric_limits<Sweep>::max();

constexpr RowIndex kBatteryVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kBatteryCurrent = row("/Dc/0/Current");
constexpr RowIndex kPower = row("/Dc/0/Power");
constexpr RowIndex kSerial = row("/Serial");

/// What membership, limits and curves look at: a battery that gave it before gives it again.
constexpr std::array kNeeded = {row("/Dc/0/Temperature"),
                                row("/Soc"),
                                row("/Capacity"),
                                row("/InstalledCapacity"),
                                row("/Info/MaxChargeVoltage"),
                                row("/Info/MaxChargeCurrent"),
                                row("/Info/MaxDischargeCurrent"),
                                row("/Io/AllowToCharge"),
                                row("/Io/AllowToDischarge"),
                                row("/System/MinCellVoltage"),
                                row("/System/MaxCellVoltage"),
                                row("/System/MinCellTemperature"),
                                row("/System/MaxCellTemperature")};
/// What a battery that starts gives sooner or later, if it has the path.
constexpr std::array kLimits = {row("/Info/MaxChargeVoltage"), row("/Info/MaxChargeCurrent"),
                                row("/Info/MaxDischargeCurrent")};

/// What a service says once in its life.
constexpr std::array kUnchanging = {row("/DeviceInstance"), row("/ProductId"), row("/ProductName"),
                                    row("/Mgmt/Connection"), row("/Mgmt/ProcessName")};

/// What only a BMS gives: a limit, or a cell.
constexpr std::array kBmsLimits = {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent")};
constexpr std::array kBmsCells = {row("/System/MinCellVoltage"), row("/System/MaxCellVoltage")};
constexpr RowIndex kBmsVoltage = row("/Info/MaxChargeVoltage");
/// No sensor shows as much where nothing flows (as offset_A in member.hpp).
constexpr double kFlows_A = 1.0;

/// What may tell that it is a battery, and not only measures.
bool isOfBms(Place place) {
    const auto is = [&place](RowIndex index) { return place.index == index; };
    return place.kind == Place::Kind::Cell || std::ranges::any_of(kBmsLimits, is) ||
           std::ranges::any_of(kBmsCells, is) || is(kBmsVoltage) || is(row("/Dc/0/Current"));
}

/// A limit of the owner fell; nothing = none.
bool isLower(const std::optional<double>& before, const std::optional<double>& after) {
    return after && (!before || *after < *before);
}

bool saysWho(Place place) {
    return place.kind == Place::Kind::Row && tellsWho(place.index);
}

Slot& slotAt(Battery& battery, Place place) {
    if (place.kind == Place::Kind::Row)
        return battery.slots.at(place.index);
    if (battery.cells.size() <= place.index)
        battery.cells.resize(place.index + 1U);
    return battery.cells[place.index];
}

template <typename Action>
void forEachSlot(Battery& battery, Action action) {
    for (Slot& slot : battery.slots)
        action(slot);
    for (Slot& slot : battery.cells)
        action(slot);
}

/// See Battery::hasBms. A cell of 0 V is none. A charge voltage alone may be somebody's setting of
/// a virtual battery, until current shows that it is on the busbar.
bool hasBmsValue(const Battery& battery) {
    const auto isCell = [](const Slot& slot) { return slot.value.number().value_or(0.0) > 0.0; };
    const bool isCarrying =
        std::abs(numberOf(battery, row("/Dc/0/Current")).value_or(0.0)) >= kFlows_A;
    return std::ranges::any_of(
               kBmsLimits, [&](RowIndex index) { return battery.slot(index).value.isKnown(); }) ||
           std::ranges::any_of(kBmsCells,
                               [&](RowIndex index) { return isCell(battery.slot(index)); }) ||
           std::ranges::any_of(battery.cells, isCell) ||
           (isCarrying && isCell(battery.slot(kBmsVoltage)));
}

bool hasVoltageAndCurrent(const Battery& battery) {
    const auto isKnown = [&](RowIndex index) { return battery.slot(index).value.isKnown(); };
    return isKnown(kBatteryVoltage) && (isKnown(kBatteryCurrent) || isKnown(kPower));
}

/// The path is there, but what it held before the loss has not come again.
bool isToCome(const Slot& slot) {
    return slot.present && !slot.value.isKnown() && slot.held.isKnown();
}

/// Values that will still come, as far as can be known: of a battery that worked before, what it
/// gave then; of one that was seen to start, its limits.
bool isFilling(const Battery& battery) {
    const auto isSlotToCome = [&](RowIndex index) { return isToCome(battery.slot(index)); };
    const auto isEmpty = [&](RowIndex index) {
        return battery.slot(index).present && !battery.slot(index).value.isKnown();
    };
    if (battery.firstUsable)
        return std::ranges::any_of(kNeeded, isSlotToCome) ||
               std::ranges::any_of(battery.cells, isToCome);
    return battery.appearedLive && std::ranges::any_of(kLimits, isEmpty);
}

/// A word by which a battery that is back shows that it is not the one that was there: another
/// serial, or, where that one had none, another of its texts. An empty text says nothing.
bool isAnothers(const Battery& battery, RowIndex index, const Value& value) {
    const auto heldText = [&battery](RowIndex at) {
        const std::string* text = battery.slot(at).held.text();
        return battery.lost && text != nullptr ? std::string_view(*text) : std::string_view();
    };
    const bool isDecisive = index == kSerial || heldText(kSerial).empty();
    const std::string* text = value.text();
    return isDecisive && text != nullptr && !text->empty() && !heldText(index).empty() &&
           heldText(index) != *text;
}

/// But who it is.
void forgetValues(Battery& battery) {
    for (std::uint16_t i = 0; i < kRowCount; ++i)
        if (!saysWho({Place::Kind::Row, i}))
            battery.slots.at(i) = Slot();
    battery.cells.clear();
}

void loseValue(Slot& slot) {
    if (slot.value.isKnown())
        slot.held = std::exchange(slot.value, Value());
}

void forgetUnsaid(Battery& battery) {
    battery.unsaid.clear();
    for (Slot& cell : battery.cells)
        cell.isLost = false;
}

/// A number stands on the row again.
void noteSaid(Battery& battery, Place place, Slot& slot) {
    slot.isLost = false;
    if (place.kind == Place::Kind::Row)
        std::erase_if(battery.unsaid,
                      [place](const Unsaid& one) { return one.index == place.index; });
}

/// It works, so what is held shows nowhere any more. Of rows that are silent it is the last word.
std::vector<Unsaid> takeHeld(Battery& battery) {
    std::vector<Unsaid> silent;
    for (std::uint16_t i = 0; i < kRowCount; ++i) {
        Slot& slot = battery.slots.at(i);
        if (const auto number = slot.held.number(); number && !slot.value.isKnown())
            silent.push_back({i, *number});
        slot.held = Value();
    }
    for (Slot& cell : battery.cells) {
        cell.isLost = cell.isLost || (cell.held.isKnown() && !cell.value.isKnown());
        cell.held = Value();
    }
    return silent;
}

/// After `takeHeld`: nothing of a former occupant is seen any more. One that was heard all the time
/// is the same, whatever it calls itself now.
bool isAnotherNow(Battery& battery, bool wasLost) {
    if (!wasLost && !battery.occupant.empty())
        return false;
    std::string identity = identityOf(battery);
    const bool isAnother = wasLost && battery.occupant != identity;
    battery.occupant = std::move(identity);
    return isAnother;
}

/// A service that has come back without a path does not have it: that is no silence.
void forgetAbsent(Battery& battery, std::vector<Unsaid>& silent) {
    const auto isAbsent = [&battery](const Unsaid& one) {
        return !battery.slot(one.index).present;
    };
    std::erase_if(silent, isAbsent);
    std::erase_if(battery.unsaid, isAbsent);
    for (Slot& cell : battery.cells)
        cell.isLost = cell.isLost && cell.present;
}

/// What a battery takes back by saying nothing stays its last word until it says something else, or
/// until another has come to its instance.
void noteUnsaid(Battery& battery, std::vector<Unsaid> silent, bool wasLost) {
    if (isAnotherNow(battery, wasLost)) {
        forgetUnsaid(battery);
        return;
    }
    if (wasLost)
        forgetAbsent(battery, silent);
    for (const Unsaid& one : silent) {
        std::erase_if(battery.unsaid, [&one](const Unsaid& old) { return old.index == one.index; });
        battery.unsaid.push_back(one);
    }
}

} // namespace

void Readings::put(int instance, Place place, Value value, const Now& now, bool isOdd) {
    noteSign(now);
    if (isMade(instance))
        return; // no service has such a number
    auto found = batteries_.find(instance);
    if (found == batteries_.end()) {
        if (batteries_.size() >= kMostBatteries) {
            wantsSweep_ = true; // it shows which of them exist
            return;
        }
        found = batteries_.try_emplace(instance).first;
        found->second.instance = instance;
        found->second.left = true; // as if it had been away
        found->second.lost = now.steady;
    }
    Battery& battery = found->second;
    if (battery.left)
        appear(battery, now);
    if (place.kind == Place::Kind::Row)
        noteIdentity(battery, place.index, value);
    Slot& slot = slotAt(battery, place);
    if (!slot.present)
        ++rosterVersion_; // a path that exists, even without a value, may tell a battery from a
                          // shunt
    const bool isRow = place.kind == Place::Kind::Row;
    const bool isNew = (isRow ? saidOf(battery, place.index) : slot.value) != value;
    if (isRow)
        noteArrival(battery, place.index, value, isOdd, now);
    noteTwice(slot, isNew);
    slot.sweep = sweep_;
    slot.present = true;
    if (!isNew)
        return;
    if (slot.value.isKnown() && !value.isKnown()) {
        slot.held = slot.value;
        battery.hasHeld = true;
    }
    if (isRow && isDescriptive(place.index)) {
        ++rosterVersion_;
        if (!battery.lost)
            battery.occupant.clear();
    }
    if (isRow && !battery.hasBms && place.index == row("/State"))
        ++rosterVersion_; // one that is not joined is no monitor
    if (isRow && isCut(place.index, slot.value, value))
        noteUrgent(battery);
    if (value.isKnown())
        noteSaid(battery, place, slot);
    slot.value = std::move(value);
    if (!battery.hasBms && isOfBms(place) && hasBmsValue(battery)) {
        battery.hasBms = true;
        ++rosterVersion_; // until now it was taken for a monitor
    }
    battery.spoke = now.steady;
    noteMove(battery, place, now);
    changed_ = true;
}

/// It speaks, and did not before.
void Readings::appear(Battery& battery, const Now& now) {
    forEachSlot(battery, [](Slot& slot) { slot.present = false; });
    battery.left = false;
    battery.appeared = now.steady;
    battery.appearedIn = sweep_;
    battery.appearedLive = everComplete() && !inDoubt();
    battery.moved = now.steady;
    battery.confirmed = 0;
    ++rosterVersion_;
}

/// What nobody counts cuts nothing.
void Readings::noteUrgent(const Battery& battery) {
    urgent_ = urgent_ || members_.contains(battery.instance);
}

void Readings::ignore(std::set<int> instances) {
    for (const int instance : ignored_) {
        const auto battery = batteries_.find(instance);
        if (!instances.contains(instance) && battery != batteries_.end() && !battery->second.left)
            wantsSweep_ = true; // its values were dropped
    }
    for (const int instance : instances)
        if (!ignored_.contains(instance))
            forgetValues(batteries_.at(instance));
    ignored_ = std::move(instances);
}

Battery& Readings::make(int instance) {
    const auto [made, isNew] = batteries_.try_emplace(instance);
    if (isNew) {
        made->second.instance = instance;
        made->second.confirmed = 1;
        made->second.wasProven = true;
        noteRoster();
    }
    return made->second;
}

void Readings::unmakeFrom(int instance) {
    if (std::erase_if(batteries_, [instance](const auto& one) { return one.first >= instance; }) >
        0)
        noteRoster();
}

void Readings::setPartOf(PartOf partOf) {
    if (partOf_ == partOf)
        return;
    partOf_ = std::move(partOf);
    noteRoster();
}

std::vector<std::string> Readings::wholesOf(int key) const {
    const auto found = partOf_.find(key);
    return found == partOf_.end() ? std::vector<std::string>() : found->second;
}

bool Readings::drops(int instance, std::string_view path) const {
    if (!ignored_.contains(instance))
        return false;
    const auto place = findPlace(path);
    return !place || !saysWho(*place);
}

void Readings::noteTwice(Slot& slot, bool isNew) const {
    const bool isAgain = sweepOpen_ && slot.present && slot.sweep == sweep_;
    slot.cameTwice = isAgain;
    slot.differed = isAgain && (slot.differed || isNew);
}

/// One service answers a full publish once; what changes meanwhile is not what it is. Another
/// client's publish at the same time would look the same.
bool Readings::isAnsweredTwice(const Battery& battery) const {
    const auto isDoubled = [this](const Slot& slot) {
        return slot.present && slot.sweep == sweep_ && slot.cameTwice;
    };
    const auto doubled = std::ranges::count_if(
        kUnchanging, [&](RowIndex index) { return isDoubled(battery.slot(index)); });
    const auto differs = [&](const Slot& slot) { return isDoubled(slot) && slot.differed; };
    return !otherPublish_ && doubled >= 2 &&
           (std::ranges::any_of(battery.slots, differs) ||
            std::ranges::any_of(battery.cells, differs));
}

/// Services without serial and name are not told apart by what they are, but by being two.
void Readings::noteDoubled() {
    for (auto& [instance, battery] : foundOnes()) {
        if (battery.left || !isAnsweredTwice(battery))
            continue;
        if (!isDuplicate(battery)) {
            battery.sharing = SharedInstance();
            ++rosterVersion_;
            urgent_ = true;
        }
        battery.sharing->seen = cleanSweeps_ + 1; // this sweep is not a clean one
    }
}

void Readings::noteIdentity(Battery& battery, RowIndex index, const Value& value) {
    if (std::ranges::find(kIdentityRows, index) == kIdentityRows.end())
        return;
    if (isAnothers(battery, index, value))
        beginAnew(battery);
    const Slot& slot = battery.slot(index);
    if (isDuplicate(battery) && slot.present && slot.value != value)
        noteSharing(battery, index, value);
    if (!value.isKnown() || !slot.value.isKnown() || slot.value == value)
        return;
    // A rename happens once; two services answer one full publish twice. So any change asks for
    // one.
    wantsSweep_ = true;
    const bool twiceInOnePublish = sweepOpen_ && slot.sweep == sweep_;
    if (!twiceInOnePublish)
        return;
    if (!isDuplicate(battery)) {
        ++rosterVersion_;
        battery.sharing = SharedInstance();
        noteSharing(battery, index, value);
    }
    battery.sharing->seen = cleanSweeps_ + 1; // the sweep that is open is not a clean one
    noteUrgent(battery);
}

/// Whoever has the word, what the other one has said is kept: it may be a member.
void Readings::noteSharing(Battery& battery, RowIndex index, const Value& value) {
    SharedInstance& sharing = *battery.sharing;
    const Value& before = battery.slot(index).value;
    const auto [other, isFirst] = sharing.other.try_emplace(index, before);
    sharing.areMore =
        sharing.areMore || (!isFirst && other->second != before && other->second != value);
    other->second = before;
    ++rosterVersion_;
}

/// What is held belongs to the battery, not to the instance: devices may change places while a GX
/// starts anew, and each comes back as itself.
void Readings::keepFormer(const Battery& battery) {
    if (!battery.firstUsable || batteries_.size() >= kMostBatteries)
        return;
    Battery former = battery;
    former.left = true;
    former.isJoining = false;
    former.isMute = false;
    former.hasHeld = true;
    former.confirmed = 0;
    former.fillingSince.reset();
    former.sharing.reset();
    forEachSlot(former, [](Slot& slot) {
        slot.value = Value();
        slot.present = false;
    });
    batteries_.emplace(std::min(kFirstFormer, batteries_.begin()->first - 1), std::move(former));
}

/// The former occupant works under another instance, or only had another name: nobody is missed.
bool Readings::isBackElsewhere(int key, const Battery& former) const {
    const auto connection = textOf(former, row("/Mgmt/Connection"));
    const bool hasSerial = !textOf(former, kSerial).empty();
    return key <= kFirstFormer && std::ranges::any_of(batteries_, [&](const auto& entry) {
               const Battery& other = entry.second;
               if (other.lost || other.left || !other.firstUsable)
                   return false;
               const bool isRenamed = !hasSerial && other.instance == former.instance &&
                                      textOf(other, kSerial).empty() && !connection.empty() &&
                                      textOf(other, row("/Mgmt/Connection")) == connection;
               return isRenamed || identityOf(other) == identityOf(former);
           });
}

/// Nothing of the one that was here before is its own.
void Readings::beginAnew(Battery& battery) {
    keepFormer(battery);
    forEachSlot(battery, [](Slot& slot) { slot.held = Value(); });
    forgetGood(battery);
    forgetUnsaid(battery);
    battery.hasHeld = false;
    battery.hasBms = hasBmsValue(battery);
    battery.wasProven = battery.confirmed != 0;
    battery.firstUsable.reset();
    battery.fillingSince.reset();
    battery.lost = battery.appeared;
    battery.lostWithLink = false;
    ++rosterVersion_;
    changed_ = true;
    noteUrgent(battery);
}

bool Readings::isDuplicate(const Battery& battery) const {
    return battery.sharing && cleanSweeps_ < battery.sharing->seen + kCleanSweeps;
}

void Readings::noteMove(Battery& battery, Place place, const Now& now) {
    constexpr std::array kMoving = {kBatteryVoltage, kBatteryCurrent, row("/System/MinCellVoltage"),
                                    row("/System/MaxCellVoltage")};
    if (place.kind == Place::Kind::Cell || std::ranges::find(kMoving, place.index) != kMoving.end())
        battery.moved = now.steady;
}

void Readings::leave(int instance, const Now& now) {
    noteSign(now);
    const auto found = batteries_.find(instance);
    if (found == batteries_.end() || isMade(instance))
        return;
    ignored_.erase(instance); // whoever comes next is another process
    found->second.isMute = false;
    if (found->second.left)
        return;
    markLeft(found->second);
    found->second.lost = found->second.lost.value_or(now.steady);
}

void Readings::unanswered(int instance, const Now& now) {
    leave(instance, now);
    if (const auto found = batteries_.find(instance); found != batteries_.end())
        found->second.isMute = true;
}

bool Readings::wantsRead(const Battery& battery) const {
    return linkUp_ && everComplete() && !inDoubt() && !battery.left &&
           (battery.confirmed == 0 || battery.isMute);
}

void Readings::completeRead(int instance) {
    const auto found = batteries_.find(instance);
    if (found == batteries_.end() || found->second.left)
        return;
    Battery& battery = found->second;
    battery.confirmed = std::max(battery.confirmed, sweep_);
    battery.isMute = false;
    if (!std::exchange(battery.wasProven, true))
        ++rosterVersion_;
    changed_ = true;
}

void Readings::markLeft(Battery& battery) {
    wantsSweep_ = wantsSweep_ || isDuplicate(battery); // the other service of the pair may live on
    battery.left = true;
    battery.hasHeld = true;
    forEachSlot(battery, loseValue);
    forgetGood(battery);
    ++rosterVersion_;
    changed_ = true;
    noteUrgent(battery);
}

Sweep Readings::beginSweep() {
    sweepOpen_ = true;
    otherPublish_ = false;
    return ++sweep_;
}

void Readings::dropUnmarked(Battery& battery) {
    if (battery.left)
        return;
    const auto isMarked = [this](const Slot& slot) { return slot.present && slot.sweep == sweep_; };
    if (std::ranges::none_of(battery.slots, isMarked) &&
        std::ranges::none_of(battery.cells, isMarked)) {
        markLeft(battery);
        return;
    }
    forEachSlot(battery, [&](Slot& slot) {
        if (!slot.present || isMarked(slot))
            return;
        loseValue(slot);
        slot.present = false;
        battery.hasHeld = true;
        ++rosterVersion_;
        changed_ = true;
        noteUrgent(battery);
    });
    battery.confirmed = sweep_;
    if (!std::exchange(battery.wasProven, true))
        ++rosterVersion_;
}

void Readings::completeSweep(const Now& now) {
    for (auto& [instance, battery] : foundOnes()) {
        dropUnmarked(battery);
        if (battery.left && !battery.lost)
            battery.lost = now.steady;
    }
    noteDoubled();
    dropUnmarkedPlant();
    forgetGx(sweep_);
    sweepOpen_ = false;
    completed_ = sweep_;
    ++cleanSweeps_;
    changed_ = true;
    forgiveDuplicates();
}

void Readings::forgiveDuplicates() {
    for (auto& [instance, battery] : foundOnes()) {
        if (!battery.sharing || isDuplicate(battery))
            continue;
        battery.sharing.reset();
        ++rosterVersion_;
    }
}

void Readings::completeBattery(int instance, const Now& now) {
    const auto found = batteries_.find(instance);
    if (found == batteries_.end())
        return;
    dropUnmarked(found->second);
    if (found->second.left && !found->second.lost)
        found->second.lost = now.steady;
    changed_ = true;
}

void Readings::abandonSweep(bool distrust) {
    if (distrust) {
        trustFrom_ = sweep_;
        forgetGx(sweep_);
    }
    sweepOpen_ = false;
    completed_ = sweep_;
    changed_ = true;
}

bool Readings::wasRepublished(int instance) const {
    const auto found = batteries_.find(instance);
    if (found == batteries_.end())
        return false;
    const auto isMarked = [&](RowIndex index) {
        const Slot& slot = found->second.slot(index);
        return slot.present && slot.sweep == sweep_;
    };
    return isMarked(row("/DeviceInstance")) || isMarked(row("/ProductName"));
}

void Readings::startOver(const Now& now) {
    batteries_.erase(batteries_.begin(), batteries_.lower_bound(kMadeFrom));
    ignored_.clear();
    plant_.clear();
    gx_ = {};
    linkUp_ = false;
    linkLost_ = linkLost_.value_or(now.steady);
    ++rosterVersion_;
    changed_ = true;
    urgent_ = true;
    doubt();
}

void Readings::doubt() {
    trustFrom_ = sweep_ + 1;
    sweepOpen_ = false;
    wantsSweep_ = true;
    forgetGx(kAll);
}

void Readings::setLink(bool up, const Now& now) {
    if (up == linkUp_)
        return;
    linkUp_ = up;
    changed_ = true;
    urgent_ = urgent_ || !up;
    if (up) {
        doubt();
    } else {
        linkLost_ = linkLost_.value_or(now.steady);
        sweepOpen_ = false;
        forgetGx(kAll);
    }
}

/// What must not be guessed becomes unknown, if it has not arrived since that sweep began; the
/// owner's limits stay, see GxState.
void Readings::forgetGx(Sweep olderThan) {
    for (const GxTopic& topic : kGxTopics)
        if (isForgotten(topic.item) &&
            gxSweeps_.at(static_cast<std::size_t>(topic.item)) < olderThan)
            takeGx(gx_, topic.item, Value());
}

bool Readings::putGx(GxItem item, const Value& value) {
    const GxState before = gx_;
    const bool isGood = takeGx(gx_, item, value);
    gxSweeps_.at(static_cast<std::size_t>(item)) = sweep_;
    if (gx_ != before) {
        changed_ = true;
        urgent_ = urgent_ || isLower(before.maxCharge_A, gx_.maxCharge_A) ||
                  isLower(before.maxCharge_V, gx_.maxCharge_V);
    }
    return isGood;
}

void Readings::putPlant(const PlantKey& key, std::size_t path, Value value) {
    auto found = plant_.find(key);
    if (found == plant_.end()) {
        if (plant_.size() >= kMostDevices)
            return;
        found = plant_.try_emplace(key).first;
        found->second.key = key;
        found->second.appearedIn = sweep_;
    }
    notePlantIdentity(found->second, path, value);
    PlantSlot& slot = found->second.slots.at(path);
    slot.sweep = sweep_;
    changed_ = changed_ || slot.value != value;
    slot.value = std::move(value);
}

/// As for batteries: two services answer one full publish twice.
void Readings::notePlantIdentity(PlantDevice& device, std::size_t path, const Value& value) {
    const PlantSlot& slot = device.slots.at(path);
    if (std::ranges::find(kIdentityRows, kPlantRows.at(path)) == kIdentityRows.end() ||
        !value.isKnown() || !slot.value.isKnown() || slot.value == value)
        return;
    wantsSweep_ = true;
    if (sweepOpen_ && slot.sweep == sweep_)
        device.duplicateSeen = cleanSweeps_ + 1;
}

void Readings::leavePlant(const PlantKey& key) {
    const auto found = plant_.find(key);
    if (found == plant_.end())
        return;
    wantsSweep_ = wantsSweep_ || found->second.duplicateSeen; // the other one may live on
    plant_.erase(found);
    changed_ = true;
}

void Readings::dropUnmarkedPlant() {
    std::vector<PlantKey> all;
    for (const auto& [key, device] : plant_)
        all.push_back(key);
    for (const PlantKey& key : all)
        completePlant(key);
}

void Readings::completePlant(const PlantKey& key) {
    const auto found = plant_.find(key);
    if (found == plant_.end())
        return;
    PlantDevice& device = found->second;
    const auto isMarked = [this](const PlantSlot& slot) { return slot.sweep == sweep_; };
    if (std::ranges::none_of(device.slots, isMarked)) {
        leavePlant(key);
        return;
    }
    for (PlantSlot& slot : device.slots)
        if (!isMarked(slot))
            slot.value = Value();
    device.confirmed = sweep_;
    changed_ = true;
}

bool Readings::wasRepublished(const PlantKey& key) const {
    const auto found = plant_.find(key);
    if (found == plant_.end())
        return false;
    const auto path = findPlantPath("/ProductName");
    return path && found->second.slots.at(*path).sweep == sweep_;
}

void Readings::settlePlant() {
    for (auto& [key, device] : plant_) {
        if (device.duplicateSeen && cleanSweeps_ >= *device.duplicateSeen + kCleanSweeps)
            device.duplicateSeen.reset();
        const bool isNew = device.confirmed == 0 && device.appearedIn >= trustFrom_ && !inDoubt();
        device.isFresh =
            linkUp_ && (isNew || (device.confirmed != 0 && device.confirmed >= trustFrom_));
    }
}

/// The same pack under another instance: only a serial is sure.
const Battery& Readings::formerOf(const Battery& battery) const {
    const auto serial = textOf(battery, kSerial);
    if (battery.firstUsable || serial.empty())
        return battery;
    const auto former = std::ranges::find_if(batteries_, [&](const auto& entry) {
        const Battery& other = entry.second;
        return &other != &battery && other.left && other.firstUsable &&
               textOf(other, kSerial) == serial;
    });
    return former == batteries_.end() ? battery : former->second;
}

/// It is who it was and has given all that it gave before.
bool Readings::isWholeAgain(const Battery& battery) const {
    const Battery& former = formerOf(battery);
    if (!former.firstUsable)
        return false;
    const auto isBack = [&](RowIndex index) {
        return battery.slot(index).value.isKnown() || !former.slot(index).held.isKnown();
    };
    const auto isSame = [&](RowIndex index) {
        return !former.slot(index).held.isKnown() ||
               battery.slot(index).value == former.slot(index).held;
    };
    for (std::size_t i = 0; i < former.cells.size(); ++i)
        if (former.cells[i].held.isKnown() &&
            (i >= battery.cells.size() || !battery.cells[i].value.isKnown()))
            return false;
    return std::ranges::all_of(kNeeded, isBack) && isSame(kSerial) &&
           std::ranges::all_of(kIdentityRows, isBack);
}

bool Readings::isProven(const Battery& battery, const Now& now) const {
    if (battery.isMute)
        return false;
    if (battery.confirmed != 0)
        return battery.confirmed >= trustFrom_;
    return battery.appearedIn >= trustFrom_ && !inDoubt() &&
           now.steady - battery.appeared >= kSettle && isWholeAgain(battery);
}

/// Notes since when it waits for the rest of its burst, and whether it is about to join.
void Readings::noteFilling(Battery& battery, bool isProven, const Now& now) const {
    const bool talks = hasVoltageAndCurrent(battery);
    if (!isProven || !talks || !battery.lost || !isFilling(battery))
        battery.fillingSince.reset();
    else if (!battery.fillingSince)
        battery.fillingSince = now.steady;
    const bool waits = battery.fillingSince && now.steady - *battery.fillingSince < kLongestFill;
    const bool isStarting = battery.appearedLive && !talks && battery.lost &&
                            battery.appeared >= *battery.lost &&
                            now.steady - battery.appeared < kLongestFill;
    battery.isJoining = linkUp_ && !inDoubt() && !battery.left && !battery.isMute &&
                        ((battery.confirmed == 0 && !isProven) || waits || isStarting);
}

void Readings::noteUsable(Battery& battery, const Now& now) {
    if (battery.lost) {
        ++rosterVersion_; // it may supersede one that was lost
        changed_ = true;
    }
    const bool wasLost = std::exchange(battery.lost, std::nullopt).has_value();
    if (battery.confirmed == 0) // whole by its own measure
        battery.confirmed = battery.appearedIn;
    battery.wasProven = true;
    battery.firstUsable = battery.firstUsable.value_or(now.steady);
    battery.lostWithLink = false;
    battery.fillingSince.reset();
    const bool hadHeld = std::exchange(battery.hasHeld, false);
    noteUnsaid(battery, hadHeld ? takeHeld(battery) : std::vector<Unsaid>(), wasLost);
    if (hadHeld)
        battery.cells.resize(cellCount(battery));
}

void Readings::settleOne(Battery& battery, const Now& now) {
    changed_ = sift(battery, now) || changed_;
    stepLeap(battery, now);
    const bool proven = isProven(battery, now);
    const bool wasJoining = battery.isJoining;
    noteFilling(battery, proven, now);
    if (battery.isJoining != wasJoining)
        ++rosterVersion_; // one without limits and cells is a monitor from then on
    if (linkUp_ && !battery.left && proven && hasVoltageAndCurrent(battery) && !battery.isJoining) {
        noteUsable(battery, now);
        return;
    }
    if (battery.lost)
        return;
    battery.lostWithLink = inDoubt() && linkLost_ && !battery.left;
    battery.lost = battery.lostWithLink ? *linkLost_ : now.steady;
}

void Readings::settle(const Now& now) {
    if (linkUp_ && !inDoubt())
        linkLost_.reset();
    for (auto& [instance, battery] : foundOnes())
        settleOne(battery, now);
    settlePlant();
    const auto forgotten = std::erase_if(batteries_, [&](const auto& entry) {
        const Battery& battery = entry.second;
        const bool wasThere = battery.firstUsable.has_value(); // nobody misses one that never was
        return battery.left && battery.lost &&
               (!wasThere || now.steady - *battery.lost > kForgetAfter ||
                isBackElsewhere(entry.first, battery));
    });
    rosterVersion_ += forgotten;
}

} // namespace busbar
