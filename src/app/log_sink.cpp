// SPDX-License-Identifier: MIT
// Asking before each write whether it would wait.
#include "app/log_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <string>
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

void LogSink::sink_it_(const spdlog::details::log_msg& line) {
    if (!reportLost() || !write(line))
        ++lost_;
}

bool LogSink::write(const spdlog::details::log_msg& line) {
    spdlog::memory_buf_t text;
    formatter_->format(line, text);
    return writeAtOnce(fd_, {text.data(), text.size()});
}

bool LogSink::reportLost() {
    if (lost_ == 0)
        return true;
    const std::string text =
        "log_lost lines=" + std::to_string(lost_) + " note=\"nobody read them\"";
    if (!write({spdlog::source_loc{}, "busbar", spdlog::level::warn, text}))
        return false;
    lost_ = 0;
    return true;
}

} // namespace busbar
