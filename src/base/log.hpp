// SPDX-License-Identifier: MIT
// Lines of the program's log, without the library behind it.
#pragma once

#include "base/format.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::log {

enum class Level : std::uint8_t { Debug, Info, Warn, Error };

/// To standard error, one line per fact, and never waiting for who reads it (LogSink); `level` as
/// in the configuration: error, warn, info, debug, trace.
void start(const std::string& level);

/// The last lines of the log, in the place of where they went before, until it is destroyed.
class Tail {
public:
    explicit Tail(std::size_t lines);
    ~Tail();
    Tail(const Tail&) = delete;
    Tail& operator=(const Tail&) = delete;
    Tail(Tail&&) = delete;
    Tail& operator=(Tail&&) = delete;

    /// "12:00:00 info text", oldest first.
    [[nodiscard]] std::vector<std::string> lines() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Nothing is made of the values while the level is off.
void writeAll(Level level, std::string_view pattern, std::span<const FormatArg> values);

template <class... Values>
void write(Level level, PatternFor<Values...> pattern, const Values&... values) {
    const std::array<FormatArg, sizeof...(Values)> all{FormatArg(values)...};
    writeAll(level, pattern.text(), all);
}
template <class... Values>
void debug(PatternFor<Values...> pattern, const Values&... values) {
    write<Values...>(Level::Debug, pattern, values...);
}
template <class... Values>
void info(PatternFor<Values...> pattern, const Values&... values) {
    write<Values...>(Level::Info, pattern, values...);
}
template <class... Values>
void warn(PatternFor<Values...> pattern, const Values&... values) {
    write<Values...>(Level::Warn, pattern, values...);
}
template <class... Values>
void error(PatternFor<Values...> pattern, const Values&... values) {
    write<Values...>(Level::Error, pattern, values...);
}

} // namespace busbar::log
