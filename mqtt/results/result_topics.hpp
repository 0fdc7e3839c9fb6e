// SPDX-License-Identifier: MIT
// Names of the topics below `<base>/<site>`, and the payloads that say online and offline.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace busbar::mqtt {

inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

/// What follows the root of our own topics.
inline constexpr auto kResultLevels =
    std::to_array<std::string_view>({"status", "event", "health", "bank", "battery", "set"});

/// Last level of the topic at which a writable battery takes its values (write_message.hpp).
inline constexpr std::string_view kValuesLevel = "values";

/// `root` is "<base>/<site>", without a slash at its end. Ids of banks and batteries are
/// [A-Za-z0-9_], so no topic can be broken by one.
struct ResultTopics {
    std::string root;

    [[nodiscard]] std::string status() const { return root + "/status"; }
    [[nodiscard]] std::string event() const { return root + "/event"; }
    [[nodiscard]] std::string health() const { return root + "/health"; }
    [[nodiscard]] std::string bankState(std::string_view bank) const {
        return below("/bank/", bank, "/state");
    }
    [[nodiscard]] std::string batteryState(std::string_view id) const {
        return below("/battery/", id, "/state");
    }
    [[nodiscard]] std::string batteryStatus(std::string_view id) const {
        return below("/battery/", id, "/status");
    }
    /// Commands; `what` is the word of a control (core/table/control_table.hpp).
    [[nodiscard]] std::string setBank(std::string_view bank, std::string_view what) const {
        return below("/set/bank/", bank, "/").append(what);
    }
    [[nodiscard]] std::string setBattery(std::string_view id, std::string_view what) const {
        return below("/set/battery/", id, "/").append(what);
    }
    /// Values of a writable battery: one object, or below it a topic per path.
    [[nodiscard]] std::string setValues(std::string_view id) const {
        return setBattery(id, kValuesLevel);
    }

private:
    [[nodiscard]] std::string below(std::string_view group, std::string_view id,
                                    std::string_view last) const {
        return std::string(root).append(group).append(id).append(last);
    }
};

} // namespace busbar::mqtt
