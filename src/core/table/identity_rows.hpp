// SPDX-License-Identifier: MIT
// The rows by which a service is recognised.
#pragma once

#include "core/table/path_table.hpp"

#include <array>

namespace busbar {

/// Rows whose values say which battery a service is.
inline constexpr std::array kIdentityRows = {row("/Serial"), row("/Mgmt/Connection"),
                                             row("/CustomName"), row("/ProductName")};

} // namespace busbar
