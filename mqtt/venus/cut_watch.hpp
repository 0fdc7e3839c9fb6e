// SPDX-License-Identifier: MIT
// Which message cannot wait until others have gathered: one that may cut a limit, or that is no
// value of a GX but somebody's wish.
#pragma once

#include "mqtt/venus/topic.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace busbar {
struct Slacks;
} // namespace busbar

namespace busbar::mqtt {

/// Looks at each message where it arrives, on the MQTT library's thread, so it has to be cheap:
/// most are told from their topic, and what repeats itself from its bytes.
class CutWatch {
public:
    /// True if this message is worse news (`isCut` in core/urgency.hpp) than the one before on its
    /// topic, says that a service has left, or cannot be compared; and on topics that are not a
    /// GX's (`N/…`, also below a prefix) or a command's (`…/set`, `…/set/…`): these come on the
    /// same sessions. Not of a limit that may fall so far (`setSlacks`). Any topic, any payload.
    /// The MQTT library's thread only.
    [[nodiscard]] bool isPressing(std::string_view topic, std::string_view payload);

    /// How far limits may fall before anybody has to hear (core/slack.hpp), of the batteries of the
    /// one GX that this session reads; who is not in it, or has no slack, cuts with each fall. Any
    /// thread; replaces what was known.
    void setSlacks(std::shared_ptr<const Slacks> slacks);

private:
    /// Transparent, so that a look-up copies no topic.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    void noteCurrent(int instance, std::string_view payload);
    [[nodiscard]] bool isNews(const ServicePath& battery, std::string_view topic,
                              std::string_view payload);
    [[nodiscard]] std::shared_ptr<const Slacks> slacks();
    [[nodiscard]] std::string_view currentOf(int instance) const;

    /// Payloads by topic, of paths that may cut.
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> last_;
    std::unordered_map<int, std::string> currents_; ///< their last payloads, by instance

    std::mutex mutex_;
    std::shared_ptr<const Slacks> slacks_; ///< under the mutex; null: nobody has any
};

} // namespace busbar::mqtt
