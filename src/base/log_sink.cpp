// SPDX-License-Identifier: MIT
// Lines that fit, and the number of those that did not.
#include "base/log_sink.hpp"

#include "base/write_at_once.hpp"

#include <string>

namespace busbar {

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
