// SPDX-License-Identifier: MIT
// The one file that logs by spdlog.
#include "base/log.hpp"

#include "base/log_sink.hpp"

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <unistd.h>
#include <utility>

namespace busbar::log {

namespace {

spdlog::level::level_enum levelOf(Level level) {
    switch (level) {
    case Level::Debug:
        return spdlog::level::debug;
    case Level::Info:
        return spdlog::level::info;
    case Level::Warn:
        return spdlog::level::warn;
    case Level::Error:
        break;
    }
    return spdlog::level::err;
}

} // namespace

void start(const std::string& level) {
    // One for the whole process: it counts what was lost.
    static const auto sink = std::make_shared<LogSink>(STDERR_FILENO);
    auto logger = std::make_shared<spdlog::logger>("busbar", sink);
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    logger->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
    spdlog::set_default_logger(std::move(logger));
}

struct Tail::Parts {
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> sink;
    std::shared_ptr<spdlog::logger> before;
};

Tail::Tail(std::size_t lines)
    : parts_(std::make_unique<Parts>(
          Parts{.sink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(lines),
                .before = spdlog::default_logger()})) {
    auto logger = std::make_shared<spdlog::logger>("view", parts_->sink);
    logger->set_level(parts_->before->level());
    logger->set_pattern("%H:%M:%S %l %v");
    spdlog::set_default_logger(std::move(logger));
}

Tail::~Tail() {
    spdlog::set_default_logger(parts_->before);
}

std::vector<std::string> Tail::lines() const {
    return parts_->sink->last_formatted();
}

void writeAll(Level level, std::string_view pattern, std::span<const FormatArg> values) {
    spdlog::logger& logger = *spdlog::default_logger_raw();
    if (!logger.should_log(levelOf(level)))
        return;
    const std::string line = values.empty() ? std::string(pattern) : formatAll(pattern, values);
    logger.log(levelOf(level), spdlog::string_view_t(line));
}

} // namespace busbar::log
