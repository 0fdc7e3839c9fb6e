// SPDX-License-Identifier: MIT
// What all writers of GX settings share: patience with a bridge that confirms nothing, and saying a
// status once.
#pragma once

#include "core/now.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace busbar {

/// The bridge answers within a second; a write that was not seen for this long is lost or refused.
inline constexpr std::chrono::seconds kUnseenWrite{10};

/// How long to wait after the n-th write (from 1) that was not seen: longer and longer, because the
/// GX keeps settings in flash.
[[nodiscard]] constexpr std::chrono::seconds retryWait(int writes) {
    constexpr std::array<std::chrono::seconds, 4> kWaits = {kUnseenWrite, std::chrono::seconds(30),
                                                            std::chrono::seconds(60),
                                                            std::chrono::seconds(300)};
    return kWaits.at(static_cast<std::size_t>(std::clamp(writes, 1, 4)) - 1);
}

/// How a status is put into words.
template <class Status>
struct StatusRow {
    Status status{};
    bool isProblem{false};
    /// Announced when it has lasted this long; nothing = not worth a word.
    std::optional<std::chrono::seconds> announceAfter;
    std::string_view text;
};

/// A status and since when it holds; each is announced once, if it lasts.
template <class Status>
struct StatusNote {
    Status status{};
    SteadyTime since{};
    Status announced{};
};

/// True if the row's status, which holds now, is to be announced in this cycle.
template <class Status>
[[nodiscard]] bool noteStatus(StatusNote<Status>& note, const StatusRow<Status>& row,
                              SteadyTime now) {
    if (row.status != note.status) {
        note.status = row.status;
        note.since = now;
    }
    if (row.status == note.announced || !row.announceAfter || now - note.since < *row.announceAfter)
        return false;
    note.announced = row.status;
    return true;
}

} // namespace busbar
