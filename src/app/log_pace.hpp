// SPDX-License-Identifier: MIT
// Bounds the lines that facts of one kind may take in the log: the rest is counted.
#pragma once

#include "core/events.hpp"
#include "core/now.hpp"

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

} // namespace busbar
