// SPDX-License-Identifier: MIT
// What every JSON document of Busbar's own is written with: texts that are always UTF-8, numbers
// that are always finite.
#pragma once

#include "core/now.hpp"
#include "core/table/quantity.hpp"
#include "core/value.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// Bytes that are not UTF-8 become U+FFFD.
void writeText(JsonWriter& json, std::string_view text);
void writeKey(JsonWriter& json, std::string_view key);

/// Always as a double, 13.0; unknown, NaN and infinities are null.
void writeDouble(JsonWriter& json, std::optional<double> number);
/// Rounded to so many decimals (0 … 6) and as short as that is: 13, 2.5.
void writeShort(JsonWriter& json, std::optional<double> number, int decimals);
/// With exactly so many decimals (0 … 6), never "-0": 13.0, 2.50; as short as it is above what a
/// double can hold exactly.
void writeFixed(JsonWriter& json, std::optional<double> number, int decimals);
/// In the type that the value has on D-Bus: an int stays without a point, a double always has one.
void writeTyped(JsonWriter& json, Quantity quantity, const Value& value);

/// Two objects as one, neither of them empty.
[[nodiscard]] std::string joined(std::string_view object, std::string_view more);

[[nodiscard]] std::string textOf(const rapidjson::StringBuffer& buffer);

/// UTC, whole seconds: 2026-03-29T01:59:59Z.
[[nodiscard]] std::string isoText(WallTime time);

} // namespace busbar::mqtt
