// SPDX-License-Identifier: MIT
// Frames of server-sent events: one for all streams, no queue.
#pragma once

#include "core/now.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::web {

/// A frame that was begun is finished, although a newer one is there: so it belongs to all who
/// still read it.
using Frame = std::shared_ptr<const std::string>;

/// Paces frames: at most one a second, when something has changed or none came for ten.
class Frames {
public:
    /// Whether a frame is due now; `changes`: Board::changes.
    [[nodiscard]] bool isDue(std::uint64_t changes, const Now& now) const;
    /// `json` in one line.
    void make(std::string_view json, std::uint64_t changes, const Now& now);
    /// What there is may be old: nobody has read for a while.
    void forget();

    [[nodiscard]] const Frame& newest() const { return newest_; }
    /// 0 = none yet.
    [[nodiscard]] std::uint64_t number() const { return number_; }

private:
    Frame newest_;
    std::uint64_t number_{0};
    std::uint64_t changes_{0};
    std::optional<SteadyTime> made_;
};

/// How far one client has read.
class StreamReader {
public:
    /// What is to be sent next, at most `most` bytes; empty = nothing before the next frame.
    [[nodiscard]] std::string_view next(const Frames& frames, std::size_t most);

private:
    Frame frame_;
    std::size_t sent_{0};
    std::uint64_t number_{0};
};

} // namespace busbar::web
