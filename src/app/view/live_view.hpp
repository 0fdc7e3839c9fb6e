// SPDX-License-Identifier: MIT
// Paints the terminal view of a running App, on a terminal in place, elsewhere as text from time to
// time.
#pragma once

#include "app/run/app.hpp"

#include <memory>
#include <optional>
#include <string>

namespace busbar {

/// On a terminal it takes the log into a few lines below the picture; elsewhere the log stays on
/// standard error and a picture comes every ten seconds.
class LiveView {
public:
    /// `bank`: index of the bank that is shown. `footer`: lines that stay below the picture.
    LiveView(std::size_t bank, std::string footer);
    ~LiveView();
    LiveView(const LiveView&) = delete;
    LiveView& operator=(const LiveView&) = delete;
    LiveView(LiveView&&) = delete;
    LiveView& operator=(LiveView&&) = delete;

    /// As often as it is worth.
    void paint(App& app, const Now& now);
    /// In any case: the last picture.
    void paintNow(App& app, const Now& now);

private:
    class LogLines;

    [[nodiscard]] std::string picture(App& app, const Now& now, int width, int height,
                                      bool isColoured) const;

    std::size_t bank_;
    std::string footer_;
    bool isTerminal_;
    std::unique_ptr<LogLines> log_;
    std::optional<SteadyTime> started_;
    std::optional<SteadyTime> last_;
};

} // namespace busbar
