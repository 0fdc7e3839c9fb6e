// SPDX-License-Identifier: MIT
// Keys that scroll, read from the terminal one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <termios.h>
#include <vector>

namespace busbar {

enum class Key : std::uint8_t { Up, Down, PageUp, PageDown, Home, End };

/// Where a list is that does not fit.
struct Scroll {
    std::size_t first{0}; ///< so many are scrolled away
    std::size_t page{1};  ///< so many were shown last
};

/// Where it begins after a key; may be beyond the end, which who shows it puts right.
[[nodiscard]] std::size_t scrolled(const Scroll& list, Key key);

/// Of what a terminal sends, in normal and in application mode; all else is passed over.
[[nodiscard]] std::vector<Key> keysIn(std::string_view bytes);

/// While it lives, the terminal at standard input gives keys at once and shows none of them;
/// control-C and its like go on working. Where standard input is no terminal, or another program is
/// in its foreground, nothing changes.
class KeyInput {
public:
    KeyInput();
    ~KeyInput();
    KeyInput(const KeyInput&) = delete;
    KeyInput& operator=(const KeyInput&) = delete;
    KeyInput(KeyInput&&) = delete;
    KeyInput& operator=(KeyInput&&) = delete;

    [[nodiscard]] bool isOn() const { return isOn_; }
    /// What was typed since; does not wait.
    [[nodiscard]] std::vector<Key> take();

private:
    termios before_{};
    bool isOn_{false};
};

} // namespace busbar
