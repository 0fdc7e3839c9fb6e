// SPDX-License-Identifier: MIT
// Entry point: the command line.
#include "app/commands.hpp"
#include "app/version.hpp"
#include "dbus/event_loop.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <string>

namespace busbar {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 something outside failed, 2 bad command line, 3 bad configuration.";
constexpr const char* kConfigHelp = "configuration file; default: /data/conf/busbar/busbar.json, "
                                    "else /etc/busbar/busbar.json, else defaults";

/// What the command line asked for: set by the subcommand that was given.
struct Request {
    std::function<int()> run;
    RunOptions runOptions;
    WatchOptions watch;
    ReplayOptions replay;
    SimulateOptions simulate;
    DemoOptions demo;
    std::string checkFile;
    std::string configFile;
    bool schema = false;
    bool options = false;
    bool effective = false;
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
    sub->callback(
        [&request] { request.run = [&request] { return runCommand(request.runOptions); }; });
}

void addWatch(CLI::App& app, Request& request) {
    CLI::App* sub =
        subcommand(app, "watch", "live view of the bank in the terminal; publishes nothing");
    sub->add_option("-c,--config", request.watch.config, kConfigHelp);
    sub->add_option("--bank", request.watch.bank, "id of the bank to show; default: the first");
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
    sub->add_option("--bank", request.replay.bank, "id of the bank; default: the first");
    sub->add_flag("--final", request.replay.final, "print only the last values, as one object");
    sub->callback(
        [&request] { request.run = [&request] { return replayCommand(request.replay); }; });
}

void addConfig(CLI::App& app, Request& request) {
    CLI::App* check = subcommand(app, "check", "say all that is wrong with a configuration file");
    check->add_option("FILE", request.checkFile, "the configuration")->required();
    check->callback(
        [&request] { request.run = [&request] { return checkCommand(request.checkFile); }; });

    CLI::App* sub =
        subcommand(app, "config",
                   "print the configuration in force, the manual of all options, or a JSON Schema");
    sub->add_option("-c,--config", request.configFile, kConfigHelp);
    auto* schema =
        sub->add_flag("--schema", request.schema, "JSON Schema of the file, for editors");
    auto* options = sub->add_flag("--options", request.options, "the manual of all options");
    auto* effective = sub->add_flag("--effective", request.effective, "what is in force (default)");
    schema->excludes(options)->excludes(effective);
    options->excludes(effective);
    sub->callback([&request] {
        request.run = [&request] {
            const auto output = request.schema    ? ConfigOutput::Schema
                                : request.options ? ConfigOutput::Options
                                                  : ConfigOutput::Effective;
            return configCommand(output, request.configFile);
        };
    });
}

void addSimulate(CLI::App& app, Request& request) {
    CLI::App* sub =
        subcommand(app, "simulate", "play a recording into a broker as a GX would, over and over");
    sub->add_option("--recording", request.simulate.recording, "the recording")->required();
    sub->add_option("--url", request.simulate.url, "the broker, mqtt://host:port")->required();
    sub->add_option("--speed", request.simulate.speed, "10 = ten times as fast")
        ->check(CLI::Range(0.01, 10000.0));
    addSeconds(*sub, request.simulate.seconds, "end after this long");
    sub->callback(
        [&request] { request.run = [&request] { return simulateCommand(request.simulate); }; });
}

void addDemo(CLI::App& app, Request& request) {
    CLI::App* sub =
        subcommand(app, "demo",
                   "a whole system on this machine: broker, bus, simulated GX, Busbar, live view");
    sub->add_option("--recording", request.demo.recording,
                    "what the simulated GX plays; default: the one that comes along");
    sub->add_option("--speed", request.demo.speed, "10 = ten times as fast")
        ->check(CLI::Range(0.01, 10000.0));
    addSeconds(*sub, request.demo.seconds, "end after this long and print the final values");
    sub->callback([&request] { request.run = [&request] { return demoCommand(request.demo); }; });
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
    addRun(app, request);
    addWatch(app, request);
    addReplay(app, request);
    addConfig(app, request);
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
        busbar::dbus::blockSignals();
        return busbar::parseAndRun(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "busbar: %s\n", error.what());
    } catch (...) {
        std::fputs("busbar: unknown failure\n", stderr);
    }
    return busbar::kFailed;
}
