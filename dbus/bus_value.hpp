// SPDX-License-Identifier: MIT
// Values as D-Bus has them: the core's Value to and from a variant.
#pragma once

#include "core/table/quantity.hpp"

#include <optional>
#include <string>
#include <string_view>

struct sd_bus_message;

namespace busbar::dbus {

/// The value as it may go on the bus: a number rounded to its quantity, text as valid UTF-8. What
/// does not fit its quantity (a text where numbers belong, NaN, infinity) is unknown: one string on
/// /Soc ends systemcalc. A number for a text becomes its text.
[[nodiscard]] Value forBus(Quantity quantity, const Value& value);

/// The text with every byte that is not part of valid UTF-8 replaced by '?', cut at the first NUL
/// and after 1000 bytes (never inside a character). dbus-daemon disconnects whoever sends anything
/// else.
[[nodiscard]] std::string validUtf8(std::string_view text);

/// Appends `v`: unknown = `ai` of no elements, measurements `d`, enums and counts `i` (`x` if too
/// large), text `s`. `value` comes from forBus. Throws std::system_error if libsystemd refuses.
void appendValue(sd_bus_message& message, Quantity quantity, const Value& value);
/// Appends `v` with `s`.
void appendText(sd_bus_message& message, std::string_view text);

/// What was read: nothing = a type that no path takes (struct, dictionary, filled array,
/// descriptor, NaN, infinity).
using ReadValue = std::optional<Value>;

/// The next complete element, whatever its type: `y n q i u x t d b` and `s` as they are, variants
/// unwrapped however deep, any empty array = unknown. Stands behind the element afterwards. Throws
/// std::system_error at the end of the message or when it is damaged.
[[nodiscard]] ReadValue readValue(sd_bus_message& message);
/// The same for a message that must hold exactly one element; nothing for none and for several.
[[nodiscard]] ReadValue readOnlyValue(sd_bus_message& message);

/// True for a message of exactly one complete element; stands before it afterwards.
[[nodiscard]] bool hasOneElement(sd_bus_message& message);

} // namespace busbar::dbus
