// SPDX-License-Identifier: MIT
// Commands of the simulated bank, on the command line.
#include "app/command_line.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

namespace {

/// The largest whole number that every reader of JSON keeps exactly.
constexpr std::uint64_t kLargestSeed = 9007199254740991;

constexpr const char* kStringsRule =
    "must be strings x blocks, as 2x3; 2 to 4 blocks in each string, no more than 26 in all";

CLI::Option* addStrings(CLI::App& app, std::optional<sim::StringsSpec>& strings) {
    const auto check = [](const std::string& text) {
        return std::string(sim::parseStrings(text) ? "" : kStringsRule);
    };
    return app
        .add_option_function<std::string>(
            "--strings", [&strings](const std::string& text) { strings = sim::parseStrings(text); },
            "series strings instead of packs: 2x3 = two strings in parallel, each of three blocks "
            "in series")
        ->check(CLI::Validator(check, "SxB"));
}

/// Options that say which bank is simulated.
std::vector<CLI::Option*> addBank(CLI::App& app, BankOptions& bank) {
    auto* packs =
        app.add_option("--packs", bank.packs, "how many packs; default: 2 to 8, by the seed")
            ->check(CLI::Range(1, BankOptions::kMostPacks));
    auto* strings = addStrings(app, bank.strings)->excludes(packs);
    const std::map<std::string, sim::Chemistry> chemistries = {
        {"lfp", sim::Chemistry::Lfp}, {"lto", sim::Chemistry::Lto}, {"nmc", sim::Chemistry::Nmc}};
    return {
        app.add_option("--seed", bank.seed, "bank and weather; the same gives the same again")
            ->check(CLI::Range(std::uint64_t{0}, kLargestSeed)),
        packs,
        strings,
        app.add_option_function<std::string>(
               "--chemistry",
               [&bank, chemistries](const std::string& name) {
                   bank.chemistry = chemistries.at(name);
               },
               "lfp, lto or nmc; default: by the seed")
            ->check(CLI::IsMember({"lfp", "lto", "nmc"})),
        app.add_flag("--faults", bank.withFaults,
                     "one pack falls silent, freezes, leaves or loses its BMS for a while"),
        app.add_flag("--losses", bank.withLosses,
                     "every pack falls silent, freezes, leaves or loses its BMS again and again, "
                     "mostly when it hurts most; a bank of its own, with NMC, with little sun or "
                     "packs in the cold"),
        app.add_flag("--feed-in", bank.feedIn,
                     "excess DC power goes to the grid, so that the charge current limit has no "
                     "effect (OvervoltageFeedIn)"),
        app.add_option("--soc", bank.soc_pct, "mean state of charge at the start, %; default: 50")
            ->check(CLI::Range(5.0, 95.0)),
        app.add_option("--start-hour", bank.start_h,
                       "local time of day at the start; default: 5, just before sunrise")
            ->check(CLI::Range(0.0, 24.0))};
}

/// What can be asked of the closed loop only.
void addClosedLoop(CLI::App& app, Request& request, const std::vector<CLI::Option*>& others) {
    ClosedLoopCommand& loop = request.closedLoop;
    CLI::Option* closed = app.add_flag("--closed-loop", request.closedLoop.isWanted,
                                       "no broker: the core controls the bank in this process, as "
                                       "fast as it goes; prints a report");
    app.add_option("--days", loop.days, "how long; default: 1")
        ->check(CLI::Range(1, 3650))
        ->needs(closed);
    app.add_option("-c,--config", loop.config,
                   "configuration whose first bank controls; default: the defaults")
        ->needs(closed);
    app.add_option("--report", loop.report,
                   "file for the report, which must not be there, JSON if it ends with .json; "
                   "default: -, standard output")
        ->needs(closed);
    app.add_flag("--json", loop.json, "the report as JSON")->needs(closed);
    for (CLI::Option* other : others)
        closed->excludes(other);
}

/// What no single option can see.
void checkSimulate(const Request& request) {
    const SimulateOptions& simulate = request.simulate;
    if (!request.closedLoop.isWanted && simulate.url.empty())
        throw CLI::RequiredError("--url or --closed-loop");
    if (simulate.recording.empty() && simulate.speed &&
        (*simulate.speed < 1.0 || *simulate.speed > 1000.0))
        throw CLI::ValidationError("--speed", "a simulated bank runs 1 to 1000 times as fast");
}

} // namespace

void addSimulate(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(app, "simulate",
                               "be a GX on a broker, with a simulated bank or the batteries of a "
                               "recording; or run a bank under the core for days");
    SimulateOptions& simulate = request.simulate;
    auto* recording = sub->add_option("--recording", simulate.recording,
                                      "play this, over and over, instead of a bank");
    auto* url = sub->add_option("--url", simulate.url, "the broker, mqtt://host:port");
    auto* speed = sub->add_option("--speed", simulate.speed, "10 = ten times as fast")
                      ->check(CLI::Range(0.01, 10000.0));
    auto* seconds = sub->add_option("--seconds", simulate.seconds, "end after this long")
                        ->check(CLI::Range(0.1, 1e7));
    auto* bus = sub->add_option("--bus", simulate.bus,
                                "D-Bus address on which the bank's controlling battery is; "
                                "default: a plain rule controls it");
    auto* service =
        sub->add_option("--service", simulate.service, "its name; default: Busbar's")->needs(bus);
    for (CLI::Option* option : addBank(*sub, simulate.bank))
        recording->excludes(option);
    recording->excludes(bus);
    addClosedLoop(*sub, request, {recording, url, speed, seconds, bus, service});
    sub->callback([&request] {
        checkSimulate(request);
        request.turnsLoop = !request.closedLoop.isWanted;
        request.run = [&request] {
            request.closedLoop.bank = request.simulate.bank;
            return request.closedLoop.isWanted ? closedLoopCommand(request.closedLoop)
                                               : simulateCommand(request.simulate);
        };
    });
}

void addDemo(CLI::App& app, Request& request) {
    CLI::App* sub =
        subcommand(app, "demo",
                   "a whole system on this machine: broker, bus, simulated GX, Busbar, live view");
    auto* recording =
        sub->add_option("--recording", request.demo.recording,
                        "play recorded batteries instead of simulated ones; without a FILE those "
                        "that come along")
            ->expected(0, 1)
            ->type_name("[FILE]");
    sub->add_option("--seed", request.demo.seed, "another simulated bank and weather")
        ->check(CLI::Range(std::uint64_t{0}, kLargestSeed))
        ->excludes(recording);
    addStrings(*sub, request.demo.strings)->excludes(recording);
    sub->add_option("--speed", request.demo.speed,
                    "10 = ten times as fast; default: 10, and 1 for a recording")
        ->check(CLI::Range(1.0, 1000.0));
    addSeconds(*sub, request.demo.seconds, "end after this long and print the final values");
    sub->callback([&request, recording] {
        request.demo.isRecorded = recording->count() > 0;
        request.turnsLoop = true;
        request.run = [&request] { return demoCommand(request.demo); };
    });
}

CLI::App* subcommand(CLI::App& app, const char* name, const char* help) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->footer(kFooter);
    return sub;
}

void addSeconds(CLI::App& app, double& seconds, const char* help) {
    app.add_option("--seconds", seconds, help)->check(CLI::Range(0.1, 1e7));
}

} // namespace busbar
