// SPDX-License-Identifier: MIT
// Bounds the lines that facts of one kind may take in the log: the rest is counted.
#pragma once

#include "core/events.hpp"
#include "core/now.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

/// Lines of one kind of event of one bank within a minute; more say nothing new. A bank of 16
/// batteries whose GX restarts needs 16 of a kind.
inline constexpr int kMostLinesOfAKind = 30;

/// What was left out, when its minute is over.
struct LeftOut {
    std::string bank;
    EventKind kind{EventKind::StageChanged};
    int count{0}; ///< > 0
};

/// Per bank and kind. Dropped events are still events elsewhere (D-Bus, MQTT): only the log is
/// spared.
class LogPace {
public:
    /// True if that line may be written now; else it is counted.
    [[nodiscard]] bool mayLog(const std::string& bank, EventKind kind, const Now& now);
    /// Minutes that are over and in which lines were left out, each once.
    [[nodiscard]] std::vector<LeftOut> takeLeftOut(const Now& now);

private:
    struct Window {
        SteadyTime since{};
        int lines{0};
        int leftOut{0};
    };
    std::map<std::pair<std::string, EventKind>, Window> windows_;
};

/// Facts of one sort that may come without end: the first is told at once, from then on once a
/// minute how many there were.
class RepeatPace {
public:
    void note(std::uint64_t count = 1) { waiting_ += count; }
    /// How many there were since the last line, if one is due now.
    [[nodiscard]] std::optional<std::uint64_t> take(const Now& now);

private:
    std::uint64_t waiting_{0};
    std::optional<SteadyTime> told_;
};

} // namespace busbar
