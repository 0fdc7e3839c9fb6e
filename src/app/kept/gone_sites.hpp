// SPDX-License-Identifier: MIT
// Sites that the configuration has no more, and what they have left on their brokers.
#pragma once

#include "mqtt/results/left_topics.hpp"

#include <string>
#include <vector>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// By the state files of earlier runs beside those of `sites`.
struct GoneSite {
    std::string folder;                 ///< of its state
    std::vector<mqtt::LeftTopics> left; ///< its own, and what it had still to take back
};

/// One entry per folder that has something to take back.
[[nodiscard]] std::vector<GoneSite> goneSites(const std::vector<config::Config>& sites);

/// Somebody else takes it back, or nobody can: the state file says no more that it is there.
void forgetLeft(const GoneSite& gone);

/// For each of `sites`, what it takes back for sites that are gone: each lot goes to the first that
/// speaks to its broker. A lot for which there is none is named in the log.
[[nodiscard]] std::vector<std::vector<mqtt::LeftTopics>>
handOver(const std::vector<GoneSite>& gone, const std::vector<config::Config>& sites);

} // namespace busbar
