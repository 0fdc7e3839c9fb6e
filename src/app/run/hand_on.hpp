// SPDX-License-Identifier: MIT
// Work that is done piece by piece so that one piece that fails costs no other.
#pragma once

#include "base/fault_log.hpp"
#include "base/mailbox.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>

namespace busbar {

/// Messages that their reader has not seen.
struct LostMail {
    std::uint64_t count{0};
    Sessions sessions; ///< whose they were
};

/// Calls `take` with each mail, in order. Those that failed with an exception, which is counted and
/// logged: to their reader they are lost, as if the mailbox had been full.
template <class Take>
[[nodiscard]] LostMail handOn(const MailBatch& batch, FaultLog& faults, Take&& take) {
    LostMail failed;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Mail mail = batch.at(i);
        try {
            take(mail);
        } catch (const std::exception& error) {
            faults.report("message", error.what());
            ++failed.count;
            failed.sessions.set(mail.session);
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
