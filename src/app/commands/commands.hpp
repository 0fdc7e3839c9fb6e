// SPDX-License-Identifier: MIT
// The subcommands of the program, as functions of their options; each gives the exit code.
#pragma once

#include "app/commands/bank_options.hpp"
#include "config/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
    double seconds = 0.0;   ///< 0 = until a signal
    std::string healthFile; ///< for `busbar health`; empty = none
};
/// Publishes until a signal; `dryRun` prints changed values as JSON lines and publishes nothing.
int runCommand(const RunOptions& options);

/// Says whether the `run` that writes this health file is well; kFailed if it is not.
int healthCommand(const std::string& file);

struct WatchOptions {
    std::string config;
    std::string record; ///< file that gets every message; empty = none
    std::string site;   ///< its name; empty = all
    std::string bank;   ///< id; empty = all
    double seconds = 0.0;
};
/// The live view. Publishes nothing.
int watchCommand(const WatchOptions& options);

struct ReplayOptions {
    std::string file;
    std::string config;
    std::string site; ///< empty = the one with the recording's portal id, else the first
    std::string bank;
    bool final = false;
    std::string at;      ///< date of the first moment; empty = as the recording says
    std::string against; ///< another configuration; empty = none
};
/// The core on a recording, without broker and bus, as fast as it goes. `against`: prints where two
/// configurations differ, instead of what one of them makes of it.
int replayCommand(const ReplayOptions& options);

/// How long a look at a broker may take; it ends when all has been seen (live_look.hpp). A full
/// publish in three tries, a second for each battery to settle, and a broker that is far away.
inline constexpr double kLookAtMost_s = 20.0;

struct CheckOptions {
    std::string file;
    bool isLive = false;            ///< also beside what the brokers show …
    double seconds = kLookAtMost_s; ///< … for this long at most
};
/// Says all that is wrong with a configuration file, or that nothing is.
int checkCommand(const CheckOptions& options);

/// Another program, whose configuration becomes one of ours.
enum class Peer : unsigned char { Dab, Bag, Wvb };

struct MigrateOptions {
    Peer peer = Peer::Dab;
    std::string source; ///< its folder or file; empty = where it lives on a GX
    std::string out;    ///< folder for what is written; empty = standard output
    bool mayReplace = false;
};
/// Translates, and says what was taken over, what behaves differently, what has no counterpart.
/// Throws std::runtime_error for what cannot be read or written.
int migrateCommand(const MigrateOptions& options);

struct DoctorOptions {
    std::string config; ///< file; empty = the default places
    double seconds = kLookAtMost_s;
};
/// Walks the way from this machine to the batteries and back to the chargers; kFailed if a link
/// does not hold. Publishes nothing.
int doctorCommand(const DoctorOptions& options);

struct DiscoverOptions {
    std::string url = "mqtt://127.0.0.1:1883"; ///< of the broker
    std::string user;
    std::string passwordFile;
    std::string fingerprint; ///< of its certificate
    std::string topicPrefix;
    std::string file; ///< where a configuration to begin with is written; empty = nowhere
    bool json = false;
    double seconds = kLookAtMost_s; ///< for each look: one, and a second where GX devices are many
};
/// What GX devices are at a broker, their batteries, and what Busbar would make of them. kFailed if
/// no battery is found, or the file cannot be written. Publishes nothing.
int discoverCommand(const DiscoverOptions& options);

struct CompareOptions {
    std::string config; ///< file; empty = the default places
    std::string site;   ///< its name; empty = the first
    std::string bank;   ///< id; empty = the first
    std::string with;   ///< selector of the other service, or "gx"; empty = the only aggregate
    std::string report; ///< file: JSON or a page by how it ends, else text; empty = none
    double hours = 0.0; ///< 0 = until a signal
};
/// Runs beside another service for the same bank, publishes nothing, and says where both agree.
int compareCommand(const CompareOptions& options);

enum class ConfigOutput : unsigned char { Effective, Schema, Options, Topics };
int configCommand(ConfigOutput output, const std::string& file);

struct SimulateOptions {
    std::string recording; ///< file; empty = a simulated bank
    BankOptions bank;
    std::string url;
    std::optional<double> speed; ///< nothing = real time
    double seconds = 0.0;
    std::string bus; ///< where the controlling battery is; empty = the bank follows a plain rule
    std::string service = "com.victronenergy.battery.busbar"; ///< … and its name
};
/// Is a GX on a broker: plays a recording, or a simulated bank, which follows the limits of a
/// battery on a bus. A bank says on standard output what it did.
int simulateCommand(const SimulateOptions& options);

struct ClosedLoopCommand {
    bool isWanted = false; ///< instead of a GX on a broker
    BankOptions bank;
    int days = 1;
    std::string config;       ///< of whose first bank the settings are taken; empty = defaults
    std::string report = "-"; ///< file, "-" = standard output
    bool json = false;        ///< also without a file that ends with .json
};
/// A simulated bank and the core in this process, as fast as it goes; prints a report.
int closedLoopCommand(const ClosedLoopCommand& command);

struct DemoOptions {
    bool isRecorded = false; ///< plays a recording, which follows no limits, instead of a bank
    std::string recording;   ///< empty = the one that comes with the program
    std::string calledAs;    ///< argument 0 of this program
    std::uint64_t seed = kDemoSeed;            ///< of the bank
    std::optional<sim::StringsSpec> strings{}; ///< of the bank; nothing = four packs
    double seconds = 0.0;
    std::optional<double> speed; ///< nothing = kDemoSpeed for a bank, real time for a recording

    /// With this one the limits change hands and peak control begins within the first minute.
    static constexpr std::uint64_t kDemoSeed = 3;
    static constexpr double kDemoSpeed = 10.0;
};
/// A whole system on this machine: broker, bus, simulated GX, Busbar, live view.
int demoCommand(const DemoOptions& options);

/// Reads the file, or the first default place that has one, or takes the defaults; prints what is
/// wrong to standard error. Nothing if there are errors.
[[nodiscard]] std::optional<config::Config> loadConfig(const std::string& file);
/// The same for what is going to run with it: an error also if this machine's MQTT library does not
/// do what it asks for (`mqtt::libraryError`).
[[nodiscard]] std::optional<config::Config> loadToRun(const std::string& file);
/// Without looking for the file, and without printing. `file` empty = the defaults.
[[nodiscard]] config::ReadResult readToRun(const std::string& file);
/// With the errors of this machine's MQTT library, of what somebody has read.
[[nodiscard]] config::ReadResult judgedToRun(config::ReadResult result);
/// The file that `loadConfig` would read; empty = none, defaults.
[[nodiscard]] std::string configFile(const std::string& wanted);
/// Where the bank with this id stands in its site; the first for an empty id. Throws
/// std::runtime_error if there is none.
[[nodiscard]] std::size_t bankIndex(const config::Config& site, const std::string& id);
/// Where the site of this name stands among `sites`. Throws std::runtime_error if there is none.
[[nodiscard]] std::size_t siteIndex(const std::vector<config::Config>& sites,
                                    const std::string& name);
/// Environment variables that may hold options.
[[nodiscard]] config::Environment configEnvironment();

} // namespace busbar
