// SPDX-License-Identifier: MIT
// Return codes of CONNACK.
#include "mqtt/session/reason.hpp"

#include <array>
#include <string_view>

namespace busbar::mqtt {
namespace {

/// Index = return code.
constexpr std::array<std::string_view, 6> kRefusals{
    "",
    "the broker does not speak MQTT 3.1.1",
    "client id refused",
    "the broker says that it is not available",
    "user or password refused",
    "user or password refused",
};

} // namespace

std::string refusalReason(int returnCode) {
    const bool isKnown = returnCode > 0 && returnCode < static_cast<int>(kRefusals.size());
    return isKnown ? std::string(kRefusals.at(static_cast<std::size_t>(returnCode)))
                   : std::string();
}

} // namespace busbar::mqtt
