// SPDX-License-Identifier: MIT
// Work that is done piece by piece so that one piece that fails costs no other.
#pragma once

#include "base/fault_log.hpp"
#include "base/mailbox.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>

namespace busbar {

/// Calls `take` with each mail, in order. How many of them failed with an exception, which is
/// counted and logged: to their reader they are lost, as if the mailbox had been full.
template <class Take>
[[nodiscard]] std::uint64_t handOn(const MailBatch& batch, FaultLog& faults, Take&& take) {
    std::uint64_t failed = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        try {
            take(batch.at(i));
        } catch (const std::exception& error) {
            faults.report("message", error.what());
            ++failed;
        }
    }
    return failed;
}

/// Does one piece of work; an exception is counted and logged.
template <class Do>
void alone(FaultLog& faults, Do&& act) {
    try {
        act();
    } catch (const std::exception& error) {
        faults.report("site", error.what());
    }
}

} // namespace busbar
