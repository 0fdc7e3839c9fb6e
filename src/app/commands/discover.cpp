// SPDX-License-Identifier: MIT
// `busbar discover`: what GX devices are at a broker, and what Busbar would make of each.
#include "app/commands/commands.hpp"
#include "app/commands/discovery.hpp"
#include "app/commands/live_look.hpp"
#include "app/commands/new_file.hpp"
#include "app/commands/starter_config.hpp"
#include "base/log.hpp"
#include "config/issue.hpp"
#include "mqtt/session/tls_pin.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

namespace {

StarterGx gxOf(const DiscoverOptions& options) {
    return {.url = options.url,
            .user = options.user,
            .passwordFile = options.passwordFile,
            // "sha256 Fingerprint=AB:CD…", as openssl prints it
            .fingerprint =
                mqtt::normalFingerprint(options.fingerprint).value_or(options.fingerprint),
            .topicPrefix = options.topicPrefix};
}

/// Which option of the command gives an option of the configuration.
constexpr auto kGiven = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"gx.url", "--url"},
    {"gx.user", "--user"},
    {"gx.password_file", "--password-file"},
    {"gx.tls.fingerprint", "--fingerprint"},
    {"gx.topic_prefix", "--prefix"},
});

/// Nobody has seen the text that the options were put into: a place in it says nothing.
std::string asTyped(const std::vector<config::Issue>& issues) {
    std::string lines;
    for (const config::Issue& issue : issues) {
        const auto* const given = std::ranges::find_if(
            kGiven, [&issue](const auto& row) { return row.first == issue.path; });
        lines += "busbar: ";
        lines += given == kGiven.end() ? issue.path : given->second;
        lines += ": " + issue.message + "\n";
    }
    return lines;
}

/// The defaults, for one GX or several. An empty list: the one GX that is to be found.
std::optional<config::Config> configFor(const DiscoverOptions& options,
                                        const std::set<std::string>& portals) {
    std::vector<Discovery> wanted;
    wanted.reserve(portals.size() + 1);
    for (const std::string& portal : portals)
        wanted.push_back({.portalId = portal, .isComplete = true});
    if (wanted.empty())
        wanted.push_back({.isComplete = true});
    const config::ReadResult result =
        config::readConfig(starterConfig(gxOf(options), wanted, WallTime{}));
    std::fputs(asTyped(result.issues).c_str(), stderr);
    return result.config;
}

/// All GX devices, at one moment.
struct SeenAll {
    std::vector<Discovery> all{};
    WallTime when{};
};

/// Nothing if it came to no end.
std::optional<SeenAll> lookWith(const config::Config& config, double most_s) {
    SeenAll seen;
    App app(config, lookOptions(most_s, [&seen](App& running) {
                seen.when = running.now().wall;
                for (const auto& site : running.sites())
                    seen.all.push_back(discoveryOf(*site, running.now()));
            }));
    return app.run() == kDone ? std::optional(std::move(seen)) : std::nullopt;
}

/// Those beyond what one program reads are named only.
std::set<std::string> firstOf(const std::set<std::string>& portals) {
    std::set<std::string> first;
    for (const std::string& portal : portals)
        if (first.size() < config::kMaxSites)
            first.insert(portal);
    return first;
}

std::optional<SeenAll> lookAtAll(const DiscoverOptions& options, const config::Config& config) {
    auto first = lookWith(config, options.seconds);
    if (!first || first->all.front().portalsSeen.size() < 2 || !first->all.front().portalId.empty())
        return first;
    const std::set<std::string> seen = first->all.front().portalsSeen;
    if (seen.size() > config::kMaxSites)
        std::fprintf(stderr, "busbar: %zu GX devices are there; the first %zu are read\n",
                     seen.size(), config::kMaxSites);
    const auto several = configFor(options, firstOf(seen));
    return several ? lookWith(*several, options.seconds) : std::nullopt;
}

void printFound(const DiscoverOptions& options, const std::vector<Discovery>& all) {
    std::string text;
    if (options.json)
        text = discoveriesJson(options.url, all);
    for (const Discovery& one : all)
        if (!options.json)
            text += (text.empty() ? "" : "\n") + discoveryText(one);
    std::fputs(text.c_str(), stdout);
}

int writeStarter(const DiscoverOptions& options, const SeenAll& seen) {
    const auto isThere = std::ranges::any_of(seen.all, &Discovery::isComplete);
    const std::string text = isThere ? starterConfig(gxOf(options), seen.all, seen.when) : "";
    const std::string why =
        isThere ? writeNewFile(options.file, text) : "no GX was read, so nothing is written";
    if (!why.empty()) {
        std::fprintf(stderr, "busbar: %s\n", why.c_str());
        return kFailed;
    }
    std::fprintf(stderr, "busbar: wrote %s; look at it, then: busbar check --live %s\n",
                 options.file.c_str(), options.file.c_str());
    return kDone;
}

} // namespace

int discoverCommand(const DiscoverOptions& options) {
    log::start("error");
    const auto config = configFor(options, {});
    if (!config)
        return kBadUsage;
    const auto seen = lookAtAll(options, *config);
    if (!seen)
        return kFailed;
    printFound(options, seen->all);
    if (!options.file.empty())
        if (const int code = writeStarter(options, *seen); code != kDone)
            return code;
    const bool isFound = std::ranges::any_of(
        seen->all, [](const Discovery& one) { return one.isComplete && !one.batteries.empty(); });
    return isFound ? kDone : kFailed;
}

} // namespace busbar
