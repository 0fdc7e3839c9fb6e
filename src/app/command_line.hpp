// SPDX-License-Identifier: MIT
// What the commands of the command line share, and those of the simulated bank.
#pragma once

#include "app/commands/commands.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace busbar {

inline constexpr const char* kFooter =
    "Exit codes: 0 done, 1 something outside failed, 2 bad command line, 3 bad configuration.";
inline constexpr const char* kConfigHelp =
    "configuration file; default: /data/conf/busbar/busbar.json, "
    "else /etc/busbar/busbar.json, else defaults";

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
    /// It has an event loop that takes signals; of one that says so without need they are lost.
    bool turnsLoop = false;
    RunOptions runOptions;
    WatchOptions watch;
    ReplayOptions replay;
    SimulateOptions simulate;
    ClosedLoopCommand closedLoop;
    DemoOptions demo;
    CheckOptions check;
    DoctorOptions doctor;
    DiscoverOptions discover;
    CompareOptions compare;
    MigrateOptions migrate;
    std::string healthFile;
    Printed config;
};

/// A command with the foot that all have.
CLI::App* subcommand(CLI::App& app, const char* name, const char* help);
/// `--seconds`, after which a command ends.
void addSeconds(CLI::App& app, double& seconds, const char* help);

void addSimulate(CLI::App& app, Request& request);
void addDemo(CLI::App& app, Request& request);

} // namespace busbar
