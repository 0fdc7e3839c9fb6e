// SPDX-License-Identifier: MIT
// One GX and its banks.
#include "app/site.hpp"

#include "app/version.hpp"
#include "base/fingerprint.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/membership.hpp"
#include "core/path_table.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

namespace busbar {

namespace {

/// The same after every restart and reinstallation, different for every published battery.
std::string serialOf(std::string_view portal, std::string_view site, std::string_view bank,
                     std::string_view service) {
    std::string all;
    for (const std::string_view part : {portal, site, bank, service})
        all.append(part).append("/");
    std::uint64_t hash = fingerprint(all);
    std::string digits;
    for (int i = 0; i < 12; ++i, hash >>= 4U)
        digits += "0123456789ABCDEF"[hash & 15U];
    return "BB" + digits;
}

SourceNeeds needsOf(const config::Config& config) {
    SourceNeeds needs;
    for (const config::BankConfig& bank : config.banks)
        needs = needs | busbar::needsOf(bank.bank);
    return needs;
}

} // namespace

Site::Site(const config::Config& config, mqtt::SourcePort port, std::string echoSeed)
    : siteName_(config.site),
      source_(config.gx, readings_, std::move(port), std::move(echoSeed), needsOf(config)),
      dvccSettings_(config.dvcc) {
    for (const config::BankConfig& bank : config.banks) {
        banks_.emplace_back(bank.bank);
        services_.push_back(bank.dbus.service);
    }
}

void Site::take(const Mail& mail, const Now& now) {
    switch (mail.kind) {
    case MailKind::Message:
        source_.message(mail.topic, mail.payload, mail.retained, now);
        break;
    case MailKind::Connected:
        source_.connected(now);
        break;
    case MailKind::Disconnected:
        source_.disconnected(now);
        break;
    case MailKind::ConnectFailed:
        break;
    }
}

void Site::tick(const Now& now) {
    source_.tick(now);
}

void Site::knowPortal() {
    if (source_.portalId() == knownPortal_)
        return;
    knownPortal_ = source_.portalId();
    keep(memories_, knownPortal_, memoryOf(memories_, knownPortal_));
    feedIn_ = {}; // what was written to another GX says nothing about this one
    dvcc_ = {};
    banks_.front().surroundings().ownersLimits =
        ownersAtStart(dvccSettings_, memoryOf(memories_, knownPortal_).ownersDvcc);
    identifyBanks();
}

void Site::identifyBanks() {
    ownSerials_.clear();
    for (std::size_t i = 0; i < banks_.size(); ++i) {
        const BankSettings& settings = banks_[i].settings();
        Identity identity;
        identity.productName = settings.name;
        identity.serial = serialOf(knownPortal_, siteName_, settings.id, services_[i]);
        identity.version = std::string(kVersion);
        ownSerials_.push_back(identity.serial);
        banks_[i].surroundings().identity = std::move(identity);
    }
    for (Bank& bank : banks_)
        bank.surroundings().ownSerials = ownSerials_;
    rosterSeen_ = 0;
}

void Site::ignoreEchoes() {
    if (std::exchange(rosterSeen_, readings_.rosterVersion()) != readings_.rosterVersion())
        readings_.ignore(echoes(readings_, ownSerials_, listed()));
}

/// As a member, as a shunt or for its SoC.
std::vector<Selector> Site::listed() const {
    std::vector<Selector> all;
    const auto add = [&all](const std::vector<Selector>& selectors) {
        all.insert(all.end(), selectors.begin(), selectors.end());
    };
    for (const Bank& bank : banks_) {
        const BankSettings& settings = bank.settings();
        if (!settings.membership.takeAll)
            add(settings.membership.selected);
        add(settings.current.shunts);
        add(settings.soc.battery);
    }
    return all;
}

void Site::noteMembers() {
    std::set<int> members;
    for (const Bank& bank : banks_)
        for (const Verdict& verdict : bank.view().parts.verdicts)
            if (verdict.takesPart)
                members.insert(verdict.entry->instance);
    readings_.setMembers(std::move(members));
}

bool Site::evaluate(const Now& now, Pace pace) {
    everEvaluated_ = everEvaluated_ || readings_.everComplete();
    if (!everEvaluated_) {
        for (Bank& bank : banks_)
            bank.await(now);
        return false;
    }
    knowPortal();
    ignoreEchoes();
    readings_.settle(now);
    for (Bank& bank : banks_)
        bank.evaluate(readings_, now, pace);
    noteMembers();
    source_.setNeeds(needs(), now);
    return true;
}

SourceNeeds Site::needs() const {
    SourceNeeds needs;
    for (const Bank& bank : banks_)
        needs = needs | busbar::needsOf(bank.settings());
    needs.feedIn = needs.feedIn || memoryOf(memories_, knownPortal_).ownersFeedIn.has_value();
    return needs;
}

void Site::setSettings(const config::Config& config, const Now& now) {
    for (std::size_t i = 0; i < banks_.size(); ++i)
        banks_[i].setSettings(config.banks.at(i).bank);
    rosterSeen_ = 0;
    dvccSettings_ = config.dvcc;
    source_.setSettings(config.gx);
    source_.setNeeds(needs(), now);
}

void Site::control(const SiteMemories& saved, bool isWillArmed, const Now& now) {
    feedInNow_ = {};
    dvccNow_ = {};
    if (!everEvaluated_ || source_.portalId() != knownPortal_)
        return;
    const SiteMemory onDisk = memoryOf(saved, knownPortal_);
    SiteMemory memory = memoryOf(memories_, knownPortal_);
    controlFeedIn(onDisk, memory, now);
    controlDvcc(onDisk, isWillArmed, memory, now);
    keep(memories_, knownPortal_, memory);
}

/// Also without permission, while an earlier run's work is unfinished.
void Site::controlFeedIn(const SiteMemory& saved, SiteMemory& memory, const Now& now) {
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
    if (feedInNow_.write)
        source_.write(GxItem::FeedIn, *feedInNow_.write);
}

/// The same.
void Site::controlDvcc(const SiteMemory& saved, bool isWillArmed, SiteMemory& memory,
                       const Now& now) {
    Bank& bank = banks_.front();
    const bool isUnfinished = memory.ownersDvcc != DvccValues{} || saved.ownersDvcc != DvccValues{};
    if (!dvccSettings_.isEnabled && !isUnfinished)
        return;
    DvccInput input;
    input.settings = dvccSettings_;
    input.shown = readings_.gx().shown;
    input.isStarting = bank.stage() == Stage::Starting;
    if (bank.stage() == Stage::Normal) {
        input.limit_A = bank.snapshot()[row("/Info/MaxChargeCurrent")].number();
        input.limit_V = bank.snapshot()[row("/Info/MaxChargeVoltage")].number();
    }
    input.isWillArmed = isWillArmed;
    input.persisted = saved.ownersDvcc;
    dvccNow_ = step(dvcc_, input, now);
    memory.ownersDvcc = dvccNow_.toPersist;
    bank.surroundings().ownersLimits = dvccNow_.owners;
    write(dvccNow_.write);
}

bool Site::write(const DvccValues& values) {
    bool isTaken = true;
    if (values.maxCharge_A)
        isTaken &= source_.write(GxItem::MaxChargeCurrent, *values.maxCharge_A);
    if (values.maxCharge_V)
        isTaken &= source_.write(GxItem::MaxChargeVoltage, *values.maxCharge_V);
    return isTaken;
}

bool Site::hasToGiveBack() const {
    return memoryOf(memories_, knownPortal_) != SiteMemory{};
}

bool Site::giveBack() {
    const auto feedIn = finalWrite(feedIn_);
    const bool isTaken = !feedIn || source_.write(GxItem::FeedIn, *feedIn);
    return write(finalWrites(dvcc_)) && isTaken;
}

void Site::forgetGivenBack() {
    SiteMemory memory = memoryOf(memories_, knownPortal_);
    if (feedInNow_.status == FeedInStatus::Off)
        memory.ownersFeedIn.reset();
    if (dvccNow_.status == DvccStatus::Following)
        memory.ownersDvcc = {};
    keep(memories_, knownPortal_, memory);
}

} // namespace busbar
