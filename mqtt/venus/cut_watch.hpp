// SPDX-License-Identifier: MIT
// Which message cannot wait until others have gathered: one that may cut a limit, or that is no
// value of a GX but somebody's wish.
#pragma once

#include "core/value.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Looks at each message where it arrives, on the MQTT library's thread, so it has to be cheap:
/// most are told from their topic. Who is a member is not known here: a cut of anybody counts.
class CutWatch {
public:
    /// True if this message is worse news (`isCut` in core/urgency.hpp) than the one before on its
    /// topic, says that a service has left, or cannot be compared; and on topics that are not a
    /// GX's (`N/…`, also below a prefix) or a command's (`…/set`, `…/set/…`): these come on the
    /// same sessions. Any topic, any payload.
    [[nodiscard]] bool isPressing(std::string_view topic, std::string_view payload);

private:
    /// Above any GX (64 batteries with each 50 such paths); a topic beyond is always pressing.
    static constexpr std::size_t kMostTopics = 10000;

    std::map<std::string, Value, std::less<>> last_; ///< by topic, of paths that may cut
};

} // namespace busbar::mqtt
