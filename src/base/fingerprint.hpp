// SPDX-License-Identifier: MIT
// A number that tells texts apart; no protection against those who want them to be alike.
#pragma once

#include <cstdint>
#include <string_view>

namespace busbar {

/// FNV-1a, 64 bit (parameters: its authors' specification).
[[nodiscard]] constexpr std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

} // namespace busbar
