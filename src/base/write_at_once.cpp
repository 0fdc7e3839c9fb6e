// SPDX-License-Identifier: MIT
// Asking before each write whether it would wait.
#include "base/write_at_once.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace busbar {

namespace {

/// A pipe that can be written to has room for at least PIPE_BUF bytes (pipe(7)).
bool hasRoom(int fd) {
    pollfd waiting{fd, POLLOUT, 0};
    int ready = 0;
    do
        ready = ::poll(&waiting, 1, 0);
    while (ready < 0 && errno == EINTR);
    return ready == 1 && (waiting.revents & POLLOUT) != 0;
}

} // namespace

bool writeAtOnce(int fd, std::string_view text) {
    while (!text.empty()) {
        if (!hasRoom(fd))
            return false;
        const ssize_t written =
            ::write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace busbar
