// SPDX-License-Identifier: MIT
// The one file that logs by spdlog.
#include "base/log.hpp"

#include "base/log_sink.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace busbar {

namespace {

/// Of syslog: sd-daemon(3) has them.
char priorityOf(spdlog::level::level_enum level) {
    switch (level) {
    case spdlog::level::critical:
    case spdlog::level::err:
        return '3';
    case spdlog::level::warn:
        return '4';
    case spdlog::level::info:
        return '6';
    default:
        return '7';
    }
}

class PriorityFlag final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& line, const std::tm& /*time*/,
                spdlog::memory_buf_t& text) override {
        text.push_back('<');
        text.push_back(priorityOf(line.level));
        text.push_back('>');
    }
    [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
        return std::make_unique<PriorityFlag>();
    }
};

} // namespace

std::unique_ptr<spdlog::formatter> lineFormatter(LogPlace place) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<PriorityFlag>('*');
    switch (place) {
    case LogPlace::Journal:
        formatter->set_pattern("%*%l %v");
        break;
    case LogPlace::Stamped:
        formatter->set_pattern("%l %v");
        break;
    case LogPlace::Plain:
        formatter->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
        break;
    }
    return formatter;
}

} // namespace busbar

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
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody in this process sets variables
    const char* journal = std::getenv("JOURNAL_STREAM");
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* stamped = std::getenv("LOG_STAMPED");
    logger->set_formatter(lineFormatter(logPlace(STDERR_FILENO, journal, stamped)));
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
