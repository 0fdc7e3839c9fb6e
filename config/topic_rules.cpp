// SPDX-License-Identifier: MIT
// Which option takes which topics, and the pairs that meet.
#include "config/topic_rules.hpp"

#include "mqtt/results/result_topics.hpp"

#include <algorithm>
#include <cstddef>
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
    bool isLayout{false};   ///< that of a GX
    bool isReserved{false}; ///< meets layouts alone, which would bring topics of any name
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
                          .isLayout = true});
}

void addVenus(const Config& config, std::vector<Place>& places) {
    const mqtt::VenusOutputSettings& venus = config.output.venus;
    if (venus.isEnabled)
        addLayout(option("venus.topic_prefix"), venus.topicPrefix,
                  venus.portalId.empty() ? "busbar-" + config.site : venus.portalId, places);
}

void addGx(const Config& config, std::vector<Place>& places) {
    if (!config.output.broker.url.empty())
        return;
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

/// Layouts under one prefix are told apart by their ids, which have a rule of their own.
bool areComparable(const Config& config, const Place& a, const Place& b) {
    const bool isSameOption = a.option == b.option && a.bank == b.bank;
    const bool areLayouts = a.isLayout && b.isLayout;
    const bool isOnePrefix = config.gx.topicPrefix == config.output.venus.topicPrefix;
    const bool isFree = (a.isReserved && !b.isLayout) || (b.isReserved && !a.isLayout);
    return !isSameOption && !isFree && !(areLayouts && isOnePrefix);
}

bool meet(const Config& config, const Place& a, const Place& b) {
    return areComparable(config, a, b) &&
           (a.root.starts_with(b.root) || b.root.starts_with(a.root));
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
    return {Severity::Error, {}, std::string(kOptions.at(a.option).key), message};
}

bool isRefused(const Place& place, const std::vector<BankView>& views) {
    const Assignment* given = views.at(place.bank).given.at(place.option);
    return given != nullptr && !given->value;
}

} // namespace

void checkTopics(const Config& config, const std::vector<BankView>& views,
                 std::vector<Issue>& issues) {
    std::vector<Place> places;
    addGx(config, places);
    addResults(config, places);
    addHomeAssistant(config, places);
    addVenus(config, places);
    addDrivers(config, places);
    std::erase_if(places, [&](const Place& place) { return isRefused(place, views); });
    std::vector<std::pair<Place, Place>> said; // each pair of options once
    for (auto second = places.begin(); second != places.end(); ++second)
        for (auto first = places.begin(); first != second; ++first) {
            const auto isSame = [&](const std::pair<Place, Place>& pair) {
                return pair.first.option == first->option && pair.first.bank == first->bank &&
                       pair.second.option == second->option && pair.second.bank == second->bank;
            };
            if (!meet(config, *first, *second) || std::ranges::any_of(said, isSame))
                continue;
            said.emplace_back(*first, *second);
            issues.push_back(issueOf(*first, *second, views));
        }
}

} // namespace busbar::config
