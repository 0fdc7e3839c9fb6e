// SPDX-License-Identifier: MIT
// Which option takes which topics, and the pairs that meet.
#include "config/topic_rules.hpp"

#include "config/brokers.hpp"
#include "mqtt/results/result_topics.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::config {

namespace {

/// All topics below `root` belong to one option, of one bank if it is one of those.
struct Place {
    std::size_t option{0};
    std::size_t bank{0};
    std::string root;       ///< ends with a slash, so that "a/b/" is not in "a/bc/"
    bool isReserved{false}; ///< meets layouts alone, which would bring topics of any name
    bool isLayout{false};   ///< that of a GX …
    std::string prefix{};   ///< … with this in front
    std::string broker{};   ///< brokers.hpp
};

/// Of the layout of a GX: what it says, what it is asked, what it is told.
constexpr std::string_view kLetters[] = {"N/", "R/", "W/"};

void addResults(const Config& config, std::vector<Place>& places) {
    if (!config.output.results.isEnabled)
        return;
    const std::string root = config.output.results.base + "/" + config.site + "/";
    places.push_back({.option = option("mqtt.base"), .root = root, .isReserved = true});
    for (const std::string_view level : mqtt::kResultLevels)
        places.push_back({.option = option("mqtt.base"), .root = root + std::string(level) + "/"});
}

void addHomeAssistant(const Config& config, std::vector<Place>& places) {
    if (!config.output.results.isEnabled || !config.output.homeAssistant.isEnabled)
        return;
    for (const std::string_view level : {"/status/", "/device/"})
        places.push_back({.option = option("homeassistant.prefix"),
                          .root = config.output.homeAssistant.prefix + std::string(level)});
}

/// An id that is not known yet may be any.
void addLayout(std::size_t option, const std::string& prefix, const std::string& id,
               std::vector<Place>& places) {
    for (const std::string_view letter : kLetters)
        places.push_back({.option = option,
                          .root = prefix + std::string(letter) + (id.empty() ? "" : id + "/"),
                          .isLayout = true,
                          .prefix = prefix});
}

void addVenus(const Config& config, std::vector<Place>& places) {
    const mqtt::VenusOutputSettings& venus = config.output.venus;
    if (venus.isEnabled)
        addLayout(option("venus.topic_prefix"), venus.topicPrefix,
                  venus.portalId.empty() ? "busbar-" + config.site : venus.portalId, places);
}

void addGx(const Config& config, std::vector<Place>& places) {
    const bool isAsked = config.gx.portalId == "auto";
    addLayout(option("gx.topic_prefix"), config.gx.topicPrefix, isAsked ? "" : config.gx.portalId,
              places);
}

void addDrivers(const Config& config, std::vector<Place>& places) {
    for (std::size_t bank = 0; bank < config.banks.size(); ++bank)
        if (const std::string& topic = config.banks[bank].driver.topic; !topic.empty())
            places.push_back(
                {.option = option("driver_json.topic"), .bank = bank, .root = topic + "/"});
}

/// What a configuration takes of topics.
std::vector<Place> placesOf(const Config& config) {
    std::vector<Place> places;
    addGx(config, places);
    for (Place& place : places)
        place.broker = readingPlace(config.gx);
    addResults(config, places);
    addHomeAssistant(config, places);
    addVenus(config, places);
    addDrivers(config, places);
    for (Place& place : places)
        if (place.broker.empty())
            place.broker = outputPlace(config.gx, config.output);
    return places;
}

bool hasFewerLetters(const std::string& a, const std::string& b) {
    return a.size() < b.size();
}

bool isBelow(const Place& a, const Place& b) {
    return a.root.starts_with(b.root) || b.root.starts_with(a.root);
}

/// Layouts under one prefix are told apart by their ids, which have a rule of their own.
bool areComparable(const Place& a, const Place& b) {
    const bool areLayouts = a.isLayout && b.isLayout && a.prefix == b.prefix;
    const bool isFree = (a.isReserved && !b.isLayout) || (b.isReserved && !a.isLayout);
    return a.broker == b.broker && !isFree && !areLayouts;
}

bool meet(const Place& a, const Place& b) {
    const bool isSameOption = a.option == b.option && a.bank == b.bank;
    return !isSameOption && areComparable(a, b) && isBelow(a, b);
}

/// Home Assistant is there for all. What two sites read has a rule of its own (site_rules.cpp).
bool meetAcross(const Place& a, const Place& b) {
    const bool isShared = a.option == b.option && (a.option == option("homeassistant.prefix") ||
                                                   a.option == option("gx.topic_prefix"));
    const bool isOneLayout = a.isLayout && b.isLayout && a.broker == b.broker && a.root == b.root;
    return !isShared && (isOneLayout || (areComparable(a, b) && isBelow(a, b)));
}

Issue issueOf(const Place& a, const Place& b, const std::vector<BankView>& views) {
    const std::string& deeper = a.root.size() < b.root.size() ? b.root : a.root;
    const std::string message =
        std::string(kOptions.at(a.option).key) + " and " +
        (a.option == b.option ? "that of another bank" : std::string(kOptions.at(b.option).key)) +
        " meet at " + deeper.substr(0, deeper.size() - 1) +
        ": one would overwrite or swallow topics of the other; give one of them another place";
    for (const Place& place : {b, a})
        if (const Assignment* given = views.at(place.bank).given.at(place.option))
            return {Severity::Error, given->at, given->path, message};
    return {
        Severity::Error, {}, views.front().site + std::string(kOptions.at(a.option).key), message};
}

bool isRefused(const Place& place, const std::vector<BankView>& views) {
    const Assignment* given = views.at(place.bank).given.at(place.option);
    return given != nullptr && !given->value;
}

/// The first two places of two sites that meet; there is seldom a second pair.
std::optional<Issue> meetingOf(const SiteView& a, const SiteView& b) {
    const std::vector<Place> taken = placesOf(a.config);
    for (const Place& place : placesOf(b.config)) {
        const auto other = std::ranges::find_if(
            taken, [&place](const Place& one) { return meetAcross(one, place); });
        if (other == taken.end() || isRefused(*other, a.banks) || isRefused(place, b.banks))
            continue;
        const std::string& deeper = std::max(place.root, other->root, hasFewerLetters);
        return issueAt(b, place.option,
                       "meets " + optionOf(a, other->option, other->bank) + " at " +
                           deeper.substr(0, deeper.size() - 1) +
                           ": one would overwrite or swallow topics of the other; give one of "
                           "them another place",
                       place.bank);
    }
    return std::nullopt;
}

} // namespace

void checkTopics(const Config& config, const std::vector<BankView>& views,
                 std::vector<Issue>& issues) {
    std::vector<Place> places = placesOf(config);
    std::erase_if(places, [&](const Place& place) { return isRefused(place, views); });
    std::vector<std::pair<Place, Place>> said; // each pair of options once
    for (auto second = places.begin(); second != places.end(); ++second)
        for (auto first = places.begin(); first != second; ++first) {
            const auto isSame = [&](const std::pair<Place, Place>& pair) {
                return pair.first.option == first->option && pair.first.bank == first->bank &&
                       pair.second.option == second->option && pair.second.bank == second->bank;
            };
            if (!meet(*first, *second) || std::ranges::any_of(said, isSame))
                continue;
            said.emplace_back(*first, *second);
            issues.push_back(issueOf(*first, *second, views));
        }
}

void checkTopicsOfSites(const std::vector<SiteView>& sites, std::vector<Issue>& issues) {
    for (std::size_t second = 1; second < sites.size(); ++second)
        for (std::size_t first = 0; first < second; ++first)
            if (auto issue = meetingOf(sites[first], sites[second]))
                issues.push_back(std::move(*issue));
}

} // namespace busbar::config
