// SPDX-License-Identifier: MIT
// A writable battery as it is published by itself.
#pragma once

#include "core/now.hpp"
#include "core/snapshot.hpp"

namespace busbar {

class Written;
struct Identity;

/// Its own path beside those of the path table: 1 while nothing good was written for too long.
inline constexpr const char* kExpiredPath = "/Busbar/Expired";

/// What counts now, expired or not; `identity` says whose it is.
[[nodiscard]] Snapshot snapshotOf(const Written& written, const Identity& identity, const Now& now);

} // namespace busbar
