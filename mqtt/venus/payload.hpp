// SPDX-License-Identifier: MIT
// The payload of an N topic: {"value":X}, null, or nothing at all.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace busbar::mqtt {

enum class PayloadKind : std::uint8_t {
    Value,     ///< number, boolean (as 0/1), text, or null (unknown value)
    Gone,      ///< zero bytes: the service has left the GX's bus
    Other,     ///< an array or object: valid, but no value of a battery path
    Malformed, ///< not the shape below, a number beyond double, bad UTF-8, over 64 KiB
};

struct Payload {
    PayloadKind kind{PayloadKind::Malformed};
    Value value;
    bool isBoolean{false}; ///< it was true or false, which is no measured value
};

/// Shape: `{"value":X}` with optional `"min"` and `"max"`, in any order, other keys ignored. X as
/// the bridge sends it: integer, double (`13.0`, `1e-05`), true/false, text, null, array, object.
/// Anything that is not a finite number, a text or null leaves the value unknown.
[[nodiscard]] Payload parsePayload(std::string_view payload);

/// The same for `full_publish_completed`: its echo word, or an empty text if there is none.
[[nodiscard]] std::string parseEcho(std::string_view payload);

} // namespace busbar::mqtt
