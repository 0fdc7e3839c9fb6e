// SPDX-License-Identifier: MIT
// Answers what the page's helper asks about a text: is it a configuration, what does one of another
// program become.
#pragma once

#include "core/now.hpp"
#include "web/request.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::web {

/// Bytes of a text. Home Assistant's ingress takes request lines up to 24570 bytes, which is what
/// this becomes by `%22` and the like. A real one of another program has 4 kB without its comments.
inline constexpr std::size_t kMostText = 16UL * 1024;
/// Between two texts. The loop reads them, beside the bank: figures in README.md.
inline constexpr std::chrono::seconds kTextPause{2};

struct TextMessage {
    bool isWarning{false};
    std::size_t line{0};   ///< from 1; 0 = of the whole text
    std::size_t column{0}; ///< from 1, in characters
    std::string path{};    ///< of the option; may be empty
    std::string message{};
};

struct CheckedText {
    bool isValid{false};
    std::vector<TextMessage> messages{};
    std::vector<std::string> notes{}; ///< what is no mistake, but good to know
};

/// Which program's file a text is.
enum class TextPeer : unsigned char { Dab, Bag };

struct MigratedText {
    std::string error{};  ///< why nothing came of it; empty = something did
    std::string config{}; ///< text of a configuration
    std::string report{};
};

/// What reads texts; the program's, since nothing here knows configurations. Empty = nobody does.
struct TextReaders {
    std::function<CheckedText(std::string_view text)> check{};
    std::function<MigratedText(TextPeer peer, std::string_view text, const Now& now)> migrate{};
};

/// Nothing is stored and nothing is logged of a text. A longer one is refused, and so is the next
/// one too soon, whoever asks.
class TextDesk {
public:
    void setReaders(TextReaders readers) { readers_ = std::move(readers); }

    /// Whether it is a path of these; such a request has its text.
    [[nodiscard]] static bool isAsked(std::string_view path);
    [[nodiscard]] Answer answer(const Request& request, const Now& now);

private:
    TextReaders readers_;
    SteadyTime next_{}; ///< not before
};

} // namespace busbar::web
