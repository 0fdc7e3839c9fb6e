// SPDX-License-Identifier: MIT
// Events to lines.
#include "app/outputs/log_output.hpp"

#include "app/run/log.hpp"
#include "core/settings.hpp"

namespace busbar {

void LogOutput::offer(const Offer& offer, const Now& now) {
    for (const OfferedBank& bank : offer.banks)
        logEvents(head_ + bank.view.settings.id, bank.view.events, pace_, now);
}

void LogOutput::tick(const Offer& /*offer*/, const Now& now) {
    logLeftOut(pace_, now);
}

} // namespace busbar
