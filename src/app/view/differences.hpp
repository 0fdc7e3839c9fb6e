// SPDX-License-Identifier: MIT
// Where two banks that are told the same say something else.
#pragma once

#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace busbar {

/// Fed with both snapshots, moment by moment.
class Differences {
public:
    /// `{"t":12.5,"path":"/Soc","value":71.5,"against":70.0}` for each published path on which they
    /// differ and did not differ in the same way before, unknown as null; and once with both the
    /// same where they agree again. `t` never falls.
    std::string step(std::chrono::milliseconds t, const Snapshot& one, const Snapshot& other);

    /// One object: `{"seconds":3600.0,"differences":[{"path":…,"seconds":…,"largest":…,"at":…,
    /// "value":…,"against":…}]}`: for how long each path differed, and when the most; of texts the
    /// first time. Empty list = they said the same all the time.
    [[nodiscard]] std::string final() const;

private:
    struct Path {
        bool isDifferent{false};
        Value one{}; ///< as last told
        Value other{};
        std::chrono::milliseconds since{0}; ///< while different
        std::chrono::milliseconds total{0}; ///< of those that are over
        double largest{0.0};                ///< of numbers
        std::chrono::milliseconds at{0};    ///< … and when
        Value worstOne{};
        Value worstOther{};
    };

    void note(Path& path, std::chrono::milliseconds t, const Value& one, const Value& other);

    std::array<Path, kRowCount> paths_{};
    std::optional<std::chrono::milliseconds> first_;
    std::chrono::milliseconds last_{0};
};

} // namespace busbar
