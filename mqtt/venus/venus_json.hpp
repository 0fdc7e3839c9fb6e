// SPDX-License-Identifier: MIT
// JSON exactly as Victron's bridge writes it, and the payloads that it accepts from clients.
#pragma once

#include "core/table/quantity.hpp"
#include "core/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Appends a text with its quotes. UTF-8 stays raw; `"`, `\` and control characters below 0x20 are
/// escaped, `/` and DEL are not; bytes that are not UTF-8 become U+FFFD.
void appendJsonText(std::string& out, std::string_view text);

/// Appends a number. As double: the fewest digits that read back as the same number, always with
/// `.0` or an exponent (13.0, 0.00012345, 1e-05, 1e+15). As integer: without, if it is one. NaN and
/// infinities are null.
void appendJsonNumber(std::string& out, double number, WireType wire);

/// Appends whichever of the two fits, or null.
void appendJsonValue(std::string& out, const Value& value, WireType wire);

/// What a client wants to have written.
struct WrittenValue {
    std::string json;           ///< as the bridge would publish it back: 10, 3.0, "x", [1,2]
    std::optional<Value> value; ///< true and false as 1 and 0; nothing for a list with elements
};

/// Payload of a W topic, `{"value":X}`. Of several `value` the last counts, other keys and a byte
/// order mark do not matter. Nothing for everything that the bridge refuses: no object, no `value`,
/// text behind it, NaN, an object or a list of several types as X; and for more than 64 KiB. null
/// and [] give an unknown value.
[[nodiscard]] std::optional<WrittenValue> parseWrite(std::string_view payload);

/// Payload of a keepalive, `{"keepalive-options":[{"full-publish-completed-echo":"word"}]}`: the
/// last word, or nothing.
[[nodiscard]] std::optional<std::string> keepaliveEcho(std::string_view payload);

} // namespace busbar::mqtt
