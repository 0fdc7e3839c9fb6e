// SPDX-License-Identifier: MIT
// `busbar doctor`: walks the way from this machine to the batteries and back to the GX's chargers,
// and says for each link that it is fine, or what to do.
#include "app/commands/doctor.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/live_look.hpp"
#include "app/run/app.hpp"
#include "base/log.hpp"
#include "core/bank.hpp"
#include "core/cycle/findings.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/gx/gx_advice.hpp"
#include "dbus/bus_address.hpp"
#include "dbus/bus_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iterator>
#include <utility>

namespace busbar {

namespace {

constexpr std::chrono::milliseconds kBusPatience{3000};
constexpr const char* kLocalSettings = "com.victronenergy.settings";

/// By LinkState.
constexpr std::array kMarks = {"fine   ", "-      ", "WRONG  ", "waits  ", "?      "};

constexpr std::array kOfControl = {AdviceCode::DvccOff, AdviceCode::OtherMonitor,
                                   AdviceCode::OtherBms, AdviceCode::InstanceTooHigh};

ChainFinding chainFinding(ChainLink link, LinkState state, std::string what,
                          std::string remedy = {}) {
    return {link, state, std::move(what), std::move(remedy)};
}

bool hasName(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

std::vector<ChainFinding> busFindings(const dbus::BusSettings& bus,
                                      const std::vector<std::string>& names) {
    const std::string service = "com.victronenergy.battery." + bus.service;
    const bool isPublished = hasName(names, service);
    const bool isKept = hasName(names, kLocalSettings);
    return {chainFinding(ChainLink::Bus, LinkState::Fine,
                         service + (isPublished ? " is there: a Busbar publishes the bank"
                                                : " is free; busbar run will publish it")),
            isKept ? chainFinding(ChainLink::LocalSettings, LinkState::Fine,
                                  "is there, and keeps the device instance")
                   : chainFinding(ChainLink::LocalSettings, LinkState::Unused,
                                  "is not on this bus, so this is no GX: device instance " +
                                      std::to_string(bus.instance) + " as configured")};
}

std::vector<ChainFinding> lookAtBus(const dbus::BusSettings& bus) {
    if (bus.bus == "none")
        return {chainFinding(ChainLink::Bus, LinkState::Unused,
                             "not used: dbus.bus is \"none\", so the bank is on MQTT only"),
                chainFinding(ChainLink::LocalSettings, LinkState::Unused, "not used")};
    try {
        return busFindings(bus, dbus::namesOnBus(dbus::busAddress(bus.bus), kBusPatience));
    } catch (const std::exception& error) {
        return {
            chainFinding(ChainLink::Bus, LinkState::Wrong,
                         "the bus \"" + bus.bus + "\" does not answer: " + error.what(),
                         "on a GX: restart it. On another machine the bank needs no D-Bus: write "
                         "\"dbus\": {\"bus\": \"none\"}"),
            chainFinding(ChainLink::LocalSettings, LinkState::Unknown, {})};
    }
}

/// Who controls the chargers, by the same findings as the advice, without its patience.
ChainFinding controlOf(const Bank& bank, const Readings& readings, const Now& now) {
    const Surroundings& around = bank.view().surroundings;
    Reach reach = reachNow(around, readings);
    const AdviceInput input{.readings = readings, .ownSerials = around.ownSerials, .reach = reach};
    reach.isIndirect = reach.isIndirect || !reach.isOnGx; // DVCC matters already
    const std::string whom = whomItObeys(input);
    for (const Advice& advice : adviceAtOnce(bank.view(), reach, readings, now))
        if (std::ranges::find(kOfControl, advice.code) != kOfControl.end())
            return chainFinding(ChainLink::Control, LinkState::Wrong,
                                whom.empty() ? "the GX does not obey the bank" : whom, advice.text);
    if (!input.reach.isOnGx)
        return chainFinding(
            ChainLink::Control, LinkState::Unused,
            (whom.empty() ? "the GX names nobody" : whom) +
                "; the bank is not on the GX's D-Bus yet, so it cannot be selected");
    return chainFinding(ChainLink::Control, whom.empty() ? LinkState::Unknown : LinkState::Fine,
                        whom.empty() ? "the GX does not say it" : whom);
}

} // namespace

std::vector<ChainFinding> chainOfControl(const config::BankConfig& config, const Bank& bank,
                                         const Readings& readings, const Now& now) {
    std::vector<ChainFinding> chain = lookAtBus(config.dbus);
    chain.push_back(readings.everComplete() ? controlOf(bank, readings, now)
                                            : ChainFinding{.link = ChainLink::Control});
    return chain;
}

std::string chainText(const std::vector<ChainFinding>& chain) {
    constexpr std::size_t kWidth = 18;
    std::string text;
    for (const ChainFinding& one : chain) {
        std::string word(toText(one.link));
        word.resize(std::max(kWidth, word.size() + 1), ' ');
        text += "  " + std::string(kMarks.at(static_cast<std::size_t>(one.state))) + word +
                (one.what.empty() ? "not known, because of the link before" : one.what) + "\n";
        if (!one.remedy.empty())
            text += std::string(4, ' ') + "what to do: " + one.remedy + "\n";
    }
    return text;
}

namespace {

/// Prints one site; true if nothing is wrong there.
bool printChain(SiteRun& run, bool isOneOfMany, const Now& now) {
    const config::Config& config = run.config();
    auto chain = chainToBatteries(chainFactsOf(run));
    for (std::size_t i = 0; i < config.banks.size(); ++i) {
        auto more =
            chainOfControl(config.banks[i], run.site().banks().at(i), run.site().readings(), now);
        std::ranges::move(more, std::back_inserter(chain));
    }
    const std::string head = isOneOfMany ? "site " + config.site + ", " : std::string();
    std::fputs(
        (head + (config.gx.vrm ? "vrm" : config.gx.broker.url) + "\n" + chainText(chain)).c_str(),
        stdout);
    return firstBroken(chain) == nullptr;
}

} // namespace

int doctorCommand(const DoctorOptions& options) {
    const auto config = loadToRun(options.config);
    if (!config)
        return kBadConfig;
    log::start("error");
    bool isWell = true;
    App running(*config, lookOptions(options.seconds, [&isWell](App& app) {
        for (const auto& run : app.sites())
            isWell = printChain(*run, app.sites().size() > 1, app.now()) && isWell;
    }));
    const int code = running.run();
    return code == kDone && !isWell ? static_cast<int>(kFailed) : code;
}

} // namespace busbar
