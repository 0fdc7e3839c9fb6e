// SPDX-License-Identifier: MIT
// Windows of a minute, one per bank and kind of event.
#include "app/run/log_pace.hpp"

#include <utility>

namespace busbar {

namespace {

constexpr auto kWindow = std::chrono::minutes(1);

} // namespace

/// A window in which lines were left out goes on until that has been told.
bool LogPace::mayLog(const std::string& bank, EventKind kind, const Now& now) {
    Window& window = windows_.try_emplace({bank, kind}, Window{.since = now.steady}).first->second;
    if (window.leftOut == 0 && now.steady - window.since >= kWindow)
        window = {.since = now.steady};
    if (window.lines >= kMostLinesOfAKind) {
        ++window.leftOut;
        return false;
    }
    ++window.lines;
    return true;
}

std::vector<LeftOut> LogPace::takeLeftOut(const Now& now) {
    std::vector<LeftOut> all;
    for (auto& [key, window] : windows_) {
        if (window.leftOut == 0 || now.steady - window.since < kWindow)
            continue;
        all.push_back({key.first, key.second, window.leftOut});
        window = {.since = now.steady};
    }
    return all;
}

std::optional<std::uint64_t> RepeatPace::take(const Now& now) {
    if (waiting_ == 0 || (told_ && now.steady - *told_ < kWindow))
        return std::nullopt;
    told_ = now.steady;
    return std::exchange(waiting_, 0);
}

} // namespace busbar
