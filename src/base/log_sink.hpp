// SPDX-License-Identifier: MIT
// A way out for log lines that never makes the program wait.
#pragma once

#include "base/log_place.hpp"

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <memory>
#include <mutex>

namespace busbar {

/// Log lines to a descriptor. Who reads them may stop: multilog pauses while its disk is full, a
/// terminal while Ctrl-S is pressed. The program must not stop with it, since its last limits would
/// stay in force: lines that do not go out at once are left out, and their number is logged when
/// there is room again. The descriptor stays open; it is not made non-blocking, for it may be
/// shared with a shell.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit LogSink(int fd) : fd_(fd) {}

protected:
    void sink_it_(const spdlog::details::log_msg& line) override;
    void flush_() override {}

private:
    bool write(const spdlog::details::log_msg& line);
    bool reportLost();

    int fd_;
    std::uint64_t lost_ = 0; ///< lines, since the last one that went out
};

/// What stands before each line there (log.cpp): "2026-07-01 12:00:00.000 ", "<4>", nothing.
[[nodiscard]] std::unique_ptr<spdlog::formatter> lineFormatter(LogPlace place);

} // namespace busbar
