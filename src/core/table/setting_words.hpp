// SPDX-License-Identifier: MIT
// Words of those settings that are also published: how the owner writes them and how they are
// reported.
#pragma once

#include "core/charge/current_settings.hpp"
#include "core/charge/soc_settings.hpp"
#include "core/limits/preset_name.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace busbar {

inline constexpr std::array<std::string_view, 5> kPresetTexts = {"auto", "none", "lfp", "lto",
                                                                 "nmc"};
[[nodiscard]] constexpr std::string_view toText(Preset preset) {
    return kPresetTexts.at(static_cast<std::size_t>(preset));
}

inline constexpr std::array<std::string_view, 3> kCurrentSourceTexts = {"batteries", "victron",
                                                                        "shunt"};
[[nodiscard]] constexpr std::string_view toText(CurrentSource source) {
    return kCurrentSourceTexts.at(static_cast<std::size_t>(source));
}

inline constexpr std::array<std::string_view, 3> kSocSourceTexts = {"batteries", "battery",
                                                                    "counter"};
[[nodiscard]] constexpr std::string_view toText(SocSource source) {
    return kSocSourceTexts.at(static_cast<std::size_t>(source));
}

} // namespace busbar
