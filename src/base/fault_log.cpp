// SPDX-License-Identifier: MIT
// Counting and logging of faults in callbacks.
#include "base/fault_log.hpp"

#include "base/log.hpp"

namespace busbar {

void FaultLog::report(const char* where, const char* what) noexcept {
    ++count_;
    try {
        const std::string fault = std::string(where) + ": " + what;
        if (fault != last_) {
            last_ = fault;
            inRow_ = 0;
            nextLogged_ = 1;
        }
        if (++inRow_ < nextLogged_)
            return;
        nextLogged_ *= 10;
        log::error("callback_failed where=\"{}\" error=\"{}\" times={}", where, what, inRow_);
    } catch (...) { // out of memory while reporting: the count has it
        nextLogged_ = 1;
    }
}

} // namespace busbar
