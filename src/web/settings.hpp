// SPDX-License-Identifier: MIT
// What can be configured of the page, its API and metrics: plain data.
#pragma once

#include <string>

namespace busbar::web {

/// Of the program, not of a site: one listener shows all sites.
struct HttpSettings {
    std::string listen;  ///< "127.0.0.1:8088", "[::1]:8088", "0.0.0.0:8088"; empty = off
    std::string hosts;   ///< names under which it is asked, "busbar.lan, boat"; "*" = any
    std::string proxies; ///< addresses of reverse proxies, which may ask under any name
    std::string cors;    ///< other page that may read the API in a browser; "*" = any, empty = none
    bool keepHistory = true; ///< over a restart, where the state does not lie on flash

    friend bool operator==(const HttpSettings&, const HttpSettings&) = default;
};

} // namespace busbar::web
