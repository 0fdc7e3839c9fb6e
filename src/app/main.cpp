// SPDX-License-Identifier: MIT
// Entry point: the command line.
#include "app/commands/commands.hpp"
#include "app/version.hpp"
#include "base/event_loop.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <malloc.h>
#include <map>
#include <optional>
#include <string>
#include <sys/prctl.h>
#include <vector>

namespace busbar {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 something outside failed, 2 bad command line, 3 bad configuration.";
constexpr const char* kConfigHelp = "configuration file; default: /data/conf/busbar/busbar.json, "
                                    "else /etc/busbar/busbar.json, else defaults";

/// The largest whole number that every reader of JSON keeps exactly.
constexpr std::uint64_t kLargestSeed = 9007199254740991;

/// What `config` shall print.
struct Printed {
    std::string file;
    bool schema = false;
    bool options = false;
    bool topics = false;
    bool effective = false;
};

/// What the command line asked for: set by the subcommand that was given.
struct Request {
    std::function<int()> run;
    RunOptions runOptions;
    WatchOptions watch;
    ReplayOptions replay;
    SimulateOptions simulate;
    ClosedLoopCommand closedLoop;
    bool isClosedLoop = false;
    DemoOptions demo;
    CheckOptions check;
    MigrateOptions migrate;
    std::string healthFile;
    Printed config;
};

CLI::App* subcommand(CLI::App& app, const char* name, const char* help) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->footer(kFooter);
    return sub;
}

void addSeconds(CLI::App& app, double& seconds, const char* help) {
    app.add_option("--seconds", seconds, help)->check(CLI::Range(0.1, 1e7));
}

void addRun(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(
        app, "run",
        "read the GX and publish the bank until SIGTERM; SIGHUP reads the configuration again");
    sub->add_option("-c,--config", request.runOptions.config, kConfigHelp);
    sub->add_flag("--dry-run", request.runOptions.dryRun,
                  "publish nothing; print each changed value as a line of JSON");
    addSeconds(*sub, request.runOptions.seconds, "end after this long");
    sub->add_option("--health-file", request.runOptions.healthFile,
                    "file that is written every 10 s while all is well, for `health`; put it where "
                    "files are in RAM");
    sub->callback(
        [&request] { request.run = [&request] { return runCommand(request.runOptions); }; });
}

void addHealth(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(app, "health",
                               "say whether the `run` that writes this health file is well; exit "
                               "code 1 if its last sign of life is older than 30 s");
    sub->add_option("--file", request.healthFile, "as in `run --health-file`")->required();
    sub->callback(
        [&request] { request.run = [&request] { return healthCommand(request.healthFile); }; });
}

void addWatch(CLI::App& app, Request& request) {
    CLI::App* sub =
        subcommand(app, "watch", "live view of the bank in the terminal; publishes nothing");
    sub->add_option("-c,--config", request.watch.config, kConfigHelp);
    sub->add_option("--bank", request.watch.bank, "id of the bank to show; default: all");
    sub->add_option("--site", request.watch.site, "name of the site to show; default: all");
    sub->add_option("--record", request.watch.record,
                    "write every message to this file, for `replay`");
    addSeconds(*sub, request.watch.seconds, "end after this long");
    sub->callback([&request] { request.run = [&request] { return watchCommand(request.watch); }; });
}

void addReplay(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(app, "replay",
                               "run the core over a recording (JSON lines with t, topic, payload) "
                               "and print what it would publish");
    sub->add_option("FILE", request.replay.file, "the recording")->required();
    sub->add_option("-c,--config", request.replay.config,
                    "configuration file; default: the defaults");
    sub->add_option("--site", request.replay.site,
                    "name of the site; default: the one with the recording's portal id");
    sub->add_option("--bank", request.replay.bank, "id of the bank; default: the first");
    sub->add_option("--at", request.replay.at,
                    "date of the first moment, UTC: 2026-07-01 or 2026-07-01T12:30; default: as "
                    "recorded");
    sub->add_flag("--final", request.replay.final, "print only the last values, as one object");
    sub->callback(
        [&request] { request.run = [&request] { return replayCommand(request.replay); }; });
}

void addConfig(CLI::App& app, Request& request) {
    CLI::App* check = subcommand(app, "check", "say all that is wrong with a configuration file");
    check->add_option("FILE", request.check.file, "the configuration")->required();
    auto* live = check->add_flag("--live", request.check.isLive,
                                 "also look at what the brokers show now: what is found, what is "
                                 "missing, what does not go together; publishes nothing");
    check->add_option("--seconds", request.check.seconds, "how long to look; default: 10")
        ->check(CLI::Range(1.0, 3600.0))
        ->needs(live);
    check->callback(
        [&request] { request.run = [&request] { return checkCommand(request.check); }; });

    CLI::App* sub = subcommand(app, "config",
                               "print the configuration in force, the manuals, or a JSON Schema");
    sub->add_option("-c,--config", request.config.file, kConfigHelp);
    auto* schema =
        sub->add_flag("--schema", request.config.schema, "JSON Schema of the file, for editors");
    auto* options = sub->add_flag("--options", request.config.options, "the manual of all options");
    auto* topics =
        sub->add_flag("--topics", request.config.topics, "the manual of all MQTT topics");
    auto* effective =
        sub->add_flag("--effective", request.config.effective, "what is in force (default)");
    schema->excludes(options)->excludes(topics)->excludes(effective);
    options->excludes(topics)->excludes(effective);
    topics->excludes(effective);
    sub->callback([&request] {
        request.run = [&request] {
            const auto output = request.config.schema    ? ConfigOutput::Schema
                                : request.config.options ? ConfigOutput::Options
                                : request.config.topics  ? ConfigOutput::Topics
                                                         : ConfigOutput::Effective;
            return configCommand(output, request.config.file);
        };
    });
}

void addMigrate(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(app, "migrate",
                               "make a configuration from that of another program, and say what "
                               "was taken over, what behaves differently, what has no counterpart");
    const std::map<std::string, Peer> peers = {
        {"dab", Peer::Dab}, {"bag", Peer::Bag}, {"wvb", Peer::Wvb}};
    sub->add_option_function<std::string>(
           "PROGRAM",
           [&request, peers](const std::string& name) { request.migrate.peer = peers.at(name); },
           "dab: dbus-aggregate-batteries of every version; bag: BatteryAggregator; wvb: a virtual "
           "battery that a flow writes")
        ->required()
        ->check(CLI::IsMember(peers));
    sub->add_option(
        "FROM", request.migrate.source,
        "its folder or its file: config.ini, settings.py, config.json; default: where it "
        "lives on a GX; wvb needs none");
    auto* out = sub->add_option("--out", request.migrate.out,
                                "folder for busbar.json and, if there is something to keep, "
                                "state.json; default: the configuration, with the report as a "
                                "comment, on standard output");
    sub->add_flag("--force", request.migrate.mayReplace, "replace files that are there")
        ->needs(out);
    sub->callback(
        [&request] { request.run = [&request] { return migrateCommand(request.migrate); }; });
}

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
    CLI::Option* closed = app.add_flag("--closed-loop", request.isClosedLoop,
                                       "no broker: the core controls the bank in this process, as "
                                       "fast as it goes; prints a report");
    app.add_option("--days", loop.days, "how long; default: 1")
        ->check(CLI::Range(1, 3650))
        ->needs(closed);
    app.add_option("-c,--config", loop.config,
                   "configuration whose first bank controls; default: the defaults")
        ->needs(closed);
    app.add_option("--report", loop.report,
                   "file for the report, JSON if it ends with .json; default: -, standard output")
        ->needs(closed);
    app.add_flag("--json", loop.json, "the report as JSON")->needs(closed);
    for (CLI::Option* other : others)
        closed->excludes(other);
}

/// What no single option can see.
void checkSimulate(const Request& request) {
    const SimulateOptions& simulate = request.simulate;
    if (!request.isClosedLoop && simulate.url.empty())
        throw CLI::RequiredError("--url or --closed-loop");
    if (simulate.recording.empty() && simulate.speed &&
        (*simulate.speed < 1.0 || *simulate.speed > 1000.0))
        throw CLI::ValidationError("--speed", "a simulated bank runs 1 to 1000 times as fast");
}

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
        request.run = [&request] {
            request.closedLoop.bank = request.simulate.bank;
            return request.isClosedLoop ? closedLoopCommand(request.closedLoop)
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
        request.run = [&request] { return demoCommand(request.demo); };
    });
}

/// Output that nobody got is a failure, also if everything else went well.
int afterOutput(int code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return code;
    std::fputs("busbar: cannot write to standard output\n", stderr);
    return code == kDone ? static_cast<int>(kFailed) : code;
}

int parseAndRun(int argc, char** argv) {
    CLI::App app("Busbar: one battery out of many, for Victron GX devices", "busbar");
    app.set_version_flag("--version", std::string("busbar ") + std::string(kVersion));
    app.footer(kFooter);
    app.require_subcommand(1);
    Request request;
    request.demo.calledAs = argc > 0 ? argv[0] : "";
    addRun(app, request);
    addHealth(app, request);
    addWatch(app, request);
    addReplay(app, request);
    addConfig(app, request);
    addMigrate(app, request);
    addSimulate(app, request);
    addDemo(app, request);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kBadUsage;
    }
    return afterOutput(request.run());
}

} // namespace

} // namespace busbar

int main(int argc, char** argv) {
    try {
        // Started by the loader of its bundle, it would be listed under the loader's name.
        prctl(PR_SET_NAME, "busbar");
        // One heap for all threads: each further one reserves up to 64 MB of address space, of
        // which a GX gives 100 MB, and Paho's threads do nothing at the same time that would be
        // worth it.
        mallopt(M_ARENA_MAX, 1); // NOLINT(concurrency-mt-unsafe): there is one thread yet
        busbar::blockSignals();
        return busbar::parseAndRun(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "busbar: %s\n", error.what());
    } catch (...) {
        std::fputs("busbar: unknown failure\n", stderr);
    }
    return busbar::kFailed;
}
