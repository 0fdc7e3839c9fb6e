// SPDX-License-Identifier: MIT
// Terminal modes, and the sequences of keys.
#include "app/view/keys.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unistd.h>

namespace busbar {

namespace {

struct KeyBytes {
    std::string_view bytes;
    Key key;
};

/// Of xterm and those that follow it (console_codes(4), terminfo): kcuu1, kcud1, kpp, knp, khome,
/// kend.
constexpr auto kKeyBytes = std::to_array<KeyBytes>({
    {"\x1b[A", Key::Up},
    {"\x1bOA", Key::Up},
    {"\x1b[B", Key::Down},
    {"\x1bOB", Key::Down},
    {"\x1b[5~", Key::PageUp},
    {"\x1b[6~", Key::PageDown},
    {"\x1b[H", Key::Home},
    {"\x1bOH", Key::Home},
    {"\x1b[1~", Key::Home},
    {"\x1b[F", Key::End},
    {"\x1bOF", Key::End},
    {"\x1b[4~", Key::End},
});

} // namespace

std::vector<Key> keysIn(std::string_view bytes) {
    std::vector<Key> keys;
    while (!bytes.empty()) {
        const auto* found = std::ranges::find_if(
            kKeyBytes, [bytes](const KeyBytes& one) { return bytes.starts_with(one.bytes); });
        if (found != kKeyBytes.end())
            keys.push_back(found->key);
        bytes.remove_prefix(found != kKeyBytes.end() ? found->bytes.size() : 1);
    }
    return keys;
}

std::size_t scrolled(const Scroll& list, Key key) {
    constexpr std::size_t kLast = 1U << 20U; // further than any list
    const auto back = [&list](std::size_t by) { return list.first - std::min(by, list.first); };
    switch (key) {
    case Key::Up:
        return back(1);
    case Key::Down:
        return list.first + 1;
    case Key::PageUp:
        return back(list.page);
    case Key::PageDown:
        return list.first + list.page;
    case Key::Home:
        return 0;
    case Key::End:
        return kLast;
    }
    return list.first;
}

KeyInput::KeyInput() {
    if (::isatty(STDIN_FILENO) == 0 || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp() ||
        ::tcgetattr(STDIN_FILENO, &before_) < 0)
        return;
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 0; // reading never waits
    raw.c_cc[VTIME] = 0;
    isOn_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

KeyInput::~KeyInput() {
    if (isOn_)
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

std::vector<Key> KeyInput::take() {
    std::array<char, 256> bytes{};
    const ssize_t got = isOn_ ? ::read(STDIN_FILENO, bytes.data(), bytes.size()) : 0;
    if (got <= 0)
        return {};
    return keysIn({bytes.data(), static_cast<std::size_t>(got)});
}

} // namespace busbar
