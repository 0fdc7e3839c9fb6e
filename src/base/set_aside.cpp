// SPDX-License-Identifier: MIT
// Names for files that are kept, and the renaming.
#include "base/set_aside.hpp"

#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <system_error>

namespace busbar {

bool isThere(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

std::string asideName(const std::string& path) {
    std::string name;
    for (int number = 1; number <= kMostAside; ++number) {
        name = path + ".bad-" + std::to_string(number);
        if (!isThere(name))
            break;
    }
    return name;
}

SetAside setAside(const std::string& path) {
    SetAside result{asideName(path), {}};
    if (std::rename(path.c_str(), result.name.c_str()) != 0)
        result.error = "cannot rename " + path + ": " + std::generic_category().message(errno);
    return result;
}

} // namespace busbar
