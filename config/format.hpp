// SPDX-License-Identifier: MIT
// What the texts of options must look like.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace busbar::config {

enum class Format : std::uint8_t {
    Any,
    File,
    Variable,
    Name,
    Id,
    Service,
    Url,
    Fingerprint,
    Level,
    Prefix,
    Bus,
    UrlOrNone,
    LevelOrNone,
    Topic,
    TopicOrNone,
    Zone,
    Listen,
    Hosts,
    Addresses,
    Origin
};

struct FormatSpec {
    std::string_view allowed; ///< reads on after "allowed: "
    std::string_view pattern; ///< of the JSON Schema, for the whole text; empty = none
    bool (*fits)(std::string_view);
    bool mayBeShown; ///< false: a password might have been put here by mistake
};

[[nodiscard]] const FormatSpec& spec(Format format);

/// C0 controls and DEL.
[[nodiscard]] bool hasControlCharacter(std::string_view text);

/// What is wrong with the text apart from its length; empty = fine. Repeats it only if that may be
/// shown.
[[nodiscard]] std::string formatProblem(Format format, std::string_view text);

} // namespace busbar::config
