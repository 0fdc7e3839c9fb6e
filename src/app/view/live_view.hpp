// SPDX-License-Identifier: MIT
// Paints the terminal view of a running App, on a terminal in place, elsewhere as text from time to
// time.
#pragma once

#include "app/run/app.hpp"
#include "app/view/keys.hpp"
#include "app/view/terminal_view.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// A bank of a running App.
struct ShownBank {
    std::size_t site{0};
    std::size_t bank{0};
    Scroll scroll{};     ///< of its batteries
    ViewHealth health{}; ///< of its site's link, as last looked at
    Trend trend{};       ///< since the first look
};

/// On a terminal it takes the log into a few lines below the picture; elsewhere the log stays on
/// standard error and a picture comes every ten seconds.
class LiveView {
public:
    /// `banks`: those that are shown, at least one. `footer`: lines that stay below the picture.
    LiveView(std::vector<ShownBank> banks, std::string footer);
    ~LiveView();
    LiveView(const LiveView&) = delete;
    LiveView& operator=(const LiveView&) = delete;
    LiveView(LiveView&&) = delete;
    LiveView& operator=(LiveView&&) = delete;

    /// As often as it is worth.
    void paint(App& app, const Now& now);
    /// In any case.
    void paintNow(App& app, const Now& now);
    /// The last picture, after the end: with the link as it was before it was closed.
    void paintLast(App& app, const Now& now);

    /// Keys scroll; without them nothing is to be read from standard input.
    [[nodiscard]] bool takesKeys() const { return keys_ && keys_->isOn(); }
    /// Standard input has something.
    void keys(App& app, const Now& now);

private:
    class LogLines;

    void look(App& app, const Now& now);
    [[nodiscard]] std::string picture(App& app, const ViewStyle& style);
    void scroll(Key key);

    std::vector<ShownBank> banks_;
    std::string footer_;
    bool isTerminal_;
    bool isAscii_;
    std::unique_ptr<LogLines> log_;
    std::optional<KeyInput> keys_;
    std::optional<SteadyTime> started_;
    std::optional<SteadyTime> last_;
};

} // namespace busbar
