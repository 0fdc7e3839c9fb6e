// SPDX-License-Identifier: MIT
// The terminal view of a running App.
#include "app/view/live_view.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kRepaint = 250ms; // at most this often on a terminal …
constexpr auto kRewrite = 10s;   // … and elsewhere
constexpr std::size_t kLogLines = 4;
constexpr int kLeastLines = 8; // of a bank

struct Size {
    int width = 80;
    int height = 24;
};

Size terminalSize() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return {size.ws_col, size.ws_row};
}

/// Lines on a terminal of this width; longer ones are wrapped, so that commands can be copied
/// whole.
int lineCount(const std::string& text, int width) {
    int lines = 0;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines += std::max(1, (static_cast<int>(end - start) + width - 1) / width);
        start = end + 1;
    }
    return lines;
}

/// Each line ends by clearing what an older picture left behind it.
std::string inPlace(const std::string& picture) {
    std::string text = "\x1b[H";
    for (const char c : picture)
        text += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
    return text + "\x1b[J";
}

ViewHealth healthOf(SiteRun& run, std::uint64_t dropped, const Now& now) {
    const mqtt::VenusSource& source = run.site().source();
    ViewHealth health;
    health.isLinkUp = run.isConnected() && run.site().readings().linkUp();
    health.portalId = source.portalId();
    health.heartbeatAge = source.heartbeatAge(now);
    health.messages = source.counters().messages;
    health.rejected = source.counters().rejected;
    health.dropped = dropped;
    return health;
}

bool isAnyComplete(const App& app) {
    return std::ranges::any_of(
        app.sites(), [](const auto& run) { return run->site().readings().everComplete(); });
}

} // namespace

/// The last lines of the log, instead of standard error, until it is destroyed.
class LiveView::LogLines {
public:
    [[nodiscard]] std::string text(int width) const {
        std::string text;
        for (std::string line : tail_.lines()) {
            std::erase_if(line, [](char c) { return c == '\n' || c == '\x1b'; });
            text += line.substr(0, static_cast<std::size_t>(width)) + "\n";
        }
        return text;
    }

private:
    log::Tail tail_{kLogLines};
};

LiveView::LiveView(std::vector<ShownBank> banks, std::string footer)
    : banks_(std::move(banks)), footer_(std::move(footer)),
      isTerminal_(::isatty(STDOUT_FILENO) == 1) {
    if (!isTerminal_)
        return;
    log_ = std::make_unique<LogLines>();
    std::fputs("\x1b[?25l\x1b[2J", stdout); // no cursor, empty screen
}

LiveView::~LiveView() {
    if (isTerminal_)
        std::fputs("\x1b[?25h\n", stdout);
    std::fflush(stdout);
}

/// One below the other; a given height is shared.
std::string LiveView::picture(App& app, const Now& now, const ViewStyle& style) const {
    const int count = static_cast<int>(banks_.size());
    ViewStyle each = style;
    if (style.height > 0)
        each.height = std::max(kLeastLines, (style.height - (count - 1)) / count);
    std::string text;
    for (const ShownBank& shown : banks_) {
        SiteRun& run = *app.sites().at(shown.site);
        const Bank& bank = run.site().banks().at(shown.bank);
        text += text.empty() ? "" : "\n\n";
        if (app.sites().size() > 1)
            text += "site " + run.config().site + "\n";
        text += terminalView(bank.report(), bank.snapshot(), bank.advice(),
                             healthOf(run, app.dropped(), now), each);
    }
    return text;
}

void LiveView::paint(App& app, const Now& now) {
    if (last_ && now.steady - *last_ < (isTerminal_ ? SteadyTime::duration(kRepaint)
                                                    : SteadyTime::duration(kRewrite)))
        return;
    if (!isTerminal_ && !last_ && !isAnyComplete(app) &&
        now.steady - started_.value_or(now.steady) < kRewrite) {
        started_ =
            started_.value_or(now.steady); // a first picture without values would only puzzle
        return;
    }
    paintNow(app, now);
}

void LiveView::paintNow(App& app, const Now& now) {
    last_ = now.steady;
    if (!isTerminal_) {
        std::fputs((picture(app, now, {.width = 100, .height = 0}) + "\n\n").c_str(), stdout);
    } else {
        const Size size = terminalSize();
        const std::string below = footer_ + log_->text(size.width);
        const int room = std::max(kLeastLines, size.height - lineCount(below, size.width) - 2);
        std::fputs(inPlace(picture(app, now, {size.width, room, true}) + "\n\n" + below).c_str(),
                   stdout);
    }
    std::fflush(stdout);
}

} // namespace busbar
