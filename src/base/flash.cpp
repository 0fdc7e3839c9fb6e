// SPDX-License-Identifier: MIT
// What Linux says of the device below a folder.
#include "base/flash.hpp"

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

namespace busbar {

namespace {

// statfs(2): UBIFS, JFFS2, F2FS.
constexpr std::array<std::uint64_t, 3> kFlashSystems = {0x24051905, 0x72b6, 0xf2f52010};
// Documentation/admin-guide/devices.txt of Linux: mtdblock, mmc (SD cards and eMMC).
constexpr std::array<unsigned, 2> kFlashMajors = {31, 179};

template <class Range, class Value>
bool has(const Range& range, Value value) {
    return std::ranges::find(range, value) != range.end();
}

} // namespace

bool isFlash(std::uint64_t fileSystem, unsigned deviceMajor) {
    return has(kFlashSystems, fileSystem) || has(kFlashMajors, deviceMajor);
}

bool isOnFlash(std::string folder) {
    struct stat place {};
    struct statfs system {};
    while (::stat(folder.c_str(), &place) < 0) {
        const auto end = folder.rfind('/');
        if (end == std::string::npos)
            return false;
        folder.resize(end);
    }
    if (::statfs(folder.c_str(), &system) < 0)
        return false;
    return isFlash(static_cast<std::uint64_t>(system.f_type) & 0xffffffffU, major(place.st_dev));
}

} // namespace busbar
