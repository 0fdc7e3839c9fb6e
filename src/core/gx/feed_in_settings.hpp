// SPDX-License-Identifier: MIT
// The owner's wishes for feed_in.hpp.
#pragma once

namespace busbar {

/// DC-coupled feed-in is switched off while the CCL would have no effect (feed_in.hpp).
struct FeedInSettings {
    bool mayWrite = false; ///< the owner allows Busbar to change the GX's setting
};

} // namespace busbar
