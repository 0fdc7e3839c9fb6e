// SPDX-License-Identifier: MIT
// What all parts of the reader of a GX share: where they ask, where values go, what they have to
// say.
#pragma once

#include "core/units/readings.hpp"
#include "documents/counters.hpp"
#include "mqtt/settings.hpp"
#include "mqtt/venus/topic.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::mqtt {

/// Whether a reader does without some messages.
enum class Leanness : std::uint8_t {
    Never,     ///< it shows or records all
    IfChosen,  ///< messages cost little
    ByDefault, ///< they cost much: Debian's MQTT library
};

/// What the source needs from a session, which keeps the order. All are fire and forget; false =
/// not (all) taken.
struct SourcePort {
    std::function<bool(const std::vector<std::string>& filters)> subscribe;
    std::function<bool(const std::vector<std::string>& filters)> unsubscribe;
    std::function<bool(const std::string& topic, const std::string& payload)> publish;
    /// Which falls of limits need not wake anybody; empty where nothing gathers.
    std::function<void(std::shared_ptr<const Slacks> slacks)> setSlacks{};
    Leanness leanness{Leanness::Never};
};

/// What the core leaves to the reading, by its last evaluation.
struct Leeway {
    std::set<int> calm{}; ///< on whose single cells nothing hangs (core/cycle/calm_cells.hpp)
    std::shared_ptr<const Slacks> slacks{}; ///< how far limits may fall unheard for a second
};

/// Something for the log.
struct Notice {
    bool isProblem{false};
    std::string text;
};

using documents::SourceCounters;

/// One GX's MQTT bridge, as far as it is known.
struct VenusBridge {
    GxSettings settings;
    Readings& readings;
    SourcePort port;
    SourceNeeds needs{}; ///< of the GX, beside its batteries
    std::string portalId{};
    std::string base{}; ///< prefix + "N/<id>/"
    SourceCounters counters{};
    std::vector<Notice> notices{};

    [[nodiscard]] bool isLean() const {
        return port.leanness != Leanness::Never &&
               (settings.reading == GxReading::Lean ||
                (settings.reading == GxReading::Auto && port.leanness == Leanness::ByDefault));
    }
    /// `<prefix><letter>/<portal id>/<tail>`
    [[nodiscard]] std::string topic(std::string_view letter, std::string_view tail) const {
        std::string text = settings.topicPrefix;
        text.append(letter).append("/").append(portalId).append("/").append(tail);
        return text;
    }
    /// Has a value, a sub-tree or a service ("battery/1/") published. False = not taken.
    bool read(std::string_view tail) const { return port.publish(topic("R", tail), ""); }
    void say(bool isProblem, std::string text) { notices.push_back({isProblem, std::move(text)}); }
};

/// Behind `N/<portal id>/`.
[[nodiscard]] inline std::string tailOf(const GxTopic& gxTopic) {
    return std::string(gxTopic.type) + "/0" + std::string(gxTopic.path);
}

} // namespace busbar::mqtt
