// SPDX-License-Identifier: MIT
// What a client asks for, and what it is answered, without any library.
#pragma once

#include "web/assets.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace busbar::web {

/// A GET or HEAD that has passed all checks.
struct Request {
    std::string path; ///< without the slash it begins with: "api/v1/state"; "" = the page
    std::string site; ///< `?site=`
    std::string bank; ///< `?bank=`
    std::string from; ///< `?from=`
    /// `?text=`, of paths that take one; nothing without, or if it is not percent-encoded.
    std::optional<std::string> text{};
    std::string etag; ///< If-None-Match
    bool takesGzip{true};
};

struct Answer {
    int status{200};
    std::string_view type{"application/json"};
    std::string body{};
    const Asset* asset{nullptr}; ///< in place of `body`
    bool isStream{false};        ///< frames, one after the other
};

/// `%41` as its character; nothing for what is cut off, for `%00` and other control characters.
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

/// A text of several lines: as above, but any byte may be in it, and `+` is a blank.
[[nodiscard]] std::optional<std::string> unescapeText(std::string_view text);

/// The path of a request without its first slash; nothing if it is not ours to answer: without the
/// slash, with an empty step, `.` or `..`, a backslash, or what `unescape` refuses.
[[nodiscard]] std::optional<std::string> pathOf(std::string_view url);

/// Whether a client that says so (null = it says nothing) takes gzip.
[[nodiscard]] bool takesGzip(const char* acceptEncoding);

[[nodiscard]] Answer errorAnswer(int status, std::string_view what);

} // namespace busbar::web
