// SPDX-License-Identifier: MIT
// Where the configuration comes from.
#include "app/commands/commands.hpp"
#include "base/file.hpp"
#include "base/log_place.hpp"
#include "base/write_at_once.hpp"
#include "mqtt/session/client.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <utility>

extern char**
    environ; // NOLINT(readability-redundant-declaration): POSIX leaves the declaration to us

namespace busbar {

namespace {

constexpr std::array kDefaultPlaces = {"/data/conf/busbar/busbar.json", "/etc/busbar/busbar.json"};

/// A word that stands in the files of one other program only.
struct PeerMark {
    std::string_view word;
    std::string_view peer; ///< of `busbar migrate`
    std::string_view name;
};
constexpr auto kPeerMarks = std::to_array<PeerMark>({
    {"NR_OF_BATTERIES", "dab", "dbus-aggregate-batteries"},
    {"OWN_CHARGE_PARAMETERS", "dab", "dbus-aggregate-batteries"},
    {"\"excludedServices\"", "bag", "BatteryAggregator"},
    {"\"primaryServices\"", "bag", "BatteryAggregator"},
    {"\"auxiliaryServices\"", "bag", "BatteryAggregator"},
    {"\"virtualBatteries\"", "bag", "BatteryAggregator"},
    {"\"currentRatioMethod\"", "bag", "BatteryAggregator"},
    {"\"cclMode\"", "bag", "BatteryAggregator"},
    {"\"cvlMode\"", "bag", "BatteryAggregator"},
});
/// Of the file that is looked at; those of other programs have a few kB.
constexpr std::size_t kLargestPeerFile = std::size_t{1} << 20U;

/// What to type where somebody hands over the file of another program; empty = it is none.
std::string peerHint(const std::string& file) {
    std::string error;
    const auto text = readWholeFile(file, kLargestPeerFile, error);
    const auto* const mark = std::ranges::find_if(kPeerMarks, [&text](const PeerMark& each) {
        return text && text->find(each.word) != std::string::npos;
    });
    if (mark == kPeerMarks.end())
        return {};
    return "this seems to be a file of " + std::string(mark->name) + ", of which `busbar migrate " +
           std::string(mark->peer) + " " + config::printable(file) +
           "` makes a configuration of Busbar";
}

config::ReadResult readFrom(const std::string& file) {
    if (file.empty())
        return config::readConfig("{}", configEnvironment());
    config::ReadResult result = config::readConfigFile(file, configEnvironment());
    if (!result.config)
        if (std::string hint = peerHint(file); !hint.empty())
            result.issues.insert(result.issues.begin(),
                                 {.at = {}, .path = {}, .message = std::move(hint)});
    return result;
}

/// Puts down what this machine's MQTT library cannot do.
void addLibraryError(config::ReadResult& result, const std::string& option,
                     const std::string& url) {
    if (const auto error = mqtt::libraryError(url); !error.empty())
        result.issues.push_back({.at = {}, .path = {}, .message = option + ": " + error});
}

/// In systemd's journal what is wrong is an error, and not lost among what is said all day.
std::string asErrors(const std::string& issues) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody in this process sets variables
    if (logPlace(STDERR_FILENO, std::getenv("JOURNAL_STREAM"), nullptr) != LogPlace::Journal)
        return issues;
    std::string lines;
    for (std::size_t start = 0; start < issues.size();) {
        const std::size_t end = std::min(issues.find('\n', start), issues.size());
        lines += "<3>" + issues.substr(start, end - start) + "\n";
        start = end + 1;
    }
    return lines;
}

std::optional<config::Config> printed(const std::string& file, config::ReadResult result) {
    const std::string issues =
        config::formatIssues(file.empty() ? "(environment)" : file, result.issues);
    writeAtOnce(STDERR_FILENO, asErrors(issues));
    if (file.empty())
        writeAtOnce(STDERR_FILENO, "no configuration file: using the defaults (every battery of "
                                   "the GX on this machine)\n");
    return std::move(result.config);
}

} // namespace

config::Environment configEnvironment() {
    config::Environment result;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (text.starts_with("BUSBAR_") && equals != std::string_view::npos)
            result.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return result;
}

std::string configFile(const std::string& wanted) {
    if (!wanted.empty())
        return wanted;
    for (const char* place : kDefaultPlaces)
        if (::access(place, F_OK) == 0)
            return place;
    return {};
}

std::size_t bankIndex(const config::Config& site, const std::string& id) {
    if (id.empty())
        return 0;
    const auto found =
        std::ranges::find(site.banks, id, [](const auto& bank) { return bank.bank.id; });
    if (found == site.banks.end())
        throw std::runtime_error("the configuration has no bank \"" + id + "\"");
    return static_cast<std::size_t>(found - site.banks.begin());
}

std::size_t siteIndex(const std::vector<config::Config>& sites, const std::string& name) {
    const auto found = std::ranges::find(sites, name, &config::Config::site);
    if (found == sites.end())
        throw std::runtime_error("the configuration has no site \"" + name + "\"");
    return static_cast<std::size_t>(found - sites.begin());
}

std::optional<config::Config> loadConfig(const std::string& file) {
    const std::string name = configFile(file);
    return printed(name, readFrom(name));
}

config::ReadResult readToRun(const std::string& file) {
    return judgedToRun(readFrom(file));
}

config::ReadResult judgedToRun(config::ReadResult result) {
    if (!result.config)
        return result;
    const std::size_t before = result.issues.size();
    const std::vector<config::Config> sites = sitesOf(*result.config);
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const std::string head = sites.size() > 1 ? "sites[" + std::to_string(i) + "]." : "";
        if (!sites[i].gx.vrm) // else the address is Victron's
            addLibraryError(result, head + "gx.url", sites[i].gx.broker.url);
        addLibraryError(result, head + "mqtt.url", sites[i].output.broker.url);
    }
    if (result.issues.size() > before)
        result.config.reset();
    return result;
}

std::optional<config::Config> loadToRun(const std::string& file) {
    const std::string name = configFile(file);
    return printed(name, readToRun(name));
}

} // namespace busbar
