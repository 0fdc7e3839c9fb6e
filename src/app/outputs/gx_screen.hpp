// SPDX-License-Identifier: MIT
// What the page of Busbar on a GX's screen shows beside the numbers of the battery.
#pragma once

#include "core/snapshot.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

struct BankReport;

/// Of a limit, the strictest first: more does not fit a screen.
inline constexpr std::size_t kMostOnScreen = 16;

/// Stands in an address for the one under which the GX itself is reached, which its screen knows.
inline constexpr std::string_view kAnyHost = "*";

/// Where a browser finds the web page: as configured (`homeassistant.page_url`), else by where it
/// listens (`http.listen`), such as `http://*:8088/`; empty = the page is off.
[[nodiscard]] std::string screenAddress(const std::string& listen, const std::string& configured);

struct Screen {
    bool isWanted{true};   ///< `publish.gx_pages`; else all is unknown
    std::string address{}; ///< of the web page
};

/// Sorted by path, each a text below `/Busbar`; unknown where nothing is to be shown.
/// * `Limits/{Charge,ChargeVoltage,Discharge}`: JSON, `[{"value":57.0,"why":"sentence"},…]`, the
///   one in force first, at most kMostOnScreen; unknown without such a limit.
/// * `Batteries`: JSON, `[{"name":"Pack A","page":1,"state":"in","why":""},…]`, those of the
///   bank; `page` is n of `/Battery/<n>`, `state` one of in, held, waiting, lost.
/// * `Page`: the address.
[[nodiscard]] std::vector<Item> screenItems(const BankReport& report, const Screen& screen);

} // namespace busbar
