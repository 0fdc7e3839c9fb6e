// SPDX-License-Identifier: MIT
// One GX and its banks.
#include "app/site/site.hpp"

#include "app/site/serial.hpp"
#include "app/version.hpp"
#include "base/zone_name.hpp"
#include "config/config.hpp"
#include "core/cycle/calm_cells.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/slacks.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/made/resolve.hpp"
#include "core/members/membership.hpp"
#include "core/memory.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace busbar {

namespace {

SourceNeeds needsOf(const config::Config& config) {
    SourceNeeds needs;
    for (const config::BankConfig& bank : config.banks)
        needs = needs | busbar::needsOf(bank.bank);
    needs.totals = config.gx.readsTotals;
    return needs;
}

/// As a member, as a part, as a shunt or for its SoC.
std::vector<Selector> listed(const std::vector<Bank>& banks,
                             const std::vector<MadeSettings>& made) {
    std::vector<Selector> all;
    for (const MadeSettings& one : made)
        std::ranges::move(selectorsOf(one, {}), std::back_inserter(all));
    const auto add = [&all](const std::vector<Selector>& selectors) {
        all.insert(all.end(), selectors.begin(), selectors.end());
    };
    for (const Bank& bank : banks) {
        const BankSettings& settings = bank.settings();
        if (!settings.membership.takeAll)
            add(settings.membership.selected);
        add(settings.current.shunts);
        add(settings.soc.battery);
    }
    return all;
}

/// Those that take part, and parts of made batteries.
std::set<int> membersOf(const std::vector<Bank>& banks, std::set<int> members) {
    for (const Bank& bank : banks)
        for (const Verdict& verdict : bank.view().parts.verdicts)
            if (verdict.takesPart)
                members.insert(verdict.entry->instance);
    return members;
}

/// Parts of made batteries have none: what they are made to is somebody else's limit.
std::shared_ptr<const Slacks> slacksOf(const std::vector<Bank>& banks, const std::set<int>& parts) {
    Slacks slacks;
    for (const Bank& bank : banks)
        addSlacks(slacks, bank.view());
    for (const int part : parts)
        slacks.byInstance.erase(part);
    return std::make_shared<const Slacks>(std::move(slacks));
}

/// Parts of made batteries are not: their whole counts their cells.
std::set<int> calmOf(const std::vector<Bank>& banks, std::set<int> others) {
    std::set<int> calm;
    for (const Bank& bank : banks)
        sortByCells(calm, others, bank.view());
    for (const int other : others)
        calm.erase(other);
    return calm;
}

/// By instance: ids of the banks in which a battery takes part, of those in several.
std::map<int, std::string> sharedOf(const std::vector<Bank>& banks) {
    std::map<int, std::string> all;
    std::map<int, std::string> shared;
    for (const Bank& bank : banks)
        for (const Verdict& verdict : bank.view().parts.verdicts) {
            if (!verdict.takesPart)
                continue;
            std::string& ids = all[verdict.entry->instance];
            const bool isFirst = ids.empty();
            ids += (isFirst ? "" : ", ") + bank.settings().id;
            if (!isFirst)
                shared[verdict.entry->instance] = ids;
        }
    return shared;
}

void tellLocalTime(std::vector<Bank>& banks, std::chrono::seconds aheadOfUtc) {
    for (Bank& bank : banks)
        bank.surroundings().aheadOfUtc = aheadOfUtc;
}

} // namespace

Site::Site(const config::Config& config, mqtt::SourcePort port, std::string echoSeed)
    : siteName_(config.site),
      source_(config.gx, readings_, std::move(port), std::move(echoSeed), needsOf(config)),
      composition_(config.made), gx_(config.dvcc, banks_, readings_, source_),
      timeZone_(config.gx.timeZone), calendar_(config.site, std::string(kZoneFolder)),
      readsTotals_(config.gx.readsTotals) {
    for (const config::BankConfig& bank : config.banks) {
        banks_.emplace_back(bank.bank);
        services_.push_back(bank.dbus.service);
    }
    introduce(banks_, {});
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
    gx_.know(knownPortal_);
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
    for (const MadeSettings& made : composition_.settings())
        if (isPublished(made))
            ownSerials_.push_back(identityOf(made, siteName_).serial);
    for (Bank& bank : banks_)
        bank.surroundings().ownSerials = ownSerials_;
    rosterSeen_ = 0;
}

void Site::ignoreEchoes() {
    if (std::exchange(rosterSeen_, readings_.rosterVersion()) != readings_.rosterVersion())
        readings_.ignore(echoes(readings_, ownSerials_, allListed()));
}

std::vector<Selector> Site::allListed() const {
    std::vector<Selector> all = listed(banks_, composition_.settings());
    all.insert(all.end(), heard_.begin(), heard_.end());
    return all;
}

void Site::hear(Selector selector) {
    heard_.push_back(std::move(selector));
    rosterSeen_ = 0;
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
    calendar_.follow(timeZone_, readings_.gx().timeZone);
    tellLocalTime(banks_, calendar_.aheadOfUtc(now));
    readings_.settle(now);
    composition_.work(readings_, banks_, now, pace);
    for (Bank& bank : banks_)
        if (!composition_.isInner(bank))
            bank.evaluate(readings_, now, pace);
    const auto slacks = slacksOf(banks_, composition_.parts());
    readings_.setMembers(membersOf(banks_, composition_.parts()), slacks);
    source_.setLeeway({.calm = calmOf(banks_, composition_.parts()), .slacks = slacks});
    if (banks_.size() > 1)
        readings_.setBanks(sharedOf(banks_));
    source_.setNeeds(needs(), now);
    return true;
}

SourceNeeds Site::needs() const {
    SourceNeeds needs;
    for (const Bank& bank : banks_)
        needs = needs | busbar::needsOf(bank.settings());
    needs.feedIn = needs.feedIn || gx_.holdsFeedIn();
    needs.totals = readsTotals_;
    return needs;
}

void Site::setSettings(const config::Config& config, const Now& now) {
    for (std::size_t i = 0; i < banks_.size(); ++i)
        banks_[i].setSettings(config.banks.at(i).bank);
    composition_.setSettings(config.made);
    rosterSeen_ = 0;
    gx_.setSettings(config.dvcc);
    timeZone_ = config.gx.timeZone;
    readsTotals_ = config.gx.readsTotals;
    source_.setSettings(config.gx);
    source_.setNeeds(needs(), now);
}

} // namespace busbar
