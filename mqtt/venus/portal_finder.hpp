// SPDX-License-Identifier: MIT
// Finds the portal id of the one GX on a broker.
#pragma once

#include "core/now.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// By the one message that a GX has retained. Several ids = nobody decides but the owner.
class PortalFinder {
public:
    explicit PortalFinder(VenusBridge& bridge) : bridge_(bridge) {}

    /// A session began.
    void start(const Now& now);
    void message(std::string_view topic, std::string_view payload, const Now& now);
    /// The id, when it is sure; else says after a while why not. At least once a second.
    [[nodiscard]] std::optional<std::string> decide(const Now& now);
    /// Ids of GX devices that have shown themselves in this session.
    [[nodiscard]] const std::set<std::string>& seen() const { return idsSeen_; }

private:
    [[nodiscard]] bool isOfBusbar(std::string_view id) const;
    void sayUndecided();

    VenusBridge& bridge_;
    std::set<std::string> idsSeen_;
    SteadyTime decideAt_{};
    bool saidNoPortal_{false};
};

} // namespace busbar::mqtt
