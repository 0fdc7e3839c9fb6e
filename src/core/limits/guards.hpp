// SPDX-License-Identifier: MIT
// Protections that the owner asked for and that lack what they look at: they close.
#pragma once

#include "core/members/members.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

enum class Direction : std::uint8_t;
struct Limit;
struct LimitSettings;
struct PresetValues;

struct NeedsInput {
    const Members& members;
    const LimitSettings& settings;
    const PresetValues& preset;
    bool isUnrecognised = false; ///< `preset: auto`, and the chemistry is not known
    bool hasCells = false;       ///< the owner gave a number; for the text of what lacks
};

/// What a protection lacks.
struct Lack {
    Direction direction{};
    std::string member;      ///< the first that does not give it
    std::string_view what;   ///< "number of cells"
    std::string_view option; ///< that asks for the protection
    std::string_view cure;   ///< options that give what is missing
};

/// CvlMode::Own without a number of cells; the owner's `limits.cvl.cell_max_V` without a highest
/// cell; LimitMode::Own where nobody knows the chemistry and the owner gave no curve. Curves say
/// themselves what they lack (curves.hpp).
[[nodiscard]] std::vector<Lack> lacksOf(const NeedsInput& input);

/// `fallback_A` with cause `missing_data` for a direction in which something lacks.
[[nodiscard]] std::optional<Limit> unguardedLimit(Direction direction, const NeedsInput& input);

} // namespace busbar
