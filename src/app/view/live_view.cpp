// SPDX-License-Identifier: MIT
// The terminal view of a running App.
#include "app/view/live_view.hpp"

#include "app/view/log_fold.hpp"
#include "app/view/terminal_kind.hpp"
#include "app/view/text_width.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kRepaint = 250ms;      // at most this often on a terminal …
constexpr auto kRewrite = 10s;        // … and elsewhere
constexpr std::size_t kLogKept = 100; // of which those that say the same are one
constexpr int kLeastLines = 8;        // of a bank

/// As POSIX goes by them for characters; empty = none is set.
std::string_view localeName() {
    for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"})
        // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody in this process sets variables
        if (const char* name = std::getenv(variable); name != nullptr && *name != 0)
            return name;
    return {};
}

/// Two lines on a terminal of 24, six on one of 72.
std::size_t logLines(int height) {
    return static_cast<std::size_t>(std::clamp(height / 12, 2, 6));
}

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
    /// The last `most` of them, each with its end.
    [[nodiscard]] std::string text(int width, std::size_t most) const {
        std::vector<std::string> lines = foldedLog(tail_.lines());
        std::string text;
        for (std::size_t i = lines.size() - std::min(most, lines.size()); i < lines.size(); ++i)
            text += cut(harmless(lines[i]), static_cast<std::size_t>(width)) + "\n";
        return text;
    }

private:
    log::Tail tail_{kLogKept};
};

LiveView::LiveView(std::vector<ShownBank> banks, std::string footer)
    : banks_(std::move(banks)), footer_(std::move(footer)), isTerminal_(isPaintable(STDOUT_FILENO)),
      isAscii_(isAsciiLocale(localeName())) {
    if (!isTerminal_)
        return;
    log_ = std::make_unique<LogLines>();
    keys_.emplace();
    std::fputs("\x1b[?25l\x1b[2J", stdout); // no cursor, empty screen
}

LiveView::~LiveView() {
    if (isTerminal_)
        std::fputs("\x1b[?25h\n", stdout);
    std::fflush(stdout);
}

/// One below the other; a given height is shared.
std::string LiveView::picture(App& app, const ViewStyle& style) {
    const int count = static_cast<int>(banks_.size());
    const bool isNamed = app.sites().size() > 1;
    ViewStyle each = style;
    if (style.height > 0)
        each.height =
            std::max(kLeastLines, (style.height - (count - 1)) / count - (isNamed ? 1 : 0));
    std::string text;
    for (ShownBank& shown : banks_) {
        SiteRun& run = *app.sites().at(shown.site);
        const Bank& bank = run.site().banks().at(shown.bank);
        text += text.empty() ? "" : "\n\n";
        if (isNamed)
            text += "site " + run.config().site + "\n";
        each.first = shown.scroll.first;
        const TerminalPicture picture = terminalView(bank.report(), bank.snapshot(), bank.advice(),
                                                     shown.health, each, shown.trend);
        shown.scroll = {picture.first, std::max<std::size_t>(picture.shown, 1)};
        text += picture.text;
    }
    return text;
}

void LiveView::scroll(Key key) {
    for (ShownBank& bank : banks_)
        bank.scroll.first = scrolled(bank.scroll, key);
}

void LiveView::keys(App& app, const Now& now) {
    const std::vector<Key> typed = keys_ ? keys_->take() : std::vector<Key>();
    for (const Key key : typed)
        scroll(key);
    if (!typed.empty())
        paintNow(app, now);
}

void LiveView::look(App& app, const Now& now) {
    for (ShownBank& shown : banks_) {
        SiteRun& run = *app.sites().at(shown.site);
        shown.health = healthOf(run, app.dropped(), now);
        if (run.site().readings().everComplete())
            shown.trend.note(run.site().banks().at(shown.bank).snapshot(), now);
    }
}

void LiveView::paint(App& app, const Now& now) {
    look(app, now);
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
    look(app, now);
    paintLast(app, now);
}

void LiveView::paintLast(App& app, const Now& now) {
    last_ = now.steady;
    if (!isTerminal_) {
        std::fputs(
            (picture(app, {.width = 100, .height = 0, .isAscii = isAscii_}) + "\n\n").c_str(),
            stdout);
    } else {
        const Size size = terminalSize();
        std::string below = footer_ + log_->text(size.width, logLines(size.height));
        const int room = std::max(kLeastLines, size.height - lineCount(below, size.width) - 1);
        if (!below.empty())
            below.pop_back(); // the end of the last line would push the first one out
        const ViewStyle style{
            .width = size.width, .height = room, .isColoured = wantsColour(), .isAscii = isAscii_};
        std::fputs(inPlace(picture(app, style) + "\n\n" + below).c_str(), stdout);
    }
    std::fflush(stdout);
}

} // namespace busbar
