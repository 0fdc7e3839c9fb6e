// SPDX-License-Identifier: MIT
// The subcommands of the program, as functions of their options; each gives the exit code.
#pragma once

#include "config/reader.hpp"

#include <optional>
#include <string>

namespace busbar {

/// Exit codes of the program, the same for all commands.
enum ExitCode : int {
    kDone = 0,
    kFailed = 1,    ///< something outside did not work: a file, a server
    kBadUsage = 2,  ///< the command line
    kBadConfig = 3, ///< the configuration
};

struct RunOptions {
    std::string config; ///< file; empty = the default places
    bool dryRun = false;
    double seconds = 0.0; ///< 0 = until a signal
};
/// Publishes until a signal; `dryRun` prints changed values as JSON lines and publishes nothing.
int runCommand(const RunOptions& options);

struct WatchOptions {
    std::string config;
    std::string record; ///< file that gets every message; empty = none
    std::string bank;   ///< id; empty = the first
    double seconds = 0.0;
};
/// The live view. Publishes nothing.
int watchCommand(const WatchOptions& options);

struct ReplayOptions {
    std::string file;
    std::string config;
    std::string bank;
    bool final = false;
};
/// The core on a recording, without broker and bus, as fast as it goes.
int replayCommand(const ReplayOptions& options);

/// Says all that is wrong with a configuration file, or that nothing is.
int checkCommand(const std::string& file);

enum class ConfigOutput : unsigned char { Effective, Schema, Options };
int configCommand(ConfigOutput output, const std::string& file);

struct SimulateOptions {
    std::string recording;
    std::string url;
    double speed = 1.0;
    double seconds = 0.0;
};
/// Plays a recording into a broker as a GX would.
int simulateCommand(const SimulateOptions& options);

struct DemoOptions {
    std::string recording; ///< empty = the one that comes with the program
    double seconds = 0.0;
    double speed = 1.0;
};
/// A whole system on this machine: broker, bus, simulated GX, Busbar, live view.
int demoCommand(const DemoOptions& options);

/// Reads the file, or the first default place that has one, or takes the defaults; prints what is
/// wrong to standard error. Nothing if there are errors.
[[nodiscard]] std::optional<config::Config> loadConfig(const std::string& file);
/// The file that `loadConfig` would read; empty = none, defaults.
[[nodiscard]] std::string configFile(const std::string& wanted);
/// Where the bank with this id stands in the configuration; the first for an empty id. Throws
/// std::runtime_error if there is none.
[[nodiscard]] std::size_t bankIndex(const config::Config& config, const std::string& id);
/// Environment variables that may hold options.
[[nodiscard]] config::Environment configEnvironment();

} // namespace busbar
