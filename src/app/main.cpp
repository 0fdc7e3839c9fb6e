// SPDX-License-Identifier: MIT
// Entry point: the command line.
#include "app/command_line.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/usage.hpp"
#include "app/version.hpp"
#include "base/event_loop.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <malloc.h>
#include <map>
#include <string>
#include <sys/prctl.h>
#include <vector>

namespace busbar {

namespace {

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
    sub->callback([&request] {
        request.turnsLoop = true;
        request.run = [&request] { return runCommand(request.runOptions); };
    });
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
                    "write every message to this file, which must not be there, for `replay`");
    addSeconds(*sub, request.watch.seconds, "end after this long");
    sub->callback([&request] {
        request.turnsLoop = true;
        request.run = [&request] { return watchCommand(request.watch); };
    });
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
    sub->add_option("--against", request.replay.against,
                    "another configuration: print where the two differ over the recording");
    sub->add_flag("--final", request.replay.final, "print only the last values, as one object");
    sub->callback(
        [&request] { request.run = [&request] { return replayCommand(request.replay); }; });
}

void addDoctor(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(
        app, "doctor",
        "walk the way to the batteries and back to the chargers, link by link: network, login, GX, "
        "batteries, D-Bus, who controls; says what to do where one does not hold");
    sub->add_option("-c,--config", request.doctor.config, kConfigHelp);
    sub->add_option("--seconds", request.doctor.seconds, "how long to look at most; default: 20")
        ->check(CLI::Range(1.0, 3600.0));
    sub->callback([&request] {
        request.turnsLoop = true;
        request.run = [&request] { return doctorCommand(request.doctor); };
    });
}

void addDiscover(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(app, "discover",
                               "what GX devices are at a broker, their batteries, and what Busbar "
                               "would make of them; publishes nothing");
    DiscoverOptions& discover = request.discover;
    sub->add_option("--url", discover.url,
                    "the broker, mqtt://192.168.1.20; default: that of this machine");
    sub->add_option("--user", discover.user, "to log in with; a GX takes any");
    sub->add_option("--password-file", discover.passwordFile, "its first line is the password");
    sub->add_option("--fingerprint", discover.fingerprint,
                    "SHA-256 of the certificate to trust, for mqtts://");
    sub->add_option("--prefix", discover.topicPrefix, "in front of all topics, behind a bridge");
    sub->add_option("--write", discover.file,
                    "write a configuration to begin with to this file, which must not be there");
    sub->add_flag("--json", discover.json, "for programs");
    sub->add_option("--seconds", discover.seconds, "how long to look at most; default: 20")
        ->check(CLI::Range(1.0, 3600.0));
    sub->callback([&request] {
        request.turnsLoop = true;
        request.run = [&request] { return discoverCommand(request.discover); };
    });
}

void addCompare(CLI::App& app, Request& request) {
    CLI::App* sub = subcommand(app, "compare",
                               "run beside another service for the same bank, and say where both "
                               "agree, where not and why; publishes nothing");
    CompareOptions& compare = request.compare;
    sub->add_option("-c,--config", compare.config, kConfigHelp);
    sub->add_option("--with", compare.with,
                    "the other: instance:8, name:…, or gx for the GX's own totals; default: the "
                    "only aggregate on the GX");
    sub->add_option("--site", compare.site, "name of the site; default: the first");
    sub->add_option("--bank", compare.bank, "id of the bank; default: the first");
    sub->add_option("--hours", compare.hours, "how long; default: until it is interrupted")
        ->check(CLI::Range(0.001, 1000.0));
    sub->add_option("--report", compare.report,
                    "file for the report, which must not be there: .json, .html, else text");
    sub->callback([&request] {
        request.turnsLoop = true;
        request.run = [&request] { return compareCommand(request.compare); };
    });
}

void addConfig(CLI::App& app, Request& request) {
    CLI::App* check = subcommand(app, "check", "say all that is wrong with a configuration file");
    check->add_option("FILE", request.check.file, "the configuration")->required();
    auto* live = check->add_flag("--live", request.check.isLive,
                                 "also look at what the brokers show now: what is found, what is "
                                 "missing, what does not go together; publishes nothing");
    check->add_option("--seconds", request.check.seconds, "how long to look at most; default: 20")
        ->check(CLI::Range(1.0, 3600.0))
        ->needs(live);
    check->callback([&request] {
        request.turnsLoop = request.check.isLive;
        request.run = [&request] { return checkCommand(request.check); };
    });

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

/// Output that nobody got is a failure, also if everything else went well.
int afterOutput(int code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return code;
    std::fputs("busbar: cannot write to standard output\n", stderr);
    return code == kDone ? static_cast<int>(kFailed) : code;
}

/// The first word that nothing takes, as typed; empty = none.
std::string unknownWord(const CLI::App& app, int argc, char** argv) {
    const std::vector<std::string> left = app.remaining(true);
    const auto* found = std::find_if(argv + 1, argv + argc, [&left](const char* word) {
        return std::ranges::find(left, word) != left.end();
    });
    return found == argv + argc ? std::string() : *found;
}

UsageFault usageFault(const CLI::App& app, int argc, char** argv) {
    UsageFault fault{.unknown = unknownWord(app, argc, argv)};
    const bool isBefore = app.remaining_size() > 0 || app.get_subcommands().empty();
    if (isBefore) {
        for (const CLI::App* each : app.get_subcommands({}))
            fault.known.push_back(each->get_name());
        return fault;
    }
    const CLI::App* command = app.get_subcommands().front();
    fault.command = command->get_name();
    for (const CLI::Option* option : command->get_options())
        for (const std::string& name : option->get_lnames())
            fault.known.push_back(name);
    return fault;
}

/// Says what was probably meant, where the parser only says that it does not understand.
int endOf(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    const bool isWanted = error.get_exit_code() == 0; // --help, --version
    const std::string answer = isWanted ? "" : usageAnswer(usageFault(app, argc, argv));
    if (answer.empty())
        return app.exit(error) == 0 ? kDone : kBadUsage;
    std::fprintf(stderr, "busbar: %s\nRun with --help for more information.\n", answer.c_str());
    return kBadUsage;
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
    addDiscover(app, request);
    addDoctor(app, request);
    addCompare(app, request);
    addConfig(app, request);
    addMigrate(app, request);
    addSimulate(app, request);
    addDemo(app, request);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return endOf(app, error, argc, argv);
    }
    if (!request.turnsLoop)
        unblockSignals();
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
