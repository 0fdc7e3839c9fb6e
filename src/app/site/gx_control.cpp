// SPDX-License-Identifier: MIT
// One cycle of the settings of the GX that Busbar may change.
#include "app/site/gx_control.hpp"

#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"

namespace busbar {

GxControl::GxControl(const DvccSettings& settings, std::vector<Bank>& banks,
                     const Readings& readings, mqtt::VenusSource& source)
    : settings_(settings), banks_(banks), readings_(readings), source_(source) {}

void GxControl::know(const std::string& portal) {
    portal_ = portal;
    keep(memories_, portal_, memoryOf(memories_, portal_));
    feedIn_ = {}; // what was written to another GX says nothing about this one
    dvcc_ = {};
    banks_.front().surroundings().ownersLimits =
        ownersAtStart(settings_, memoryOf(memories_, portal_).ownersDvcc);
}

bool GxControl::holdsFeedIn() const {
    return memoryOf(memories_, portal_).ownersFeedIn.has_value();
}

void GxControl::control(const SiteMemories& saved, bool isWillArmed, const Now& now) {
    feedInNow_ = {};
    dvccNow_ = {};
    events_.clear();
    if (portal_.empty() || source_.portalId() != portal_)
        return;
    const SiteMemory onDisk = memoryOf(saved, portal_);
    SiteMemory memory = memoryOf(memories_, portal_);
    controlFeedIn(onDisk, memory, now);
    controlDvcc(onDisk, isWillArmed, memory, now);
    keep(memories_, portal_, memory);
}

/// Also without permission, while an earlier run's work is unfinished.
void GxControl::controlFeedIn(const SiteMemory& saved, SiteMemory& memory, const Now& now) {
    FeedInInput input;
    input.setting = readings_.gx().overvoltageFeedIn;
    input.mayReturn = true;
    for (const Bank& bank : banks_) {
        if (!bank.settings().feedIn.mayWrite)
            continue;
        input.mayWrite = true;
        const FeedInNeeds needs = feedInNeeds(bank.view());
        input.wantsOff = input.wantsOff || needs.wantsOff;
        input.mayReturn = input.mayReturn && needs.mayReturn;
    }
    if (!input.mayWrite && !memory.ownersFeedIn && !saved.ownersFeedIn)
        return;
    input.persisted = saved.ownersFeedIn;
    feedInNow_ = step(feedIn_, input, now);
    memory.ownersFeedIn = feedInNow_.toPersist;
    write(GxItem::FeedIn, feedInNow_.write);
    say(feedInNow_.events);
}

/// The same.
void GxControl::controlDvcc(const SiteMemory& saved, bool isWillArmed, SiteMemory& memory,
                            const Now& now) {
    Bank& bank = banks_.front();
    const bool isUnfinished = memory.ownersDvcc != DvccValues{} || saved.ownersDvcc != DvccValues{};
    if (!settings_.isEnabled && !isUnfinished)
        return;
    DvccInput input;
    input.settings = settings_;
    input.shown = readings_.gx().shown;
    input.isStarting = bank.stage() == Stage::Starting;
    if (bank.stage() == Stage::Normal) {
        input.limit_A = bank.snapshot()[rows::kMaxChargeCurrent].number();
        input.limit_V = bank.snapshot()[rows::kMaxChargeVoltage].number();
    }
    input.isWillArmed = isWillArmed;
    input.persisted = saved.ownersDvcc;
    dvccNow_ = step(dvcc_, input, now);
    memory.ownersDvcc = dvccNow_.toPersist;
    bank.surroundings().ownersLimits = dvccNow_.owners;
    write(dvccNow_.write);
    say(dvccNow_.events);
}

bool GxControl::write(GxItem item, std::optional<double> value) {
    return !value || source_.write(item, *value);
}

bool GxControl::write(const DvccValues& values) {
    const bool isTaken = write(GxItem::MaxChargeCurrent, values.maxCharge_A);
    return write(GxItem::MaxChargeVoltage, values.maxCharge_V) && isTaken;
}

void GxControl::say(const std::vector<OwnedEvent>& events) {
    events_.insert(events_.end(), events.begin(), events.end());
}

bool GxControl::hasToGiveBack() const {
    return memoryOf(memories_, portal_) != SiteMemory{};
}

bool GxControl::giveBack() {
    const bool isTaken = write(GxItem::FeedIn, finalWrite(feedIn_));
    return write(finalWrites(dvcc_)) && isTaken;
}

void GxControl::forgetGivenBack() {
    SiteMemory memory = memoryOf(memories_, portal_);
    if (feedInNow_.status == OwnedStatus::InForce)
        memory.ownersFeedIn.reset();
    if (dvccNow_.status == OwnedStatus::InForce)
        memory.ownersDvcc = {};
    keep(memories_, portal_, memory);
}

} // namespace busbar
