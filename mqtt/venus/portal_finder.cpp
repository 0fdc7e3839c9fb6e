// SPDX-License-Identifier: MIT
// Collects ids for a while, then decides.
#include "mqtt/venus/portal_finder.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

constexpr auto kCollectIds = 1500ms;  // retained topics of several GX arrive within one round trip
constexpr auto kPortalPatience = 10s; // then say that there is none
constexpr std::size_t kMostIds = 100; // of a broker with more, nobody needs a longer list

} // namespace

/// Published in the layout of a GX, but none (venus_output.hpp): another Busbar's, or our own.
bool PortalFinder::isOfBusbar(std::string_view id) const {
    return id.starts_with("busbar-") || id == bridge_.settings.ownPortalId;
}

void PortalFinder::start(const Now& now) {
    idsSeen_.clear();
    saidNoPortal_ = false;
    decideAt_ = now.steady + kPortalPatience;
    bridge_.port.subscribe({bridge_.settings.topicPrefix + "N/+/system/0/Serial"});
}

void PortalFinder::message(std::string_view topic, std::string_view payload, const Now& now) {
    const auto id = portalIdOf(topic, bridge_.settings.topicPrefix);
    if (id && !payload.empty() && !isOfBusbar(*id) && idsSeen_.size() < kMostIds &&
        idsSeen_.insert(std::string(*id)).second)
        decideAt_ = std::min(decideAt_, now.steady + kCollectIds);
}

std::optional<std::string> PortalFinder::decide(const Now& now) {
    if (now.steady < decideAt_)
        return std::nullopt;
    decideAt_ = now.steady + kPortalPatience;
    if (idsSeen_.size() == 1)
        return *idsSeen_.begin();
    if (!std::exchange(saidNoPortal_, true))
        sayUndecided();
    return std::nullopt;
}

void PortalFinder::sayUndecided() {
    if (idsSeen_.empty()) {
        bridge_.say(true, "portal_id_not_found: no topic " + bridge_.settings.topicPrefix +
                              "N/<portal id>/system/0/Serial on this broker; is it a GX's, with "
                              "MQTT switched on? Else set gx.portal_id");
        return;
    }
    std::string list;
    for (const std::string& id : idsSeen_)
        list += (list.empty() ? "" : ", ") + id;
    bridge_.say(true, "portal_id_ambiguous: this broker carries several GX devices: " + list +
                          "; set gx.portal_id to one of them");
}

} // namespace busbar::mqtt
