// SPDX-License-Identifier: MIT
// Any bytes as the payload of an N, W or R topic: never a number that is not finite, never text
// that is not there.
#include "fuzz/target.hpp"
#include "mqtt/venus/payload.hpp"
#include "mqtt/venus/venus_json.hpp"

#include <cmath>
#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void requireSound(const busbar::Value& value) {
    const auto number = value.number();
    require(!number || std::isfinite(*number));
}

/// What we publish is read back as what it was.
void requireReadBack(const busbar::Value& value) {
    std::string json = "{\"value\":";
    busbar::mqtt::appendJsonValue(json, value, busbar::WireType::Double);
    json += '}';
    const auto again = busbar::mqtt::parsePayload(json);
    require(again.kind == busbar::mqtt::PayloadKind::Value && again.value == value);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto payload = busbar::mqtt::parsePayload(bytes);
    requireSound(payload.value);
    require((payload.kind == busbar::mqtt::PayloadKind::Gone) == bytes.empty());
    require(payload.kind == busbar::mqtt::PayloadKind::Value || !payload.value.isKnown());
    if (payload.kind == busbar::mqtt::PayloadKind::Value)
        requireReadBack(payload.value);
    require(busbar::mqtt::parseEcho(bytes).size() <= size);
    const auto written = busbar::mqtt::parseWrite(bytes);
    if (written && written->value)
        requireSound(*written->value);
    const auto echo = busbar::mqtt::keepaliveEcho(bytes);
    require(!echo || echo->size() <= size);
    return 0;
}
