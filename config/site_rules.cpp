// SPDX-License-Identifier: MIT
// Compares each two sites.
#include "config/site_rules.hpp"

#include "config/brokers.hpp"
#include "config/topic_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace busbar::config {

namespace {

bool isRefused(const SiteView& site, std::size_t index, std::size_t bank = 0) {
    const Assignment* given = site.banks.at(bank).given.at(index);
    return given != nullptr && !given->value;
}

/// Given within the site, not for all of them.
const Assignment* ownOf(const SiteView& site, std::size_t index, std::size_t bank) {
    const Assignment* given = site.banks.at(bank).given.at(index);
    return given != nullptr && given->path.starts_with(site.entry->path) ? given : nullptr;
}

void checkNames(const SiteView& a, const SiteView& b, std::vector<Issue>& issues) {
    const std::size_t index = option("site");
    if (a.config.site == b.config.site && !isRefused(a, index) && !isRefused(b, index))
        issues.push_back(issueAt(b, index,
                                 "site \"" + b.config.site + "\" is the name of " +
                                     optionOf(a, index) + ", too; every site needs its own"));
}

/// Two readers of one GX would each write its settings, and count its batteries.
void checkReading(const SiteView& a, const SiteView& b, std::vector<Issue>& issues) {
    const mqtt::GxSettings& one = a.config.gx;
    const mqtt::GxSettings& other = b.config.gx;
    const std::size_t id = option("gx.portal_id");
    const std::size_t url = option("gx.url");
    const bool isOneBroker = readingPlace(a.config.gx) == readingPlace(b.config.gx) &&
                             one.topicPrefix == other.topicPrefix;
    if (!isOneBroker || isRefused(a, id) || isRefused(b, id) || isRefused(a, url) ||
        isRefused(b, url))
        return;
    if (one.portalId == "auto" || other.portalId == "auto")
        issues.push_back(issueAt(b, url,
                                 "reads the same broker as " + optionOf(a, url) +
                                     "; then each needs its own gx.portal_id"));
    else if (one.portalId == other.portalId)
        issues.push_back(issueAt(b, id,
                                 "reads the same GX as " + optionOf(a, id) +
                                     "; several banks of one GX are entries of banks in one site"));
}

/// An option that names a session, and the broker that it is at.
struct NamedSession {
    std::size_t option{0};
    std::string place{};
};

std::vector<NamedSession> sessionsOf(const Config& site) {
    std::vector<NamedSession> sessions;
    if (!site.gx.broker.clientId.empty())
        sessions.push_back(
            {option("gx.client_id"), readingPlace(site.gx) + " " + site.gx.broker.clientId});
    if (!site.output.broker.clientId.empty() && !site.output.broker.url.empty())
        sessions.push_back({option("mqtt.client_id"),
                            outputPlace(site.gx, site.output) + " " + site.output.broker.clientId});
    return sessions;
}

/// A broker ends the older one of two sessions with one id, again and again.
void checkClients(const SiteView& a, const SiteView& b, std::vector<Issue>& issues) {
    for (const NamedSession& session : sessionsOf(b.config))
        for (const NamedSession& other : sessionsOf(a.config))
            if (session.place == other.place)
                issues.push_back(
                    issueAt(b, session.option,
                            "is the client id of " + optionOf(a, other.option) +
                                " at the same broker, too, which would end one of the two "
                                "again and again"));
}

void checkServices(const SiteView& a, const SiteView& b, std::vector<Issue>& issues) {
    const std::size_t service = option("dbus.service");
    for (std::size_t i = 0; i < b.config.banks.size(); ++i)
        for (std::size_t j = 0; j < a.config.banks.size(); ++j) {
            const dbus::BusSettings& one = a.config.banks[j].dbus;
            const dbus::BusSettings& other = b.config.banks[i].dbus;
            if (one.bus == "none" || one.bus != other.bus || one.service != other.service ||
                isRefused(b, service, i))
                continue;
            issues.push_back(issueAt(b, service,
                                     "dbus.service \"" + other.service + "\" is that of " +
                                         optionOf(a, service, j) +
                                         " on the same bus, too; every bank needs its own",
                                     i));
        }
}

/// What a site publishes on a bus, and where that is said.
struct Published {
    std::string bus;
    std::string service;
    Position at;
    std::string path;
    bool isMade = false;
};

/// A published made battery stands on the bus of the first bank (app/outputs/bus_output.hpp).
std::vector<Published> publishedOf(const SiteView& site) {
    std::vector<Published> all;
    for (std::size_t bank = 0; bank < site.config.banks.size(); ++bank) {
        const Issue place = issueAt(site, option("dbus.service"), {}, bank);
        const dbus::BusSettings& dbus = site.config.banks[bank].dbus;
        all.push_back({dbus.bus, dbus.service, place.at, place.path});
    }
    for (std::size_t i = 0; i < site.entry->made.size(); ++i) {
        const MadeSettings& made = site.config.made.at(i);
        if (isPublished(made))
            all.push_back({site.config.banks.front().dbus.bus, serviceOf(made),
                           site.entry->made[i].at, site.entry->made[i].path, true});
    }
    std::erase_if(all, [](const Published& one) { return one.bus == "none"; });
    return all;
}

void checkPublished(const SiteView& a, const SiteView& b, std::vector<Issue>& issues) {
    for (const Published& other : publishedOf(b))
        for (const Published& one : publishedOf(a))
            if ((one.isMade || other.isMade) && one.bus == other.bus &&
                one.service == other.service)
                issues.push_back({Severity::Error, other.at, other.path,
                                  "it would be published as " + other.service +
                                      " on the same bus as " + one.path +
                                      "; change one of the two"});
}

/// Home Assistant tells devices apart by site and bank: "a" and "b_c" are "a_b" and "c".
void checkDevices(const SiteView& a, const SiteView& b, std::vector<Issue>& issues) {
    const std::size_t id = option("id");
    const auto device = [](const SiteView& site, std::size_t bank) {
        return site.config.site + "_" + site.config.banks[bank].bank.id;
    };
    if (a.config.site == b.config.site ||
        outputPlace(a.config.gx, a.config.output) != outputPlace(b.config.gx, b.config.output))
        return;
    for (std::size_t i = 0; i < b.config.banks.size(); ++i)
        for (std::size_t j = 0; j < a.config.banks.size(); ++j)
            if (device(a, j) == device(b, i) && !isRefused(b, id, i))
                issues.push_back(issueAt(b, id,
                                         "site and id make \"" + device(b, i) + "\", as those of " +
                                             optionOf(a, id, j) +
                                             " do; Home Assistant would take "
                                             "the two for one",
                                         i));
}

constexpr auto kSiteRules =
    std::to_array<void (*)(const SiteView&, const SiteView&, std::vector<Issue>&)>(
        {checkNames, checkReading, checkClients, checkServices, checkPublished, checkDevices});

} // namespace

std::string optionOf(const SiteView& site, std::size_t option, std::size_t bank) {
    const Issue place = issueAt(site, option, {}, bank);
    return place.path + (place.at.line == 0 ? "" : " (line " + std::to_string(place.at.line) + ")");
}

Issue issueAt(const SiteView& site, std::size_t option, std::string message, std::size_t bank) {
    const BankView& view = site.banks.at(bank);
    Issue issue{Severity::Error, view.at, view.path + "." + std::string(kOptions.at(option).key),
                std::move(message)};
    if (const Assignment* own = ownOf(site, option, bank)) {
        issue.at = own->at;
        issue.path = own->path;
    }
    return issue;
}

void checkSites(const std::vector<SiteView>& sites, std::vector<Issue>& issues) {
    for (std::size_t second = 1; second < sites.size(); ++second)
        for (std::size_t first = 0; first < second; ++first)
            for (const auto rule : kSiteRules)
                rule(sites[first], sites[second], issues);
    checkTopicsOfSites(sites, issues);
}

} // namespace busbar::config
