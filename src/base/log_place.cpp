// SPDX-License-Identifier: MIT
// Tells systemd's journal from other places.
#include "base/log_place.hpp"

#include <string>
#include <sys/stat.h>

namespace busbar {

namespace {

bool isStream(int fd, const std::string& wanted) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 &&
           std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == wanted;
}

} // namespace

LogPlace logPlace(int fd, const char* journal, const char* stamped) {
    if (journal != nullptr && isStream(fd, journal))
        return LogPlace::Journal;
    return stamped != nullptr && *stamped != '\0' ? LogPlace::Stamped : LogPlace::Plain;
}

} // namespace busbar
