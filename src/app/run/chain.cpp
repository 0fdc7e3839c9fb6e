// SPDX-License-Identifier: MIT
// What each link of the way to the batteries needs, in words of those who own a GX.
#include "app/run/chain.hpp"

#include "app/run/site_run.hpp"
#include "config/nearest.hpp"
#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/members/membership.hpp"
#include "mqtt/session/url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace busbar {

namespace {

/// A link, and what helps where it does not hold.
struct ChainRow {
    ChainLink link;
    std::string_view word;
    std::string_view remedy;
};

// Menus of Venus 3.60 and later, with the older names where they differ.
constexpr auto kChain = std::to_array<ChainRow>({
    {ChainLink::Password, "password",
     "put the GX's password into that file, one line, readable for the user that Busbar runs as"},
    {ChainLink::Name, "name",
     "see how the GX's name is spelt in gx.url, or write its IP address there: the GX shows it "
     "under Settings → Connectivity (older: Settings → Ethernet or Wi-Fi)"},
    {ChainLink::Port, "port",
     "see whether the GX is on and in this network, whether gx.url has its address, and whether "
     "MQTT is on there: Settings → Integrations → MQTT Access (older: Settings → Services → MQTT). "
     "A GX with a password may take mqtts:// only"},
    {ChainLink::Tls, "TLS",
     "a GX signs its certificate itself: give its fingerprint in gx.tls.fingerprint, after you "
     "have compared it, or the file of who signed it in gx.tls.ca_file"},
    {ChainLink::Login, "login",
     "a GX wants the password of its network security profile, which is set on the GX under "
     "Settings → General, in a file that gx.password_file names; after many wrong ones it refuses "
     "the right one for a while, too"},
    {ChainLink::Portal, "portal id",
     "is this the broker of a GX, with MQTT on? Behind a bridge, set gx.portal_id (the GX shows it "
     "under Settings → VRM) and gx.topic_prefix"},
    {ChainLink::Keepalive, "answers of the GX",
     "see whether gx.portal_id is that of this GX (Settings → VRM), and whether a bridge in "
     "between "
     "passes R/ topics to the GX; restart MQTT on the GX if it is"},
    {ChainLink::Batteries, "batteries",
     "see whether the GX itself lists the batteries (Device List), and what batteries and exclude "
     "say in the configuration; busbar watch shows each with its reason"},
    {ChainLink::Bus, "D-Bus", ""},
    {ChainLink::LocalSettings, "localsettings", ""},
    {ChainLink::Control, "who controls", ""},
});

// What helps instead where it is known better.
constexpr std::string_view kNoHandshakeRemedy =
    "see whether gx.url has the port for TLS (of a GX 8883, as mqtts:// without a port; 1883 has "
    "none, and wants mqtt://), and whether that broker asks for a certificate of yours "
    "(gx.tls.cert_file)";
constexpr std::string_view kNoBrokerRemedy =
    "see whether gx.url has the address and port of the MQTT broker (of a GX 1883, with mqtts:// "
    "8883), and whether it takes mqtt:// or mqtts://; if it has, restart the GX, or switch MQTT "
    "off and on there";

constexpr const ChainRow& chainRow(ChainLink link) {
    return kChain.at(static_cast<std::size_t>(link));
}

ChainFinding fineLink(ChainLink link, std::string what) {
    return {.link = link, .state = LinkState::Fine, .what = std::move(what)};
}

ChainFinding brokenLink(ChainLink link, LinkState state, std::string what) {
    return {link, state, std::move(what), std::string(chainRow(link).remedy)};
}

/// "TLS: certificate not trusted" is said of the link TLS, which need not be named twice.
std::string withoutWord(const std::string& text, ChainLink link) {
    const std::string head = std::string(chainRow(link).word) + ": ";
    return text.starts_with(head) ? text.substr(head.size()) : text;
}

ChainFinding failedLink(ChainLink link, const mqtt::LinkFailure& failure) {
    ChainFinding finding = brokenLink(link, LinkState::Wrong, withoutWord(failure.text, link));
    if (failure.fault == mqtt::LinkFault::NoHandshake)
        finding.remedy = kNoHandshakeRemedy;
    if (failure.fault == mqtt::LinkFault::NoBroker)
        finding.remedy = kNoBrokerRemedy;
    return finding;
}

static_assert(static_cast<int>(ChainLink::Login) == static_cast<int>(mqtt::LinkStep::Login),
              "the steps of a session are the first links");

/// Links that an attempt has passed, the last one included.
bool isPassed(const ChainFacts& facts, ChainLink link) {
    return facts.isConnected ||
           (facts.failure && static_cast<int>(link) < static_cast<int>(facts.failure->step));
}

std::string passedText(const ChainFacts& facts, ChainLink link) {
    switch (link) {
    case ChainLink::Password:
        return "its file or variable can be read";
    case ChainLink::Name:
        return "leads to an address";
    case ChainLink::Port:
        return facts.url + " takes connections";
    case ChainLink::Tls:
        return "the certificate is trusted";
    default:
        return facts.hasPassword ? "the password is taken" : "no password is wanted";
    }
}

ChainFinding sessionLink(const ChainFacts& facts, ChainLink link) {
    if (link == ChainLink::Tls && !facts.isTls)
        return {
            .link = link, .state = LinkState::Unused, .what = "not used: gx.url is not mqtts://"};
    if (link == ChainLink::Password && !facts.hasPassword)
        return {.link = link, .state = LinkState::Unused, .what = "none is configured"};
    if (isPassed(facts, link))
        return fineLink(link, passedText(facts, link));
    if (!facts.failure) // where it waits cannot be seen from here: mostly at the port
        return link == ChainLink::Port
                   ? brokenLink(link, LinkState::Waiting, "no answer from " + facts.url + " yet")
                   : ChainFinding{.link = link};
    return static_cast<int>(link) == static_cast<int>(facts.failure->step)
               ? failedLink(link, *facts.failure)
               : ChainFinding{.link = link};
}

ChainFinding portalLink(const ChainFacts& facts) {
    const std::vector<std::string> seen(facts.portalsSeen.begin(), facts.portalsSeen.end());
    if (!facts.portalId.empty())
        return fineLink(ChainLink::Portal,
                        facts.portalId + (facts.isPortalGiven ? ", as configured" : ""));
    if (seen.size() > 1)
        return {ChainLink::Portal, LinkState::Wrong,
                "the broker shows several GX devices: " + config::listOf(seen),
                "set gx.portal_id to one of them, or read them all as sites"};
    return brokenLink(ChainLink::Portal, LinkState::Wrong,
                      "the broker shows no N/<portal id>/system/0/Serial");
}

ChainFinding keepaliveLink(const ChainFacts& facts) {
    if (!facts.hasAnswered) // of a wrong id a full publish also ends, for nothing, when time is up
        return brokenLink(ChainLink::Keepalive, LinkState::Wrong,
                          "nothing comes from the GX " + facts.portalId);
    if (!facts.isComplete)
        return brokenLink(ChainLink::Keepalive, LinkState::Waiting,
                          "something comes, but not all of it yet");
    return fineLink(ChainLink::Keepalive, "it publishes all that it has when asked");
}

ChainFinding batteriesLink(const ChainFacts& facts) {
    const std::string others = config::listOf(facts.others);
    const std::string out = others.empty() ? "" : "; not: " + others;
    if (!facts.members.empty())
        return fineLink(ChainLink::Batteries, config::listOf(facts.members) + " take part" + out);
    return brokenLink(ChainLink::Batteries, LinkState::Wrong,
                      others.empty() ? "the GX shows no battery" : "none takes part" + out);
}

constexpr std::array kSessionLinks = {ChainLink::Password, ChainLink::Name, ChainLink::Port,
                                      ChainLink::Tls, ChainLink::Login};

struct LaterLink {
    ChainLink link;
    ChainFinding (*find)(const ChainFacts&);
};
constexpr std::array kLaterLinks = {LaterLink{ChainLink::Portal, portalLink},
                                    LaterLink{ChainLink::Keepalive, keepaliveLink},
                                    LaterLink{ChainLink::Batteries, batteriesLink}};

/// "a sum of other batteries", without what is said in passing.
std::string shortMeaning(const Verdict& verdict) {
    if (verdict.maybeSum)
        return "may be a sum of others, not decided yet";
    const std::string_view meaning = rowOf(verdict.reason).meaning;
    return std::string(meaning.substr(0, std::min(meaning.find(": "), meaning.find(" ("))));
}

void addBatteries(ChainFacts& facts, const Bank& bank) {
    for (const Verdict& verdict : bank.view().parts.verdicts) {
        if (verdict.takesPart)
            facts.members.push_back(verdict.entry->name);
        else if (verdict.maybeSum || !isForeign(verdict))
            facts.others.push_back(verdict.entry->name + " (" + shortMeaning(verdict) + ")");
    }
}

} // namespace

std::string_view toText(ChainLink link) {
    return chainRow(link).word;
}

ChainFacts chainFactsOf(SiteRun& site) {
    const mqtt::GxSettings& gx = site.config().gx;
    const auto url = mqtt::parseUrl(gx.broker.url).url;
    ChainFacts facts{.url = gx.vrm ? "vrm" : gx.broker.url,
                     .isTls = gx.vrm || (url && url->isTls()),
                     .hasPassword =
                         !gx.broker.passwordFile.empty() || !gx.broker.passwordEnv.empty(),
                     .isConnected = site.isConnected(),
                     .failure = site.lastFailure()};
    const mqtt::VenusSource& source = site.site().source();
    facts.portalId = source.portalId();
    facts.isPortalGiven = gx.portalId != "auto";
    facts.portalsSeen = source.portalsSeen();
    facts.hasAnswered = source.counters().messages > 0;
    facts.isComplete = site.site().readings().everComplete();
    for (const Bank& bank : site.site().banks())
        addBatteries(facts, bank);
    return facts;
}

std::vector<ChainFinding> chainToBatteries(const ChainFacts& facts) {
    std::vector<ChainFinding> chain;
    chain.reserve(std::size(kSessionLinks) + std::size(kLaterLinks));
    for (const ChainLink link : kSessionLinks)
        chain.push_back(sessionLink(facts, link));
    for (const LaterLink& later : kLaterLinks)
        chain.push_back(facts.isConnected && firstBroken(chain) == nullptr
                            ? later.find(facts)
                            : ChainFinding{.link = later.link});
    return chain;
}

const ChainFinding* firstBroken(const std::vector<ChainFinding>& chain) {
    for (const ChainFinding& one : chain)
        if (one.state == LinkState::Wrong || one.state == LinkState::Waiting)
            return &one;
    return nullptr;
}

} // namespace busbar
