// SPDX-License-Identifier: MIT
// Whether a folder lies on memory that wears out with each write.
#pragma once

#include <cstdint>
#include <string>

namespace busbar {

/// By the kind of file system and the major number of its device: raw flash, SD cards and eMMC.
[[nodiscard]] bool isFlash(std::uint64_t fileSystem, unsigned deviceMajor);

/// Of the folder, or of the nearest one above that exists. False where that cannot be found out.
[[nodiscard]] bool isOnFlash(std::string folder);

} // namespace busbar
