// SPDX-License-Identifier: MIT
// The files of the page and the API's description, as they are built into the program.
#pragma once

#include <span>
#include <string_view>

namespace busbar::web {

/// Made at build time by `embed.cmake` from `files/` and from the folder of the page.
struct Asset {
    std::string_view path; ///< "index.html", "api/v1/openapi.json"
    std::string_view type; ///< Content-Type
    std::span<const unsigned char> gzip;
    std::string_view etag; ///< with its quotes
};

/// By path.
[[nodiscard]] std::span<const Asset> assets();
/// Null if there is none.
[[nodiscard]] const Asset* findAsset(std::string_view path);

} // namespace busbar::web
