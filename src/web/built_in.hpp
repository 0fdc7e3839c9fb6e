// SPDX-License-Identifier: MIT
// Whether this program was built with a listener (BUSBAR_WEB).
#pragma once

#include <string_view>

namespace busbar::web {

/// Of a program without, where an address is given to listen at.
constexpr std::string_view kNotBuiltIn = "this program was built without a web server (cmake "
                                         "-DBUSBAR_WEB=OFF): http.listen is of no use";

[[nodiscard]] bool isBuiltIn();

} // namespace busbar::web
