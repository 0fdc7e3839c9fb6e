// SPDX-License-Identifier: MIT
// Where the configuration comes from.
#include "app/commands.hpp"
#include "base/write_at_once.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

extern char**
    environ; // NOLINT(readability-redundant-declaration): POSIX leaves the declaration to us

namespace busbar {

namespace {

constexpr std::array kDefaultPlaces = {"/data/conf/busbar/busbar.json", "/etc/busbar/busbar.json"};

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

std::size_t bankIndex(const config::Config& config, const std::string& id) {
    if (id.empty())
        return 0;
    const auto found =
        std::ranges::find(config.banks, id, [](const auto& bank) { return bank.bank.id; });
    if (found == config.banks.end())
        throw std::runtime_error("the configuration has no bank \"" + id + "\"");
    return static_cast<std::size_t>(found - config.banks.begin());
}

std::optional<config::Config> loadConfig(const std::string& file) {
    const std::string name = configFile(file);
    const config::ReadResult result = name.empty()
                                          ? config::readConfig("{}", configEnvironment())
                                          : config::readConfigFile(name, configEnvironment());
    const std::string issues =
        config::formatIssues(name.empty() ? "(environment)" : name, result.issues);
    writeAtOnce(STDERR_FILENO, issues);
    if (name.empty())
        writeAtOnce(STDERR_FILENO, "no configuration file: using the defaults (every battery of "
                                   "the GX on this machine)\n");
    return result.config;
}

} // namespace busbar
