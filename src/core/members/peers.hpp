// SPDX-License-Identifier: MIT
// What the usable batteries of a bank do together, seen from each of them.
#pragma once

#include "core/now.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace busbar {

struct Battery;

/// Usable batteries of a bank that are not found frozen, in one cycle. What all have in common is
/// worked out once, not for each of them.
class Peers {
public:
    /// They must outlive it, and stay as they are.
    Peers(std::vector<const Battery*> all, const Now& now);

    /// All but `one`, which may be none of them.
    class Others {
    public:
        Others(const Peers& peers, const Battery& one);

        /// Half of them at least have said something new in the last seconds; of none false.
        [[nodiscard]] bool areMoving() const;
        /// What they carry, in capacities per hour; 0 = unknown.
        [[nodiscard]] double load() const;
        /// Their median, V; nothing if nobody says one.
        [[nodiscard]] std::optional<double> voltage_V() const;
        /// By their instances, in order.
        [[nodiscard]] bool areThese(const std::vector<int>& instances) const;
        [[nodiscard]] std::vector<int> instances() const;

    private:
        [[nodiscard]] std::size_t count() const;

        const Peers* peers_;
        const Battery* one_; ///< if it is one of them, else nullptr
    };

private:
    friend class Others;

    std::vector<const Battery*> all_;
    SteadyTime movingSince_;
    std::size_t moving_{0};
    std::size_t loaded_{0}; ///< those of known current
    double sum_A_{0.0};     ///< of theirs
    double sum_Ah_{0.0};    ///< the same
    std::vector<double> voltages_;
};

} // namespace busbar
