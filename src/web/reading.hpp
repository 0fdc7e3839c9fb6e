// SPDX-License-Identifier: MIT
// Looks into documents for those who show parts of them; a key may be missing, null or of an older
// layout.
#pragma once

#include <rapidjson/document.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::web {

/// A member of an object; nullptr if there is none, if it is null or if `from` is no object.
[[nodiscard]] const rapidjson::Value* memberOf(const rapidjson::Value& from, std::string_view name);

/// The first of several names (of layouts) under which there is a number; true counts as 1.
[[nodiscard]] std::optional<double> numberIn(const rapidjson::Value& from,
                                             std::initializer_list<std::string_view> names);
/// Empty if there is no text.
[[nodiscard]] std::string textIn(const rapidjson::Value& from, std::string_view name);

/// Null if it is no JSON object.
[[nodiscard]] rapidjson::Document parsed(const std::string& json);

} // namespace busbar::web
