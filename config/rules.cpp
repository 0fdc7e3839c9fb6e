// SPDX-License-Identifier: MIT
// The list of rules between options, and the messages with the places of both.
#include "config/rules.hpp"

#include "base/zone_name.hpp"
#include "config/topic_rules.hpp"
#include "core/limits/curves.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "core/units/selector.hpp"
#include "mqtt/session/url.hpp"
#include "mqtt/session/vrm.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace busbar::config {

namespace {

/// Which broker a rule is about.
using BrokerOf = const mqtt::BrokerSettings& (*)(const Config&);

const mqtt::BrokerSettings& gxBroker(const Config& config) {
    return config.gx.broker;
}
const mqtt::BrokerSettings& ownBroker(const Config& config) {
    return config.output.broker;
}

template <BrokerOf Of>
bool usesTls(const Config& config) {
    const auto url = mqtt::parseUrl(Of(config).url).url;
    return (Of == &gxBroker && config.gx.vrm) || (url && url->isTls());
}

template <BrokerOf Of, std::string mqtt::BrokerSettings::*Member>
bool isGivenWithoutTls(const Config& config, const BankConfig&) {
    return !usesTls<Of>(config) && !(Of(config).*Member).empty();
}

template <BrokerOf Of>
bool hasTwoPasswords(const Config& config, const BankConfig&) {
    return !Of(config).passwordFile.empty() && !Of(config).passwordEnv.empty();
}

template <BrokerOf Of>
bool hasHalfACertificate(const Config& config, const BankConfig&) {
    return Of(config).clientCertFile.empty() != Of(config).clientKeyFile.empty();
}

template <std::string mqtt::BrokerSettings::*Member>
bool isGivenWithoutBroker(const Config& config, const BankConfig&) {
    return ownBroker(config).url.empty() && !(ownBroker(config).*Member).empty();
}

template <mqtt::VrmProblem Problem>
bool hasVrmProblem(const Config& config, const BankConfig&) {
    return config.gx.vrm && mqtt::hasVrmProblem(config.gx, Problem);
}

/// An entry that picks all of a kind may be any number of batteries.
bool isListedLess(const MembershipSettings& members, int wanted) {
    return !members.takeAll && members.selected.size() < static_cast<std::size_t>(wanted) &&
           std::ranges::none_of(members.selected, picksMany);
}

/// Peak control that is off (0) or not given is over nothing.
bool isOver(const std::optional<double>& value_V, const std::optional<double>& most_V) {
    return value_V && most_V && *most_V > 0.0 && *value_V > *most_V;
}

bool isAnyOver(const std::vector<double>& values_V, const std::optional<double>& most_V) {
    return std::ranges::any_of(values_V,
                               [&most_V](double value_V) { return isOver(value_V, most_V); });
}

/// In `sentence`, $1 and $2 stand for the two options with value and place. The issue is put to the
/// first that is given.
struct Rule {
    std::size_t first;
    std::size_t second;
    bool (*isBroken)(const Config&, const BankConfig&);
    std::string_view sentence;
    Severity severity = Severity::Error;
};

constexpr std::string_view kNeedsTls = "$1 needs mqtts:// or wss:// in $2";

// clang-format off
constexpr auto kRules = std::to_array<Rule>({
    {option("gx.retry_min_s"), option("gx.retry_max_s"),
     [](const Config& c, const BankConfig&) { return gxBroker(c).retryMin > gxBroker(c).retryMax; },
     "$1 must not be more than $2"},
    {option("gx.password_file"), option("gx.password_env"), hasTwoPasswords<gxBroker>, "$1 and $2 exclude each other"},
    {option("gx.tls.ca_file"), option("gx.url"), isGivenWithoutTls<gxBroker, &mqtt::BrokerSettings::caFile>, kNeedsTls},
    {option("gx.tls.fingerprint"), option("gx.url"), isGivenWithoutTls<gxBroker, &mqtt::BrokerSettings::fingerprint>, kNeedsTls},
    {option("gx.tls.cert_file"), option("gx.url"), isGivenWithoutTls<gxBroker, &mqtt::BrokerSettings::clientCertFile>, kNeedsTls},
    {option("gx.tls.key_file"), option("gx.url"), isGivenWithoutTls<gxBroker, &mqtt::BrokerSettings::clientKeyFile>, kNeedsTls},
    {option("gx.tls.cert_file"), option("gx.tls.key_file"), hasHalfACertificate<gxBroker>, "$1 and $2 belong together"},
    {option("gx.vrm"), option("gx.portal_id"), hasVrmProblem<mqtt::VrmProblem::NoPortalId>, "with $1 the portal id must be given: $2"},
    {option("gx.vrm"), option("gx.portal_id"), hasVrmProblem<mqtt::VrmProblem::BadPortalId>, "with $1 the portal id is letters and digits only, not $2"},
    {option("gx.vrm"), option("gx.user"), hasVrmProblem<mqtt::VrmProblem::NoUser>, "with $1 the VRM e-mail address is needed: $2"},
    {option("gx.vrm"), option("gx.password_file"), hasVrmProblem<mqtt::VrmProblem::NoToken>, "with $1 an access token is needed: $2 or gx.password_env"},
    {option("gx.vrm"), option("gx.topic_prefix"), hasVrmProblem<mqtt::VrmProblem::TopicPrefix>, "with $1 there is no topic prefix, Victron's broker uses none: not $2"},
    {option("mqtt.password_file"), option("mqtt.password_env"), hasTwoPasswords<ownBroker>, "$1 and $2 exclude each other"},
    {option("mqtt.tls.ca_file"), option("mqtt.url"), isGivenWithoutTls<ownBroker, &mqtt::BrokerSettings::caFile>, kNeedsTls},
    {option("mqtt.tls.fingerprint"), option("mqtt.url"), isGivenWithoutTls<ownBroker, &mqtt::BrokerSettings::fingerprint>, kNeedsTls},
    {option("mqtt.tls.cert_file"), option("mqtt.url"), isGivenWithoutTls<ownBroker, &mqtt::BrokerSettings::clientCertFile>, kNeedsTls},
    {option("mqtt.tls.key_file"), option("mqtt.url"), isGivenWithoutTls<ownBroker, &mqtt::BrokerSettings::clientKeyFile>, kNeedsTls},
    {option("mqtt.tls.cert_file"), option("mqtt.tls.key_file"), hasHalfACertificate<ownBroker>, "$1 and $2 belong together"},
    {option("mqtt.user"), option("mqtt.url"), isGivenWithoutBroker<&mqtt::BrokerSettings::user>, "$1 is for a broker of its own: $2", Severity::Warning},
    {option("mqtt.password_file"), option("mqtt.url"), isGivenWithoutBroker<&mqtt::BrokerSettings::passwordFile>, "$1 is for a broker of its own: $2", Severity::Warning},
    {option("mqtt.password_env"), option("mqtt.url"), isGivenWithoutBroker<&mqtt::BrokerSettings::passwordEnv>, "$1 is for a broker of its own: $2", Severity::Warning},
    {option("mqtt.client_id"), option("mqtt.url"), isGivenWithoutBroker<&mqtt::BrokerSettings::clientId>, "$1 is for a broker of its own: $2", Severity::Warning},
    {option("venus.portal_id"), option("gx.portal_id"),
     [](const Config& c, const BankConfig&) { return !c.output.venus.portalId.empty() && c.output.venus.portalId == c.gx.portalId; },
     "$1 must not be $2: a GX refuses all others under its own id"},
    {option("control"), option("gx.vrm"),
     [](const Config& c, const BankConfig&) { return c.dvcc.isEnabled && c.gx.vrm; },
     "$1 needs the GX's own broker, which carries its last will: not with $2"},
    {option("control"), option("id"),
     [](const Config& c, const BankConfig&) { return c.dvcc.isEnabled && outerBanks(c) > 1; },
     "$1 follows one bank: there must be no second one, $2"},
    {option("min_batteries"), option("expected"),
     [](const Config&, const BankConfig& b) {
         const MembershipSettings& m = b.bank.membership;
         return m.expected > 0 && m.minBatteries > m.expected;
     },
     "$1 must not be more than $2"},
    {option("min_batteries"), option("batteries"),
     [](const Config&, const BankConfig& b) { return isListedLess(b.bank.membership, b.bank.membership.minBatteries); },
     "$1 is more than the list has entries: $2"},
    {option("expected"), option("batteries"),
     [](const Config&, const BankConfig& b) { return isListedLess(b.bank.membership, b.bank.membership.expected); },
     "$1 is more than the list has entries: $2"},
    {option("guard_pct"), option("guard_V"),
     [](const Config&, const BankConfig& b) { return b.bank.membership.guard_pct + b.bank.membership.guard_V <= 0; },
     "$1 and $2 leave no room for any difference in voltage"},
    {option("exclude"), option("batteries"),
     [](const Config&, const BankConfig& b) { return !b.bank.membership.takeAll && !b.bank.membership.excluded.empty(); },
     "$1 does nothing beside a list: $2", Severity::Warning},
    {option("loss.safe_charge_A"), option("limits.max_charge_A"),
     [](const Config&, const BankConfig& b) { return b.bank.limits.maxCharge_A && b.bank.loss.safeCharge_A > *b.bank.limits.maxCharge_A; },
     "$1 must not be more than $2"},
    {option("loss.safe_discharge_A"), option("limits.max_discharge_A"),
     [](const Config&, const BankConfig& b) { return b.bank.limits.maxDischarge_A && b.bank.loss.safeDischarge_A > *b.bank.limits.maxDischarge_A; },
     "$1 must not be more than $2"},
    {option("loss.ride_through_s"), option("loss.leave_bus_s"),
     [](const Config&, const BankConfig& b) { return b.bank.loss.rideThrough > b.bank.loss.leaveBus; },
     "$1 must not be more than $2"},
    {option("alarms.cell_spread_warning_V"), option("alarms.cell_spread_alarm_V"),
     [](const Config&, const BankConfig& b) {
         const AlarmSettings& a = b.bank.alarms;
         return a.cellSpreadWarning_V > 0 && a.cellSpreadAlarm_V > 0 && a.cellSpreadWarning_V > a.cellSpreadAlarm_V;
     },
     "$1 must not be more than $2"},
    {option("limits.mode"), option("limits.max_charge_A"),
     [](const Config&, const BankConfig& b) { return b.bank.limits.mode == LimitMode::Own && !b.bank.limits.maxCharge_A; },
     "with $1 nothing else says how much the bank bears: $2 is needed"},
    {option("limits.mode"), option("limits.max_discharge_A"),
     [](const Config&, const BankConfig& b) { return b.bank.limits.mode == LimitMode::Own && !b.bank.limits.maxDischarge_A; },
     "with $1 nothing else says how much the bank bears: $2 is needed"},
    {option("limits.cvl.mode"), option("limits.cvl.cell_V"),
     [](const Config&, const BankConfig& b) {
         return b.bank.limits.cvl.mode == CvlMode::Own && b.bank.limits.cvl.cell_V.empty() && b.bank.preset == Preset::None;
     },
     "with $1 and without a preset, $2 is needed"},
    {option("limits.cvl.cell_V"), option("limits.cvl.cell_max_V"),
     [](const Config&, const BankConfig& b) { return isAnyOver(b.bank.limits.cvl.cell_V, b.bank.limits.cvl.cellMax_V); },
     "$1 is never reached, because $2 is lower"},
    {option("balancing.cell_V"), option("limits.cvl.cell_max_V"),
     [](const Config&, const BankConfig& b) { return isOver(b.bank.balancing.cell_V, b.bank.limits.cvl.cellMax_V); },
     "$1 is never reached, because $2 is lower"},
    {option("soc.full_cell_V"), option("limits.cvl.cell_max_V"),
     [](const Config&, const BankConfig& b) { return isOver(b.bank.soc.fullCell_V, b.bank.limits.cvl.cellMax_V); },
     "$1 is never reached, because $2 is lower"},
    {option("soc.empty_cell_V"), option("soc.full_cell_V"),
     [](const Config&, const BankConfig& b) {
         return b.bank.soc.emptyCell_V && b.bank.soc.fullCell_V && *b.bank.soc.emptyCell_V >= *b.bank.soc.fullCell_V;
     },
     "$1 must be less than $2"},
    {option("soc.source"), option("soc.battery"),
     [](const Config&, const BankConfig& b) { return b.bank.soc.source == SocSource::Battery && b.bank.soc.battery.empty(); },
     "with $1 the battery must be given: $2"},
    {option("current.source"), option("current.shunts"),
     [](const Config&, const BankConfig& b) { return b.bank.current.source == CurrentSource::Shunt && b.bank.current.shunts.empty(); },
     "with $1 the shunts must be given: $2"},
    {option("current.shunts"), option("current.source"),
     [](const Config&, const BankConfig& b) {
         const CurrentSettings& current = b.bank.current;
         const bool isAdded = current.source == CurrentSource::Victron && current.withShunts;
         return current.source != CurrentSource::Shunt && !isAdded && !current.shunts.empty();
     },
     "$1 does nothing with $2", Severity::Warning},
    {option("current.minus_loads"), option("current.source"),
     [](const Config&, const BankConfig& b) { return b.bank.current.source != CurrentSource::Shunt && !b.bank.current.minusLoads.empty(); },
     "$1 does nothing with $2", Severity::Warning},
});
// clang-format on

bool isRefused(const Assignment* given) {
    return given != nullptr && !given->value;
}

/// `gx.retry_min_s (90 s, line 3)`.
std::string reference(std::size_t index, const Config& config, const BankConfig& bank,
                      const Assignment* given) {
    const Option& row = kOptions.at(index);
    if (given == nullptr && std::holds_alternative<std::monostate>(row.access.get(config, bank)))
        return std::string(row.key) + " (not given)";
    std::string details = settingText(row.access.get(config, bank));
    if (!row.unit.empty())
        details += " " + std::string(row.unit);
    if (given == nullptr)
        details += ", not given";
    else if (given->at.line == 0)
        details += ", " + given->path;
    else
        details += ", line " + std::to_string(given->at.line);
    return std::string(row.key) + " (" + details + ")";
}

void replaceOnce(std::string& text, std::string_view what, const std::string& by) {
    const std::size_t at = text.find(what);
    if (at != std::string::npos)
        text.replace(at, what.size(), by);
}

Issue brokenRule(const Rule& rule, const Config& config, const BankConfig& bank,
                 const BankView& view) {
    const Assignment* first = view.given.at(rule.first);
    const Assignment* second = view.given.at(rule.second);
    const Assignment* place = first != nullptr ? first : second;
    Issue issue{rule.severity,
                {},
                view.site + std::string(kOptions.at(rule.first).key),
                std::string(rule.sentence)};
    if (place != nullptr) {
        issue.at = place->at;
        issue.path = place->path;
    }
    const std::string firstText = reference(rule.first, config, bank, first);
    const std::string secondText = reference(rule.second, config, bank, second);
    replaceOnce(issue.message, "$2", secondText);
    replaceOnce(issue.message, "$1", firstText);
    return issue;
}

void checkOne(const Rule& rule, const Config& config, const BankConfig& bank, const BankView& view,
              std::vector<Issue>& issues) {
    if (isRefused(view.given.at(rule.first)) || isRefused(view.given.at(rule.second)))
        return;
    if (rule.isBroken(config, bank))
        issues.push_back(brokenRule(rule, config, bank, view));
}

bool isSiteRule(const Rule& rule) {
    return kOptions.at(rule.first).access.section != Section::Bank;
}

/// `index` names an option that is a text.
void checkDifferent(std::size_t index, const Config& config, const std::vector<BankView>& views,
                    std::vector<Issue>& issues) {
    const Option& row = kOptions.at(index);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < views.size(); ++i) {
        if (views[i].made != nullptr && views[i].given.at(index) == nullptr)
            continue; // its id, see made_rules.cpp
        const std::string text = std::get<std::string>(row.access.get(config, config.banks.at(i)));
        if (!seen.insert(text).second && !isRefused(views[i].given.at(index)))
            issues.push_back(atOption(views[i], index, Severity::Error,
                                      std::string(row.key) + " \"" + text +
                                          "\" is taken by another bank; every bank needs its own"));
    }
}

/// Where the points of a curve and its release stand in the table, by CurveKind.
std::size_t pointsOption(std::size_t curve) {
    static_assert(option("limits.curves.low_pack_release_V") ==
                  option("limits.curves.high_cell_V") + 2 * kCurveCount - 1);
    return option("limits.curves.high_cell_V") + 2 * curve;
}

/// A stop must end somewhere: where its curve is not at 0.
void checkReleases(const Config& config, const std::vector<BankView>& views,
                   std::vector<Issue>& issues) {
    for (std::size_t bank = 0; bank < views.size(); ++bank)
        for (std::size_t curve = 0; curve < kCurveCount; ++curve) {
            const CurveChoice& own = config.banks.at(bank).bank.limits.curves.at(curve);
            const std::size_t release = pointsOption(curve) + 1;
            if (!own.points || own.points->empty() || !own.release ||
                isRefused(views[bank].given.at(release)) ||
                factorAt(*own.points, *own.release) > 0.0)
                continue;
            issues.push_back(atOption(
                views[bank], release, Severity::Error,
                numberText(*own.release) +
                    " never ends a stop, because the curve is 0 there; allowed: a value where " +
                    std::string(kOptions.at(pointsOption(curve)).key) + " is above 0"));
        }
}

/// The current of a battery in two banks would be counted twice on the GX.
bool sharesBattery(const MembershipSettings& a, const MembershipSettings& b) {
    if (a.takeAll && b.takeAll)
        return a.excluded == b.excluded;
    return std::ranges::any_of(a.selected, [&b](const Selector& selector) {
        return std::ranges::find(b.selected, selector) != b.selected.end();
    });
}

void warnOfSharedBatteries(const Config& config, const std::vector<BankView>& views,
                           std::vector<Issue>& issues) {
    for (std::size_t i = 0; i < outerBanks(config); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (sharesBattery(config.banks[i].bank.membership, config.banks[j].bank.membership))
                issues.push_back(atOption(views[i], option("batteries"), Severity::Warning,
                                          "batteries of bank \"" + config.banks[j].bank.id +
                                              "\" are picked again"));
}

/// A machine without zone files, such as a small container, tells nothing about names; and another
/// set of files after an upgrade must keep no bank from starting.
void warnOfZone(const Config& config, const BankView& view, std::vector<Issue>& issues) {
    const std::filesystem::path folder = kZoneFolder;
    const std::size_t zone = option("gx.time_zone");
    const std::string& name = config.gx.timeZone;
    std::error_code failed;
    if (name == "auto" || name == "UTC" || isRefused(view.given.at(zone)) ||
        !std::filesystem::is_directory(folder, failed) ||
        std::filesystem::is_regular_file(folder / name, failed))
        return;
    issues.push_back(atOption(view, zone, Severity::Warning,
                              "there is no zone \"" + name + "\" in " + folder.string() +
                                  ", so months would go by UTC"));
}

} // namespace

void checkRules(const Config& config, const std::vector<BankView>& views,
                std::vector<Issue>& issues) {
    for (const Rule& rule : kRules)
        for (std::size_t i = 0; i < (isSiteRule(rule) ? 1 : views.size()); ++i)
            checkOne(rule, config, config.banks.at(i), views[i], issues);
    checkDifferent(option("id"), config, views, issues);
    checkDifferent(option("dbus.service"), config, views, issues);
    checkReleases(config, views, issues);
    checkTopics(config, views, issues);
    warnOfZone(config, views.front(), issues);
    warnOfSharedBatteries(config, views, issues);
}

} // namespace busbar::config
