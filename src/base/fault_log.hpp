// SPDX-License-Identifier: MIT
// Exceptions that reached a callback's wall: counted, and logged without flooding.
#pragma once

#include <cstdint>
#include <string>

namespace busbar {

/// A fault that repeats is logged at its 1st, 10th, 100th … time in a row; another one at once.
class FaultLog {
public:
    void report(const char* where, const char* what) noexcept;
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    std::string last_;
    std::uint64_t inRow_ = 0;
    std::uint64_t nextLogged_ = 1;
    std::uint64_t count_ = 0;
};

} // namespace busbar
