// SPDX-License-Identifier: MIT
// Where a site publishes on MQTT, and what of it stays behind when it publishes elsewhere.
#pragma once

#include "app/kept/state.hpp"
#include "mqtt/results/left_topics.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// Of all places that a site has left: what 16 batteries and their devices have, a hundred times.
inline constexpr std::size_t kMostLeftTopics = 4096;

/// Of a configuration of one site. Nothing where no broker takes anything (VRM alone).
[[nodiscard]] PublishedPlace placeOf(const config::Config& site);

/// All that an earlier run may have left retained at `place`, the status of the site last.
/// Batteries, banks and devices are those that `state` remembers.
[[nodiscard]] std::vector<std::string> topicsAt(const PublishedPlace& place, const State& state);

/// A topic that Busbar makes at that place for that site, and nobody else.
[[nodiscard]] bool isOfPlace(std::string_view topic, const mqtt::LeftTopics& left);

/// A state file before 0.4 does not say where its site has published: there, but under its name of
/// then.
[[nodiscard]] PublishedPlace placeUnderName(PublishedPlace place, const std::string& site);

/// Nobody speaks to that broker any more.
void sayLeftBehind(const mqtt::LeftTopics& left);

/// The site publishes at `now` from here on: what lies elsewhere moves to `state.left`, and what is
/// published here again leaves it. Returns what is on brokers that it does not speak to any more;
/// that is forgotten.
[[nodiscard]] std::vector<mqtt::LeftTopics> moveTo(State& state, const PublishedPlace& now,
                                                   const std::string& site);

} // namespace busbar
