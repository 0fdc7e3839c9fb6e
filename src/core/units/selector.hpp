// SPDX-License-Identifier: MIT
// How the owner names a battery in the configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar {

/// What picks a battery: `instance:1`, `name:Pack A` (custom name), `serial:…`,
/// `product:SerialBattery*` (glob on the product name; `products:` picks all of them),
/// `connection:ttyUSB0` (whole word of /Mgmt/Connection), `made:string_1` (id of a made battery,
/// which nothing else picks).
struct Selector {
    enum class Kind : std::uint8_t { Instance, Name, Serial, Product, Products, Connection, Made };
    Kind kind{Kind::Instance};
    std::string text;

    friend bool operator==(const Selector&, const Selector&) = default;
};

/// "instance:1" as written; see Selector.
[[nodiscard]] std::string toText(const Selector& selector);
/// `products:…`: it is meant to pick all of a kind, where `product:…` picks one.
[[nodiscard]] bool picksMany(const Selector& selector);
/// Nothing for a text without a known kind, without an argument, or `instance:` without a whole
/// number ≥ 0.
[[nodiscard]] std::optional<Selector> parseSelector(std::string_view text);

} // namespace busbar
