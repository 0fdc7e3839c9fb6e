// SPDX-License-Identifier: MIT
// Evaluates and tells.
#include "app/run/cycle.hpp"

#include "config/config.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/gx/advice.hpp"

#include <cstddef>
#include <utility>

namespace busbar {

namespace {

/// A cut that somebody writes may wait as long as that; a GX passes limits on once a second.
constexpr auto kBetweenWrites = std::chrono::milliseconds(100);

/// By a way that does not show on the GX which service stands for the bank.
bool isReachedIndirectly(const config::Config& config, const config::BankConfig& bank) {
    return config.dvcc.isEnabled || !bank.driver.topic.empty();
}

} // namespace

Cycle::Cycle(EventLoop& loop, const config::Config& config, Site& site, Outputs& outputs,
             Hooks hooks)
    : config_(config), site_(site), outputs_(outputs), hooks_(std::move(hooks)),
      timer_(loop, [this](const Now& now) {
          hooks_.takeMail(now);
          run(now);
      }) {}

bool Cycle::evaluate(const Now& now, Pace pace) {
    for (std::size_t i = 0; i < site_.banks().size(); ++i) {
        Reach reach;
        reach.isIndirect = isReachedIndirectly(config_, config_.banks[i]);
        site_.banks()[i].surroundings().reach = reach;
    }
    const bool isConcluded = site_.evaluate(now, pace);
    count_ += isConcluded ? 1 : 0;
    return isConcluded;
}

void Cycle::run(const Now& now) {
    timer_.disarm();
    ran_ = now.steady;
    (void)site_.takeUrgent();
    (void)site_.takeChanged();
    outputs_.offer(evaluate(now, Pace::Cycle), now);
    hooks_.told(now);
}

/// Always for the same moment until then, so whoever writes without end puts nothing off.
void Cycle::wakeForWrite(const Now& now) {
    const auto due = ran_ ? *ran_ + kBetweenWrites : now.steady;
    timer_.arm(std::chrono::ceil<std::chrono::microseconds>(due - now.steady));
}

/// What is not worse than what is published waits for the cycle: of many limits that move, most
/// bind nothing.
void Cycle::runAtOnce(const Now& now) {
    const bool isConcluded = evaluate(now, Pace::AtOnce);
    if (!outputs_.isWorthTelling(isConcluded, now))
        return;
    outputs_.offer(isConcluded, now);
    hooks_.told(now);
}

/// What changed has gathered since the last cycle, or is the first after a silence.
std::chrono::microseconds Cycle::untilDue(const Now& now) const {
    const auto due = ran_ ? *ran_ + config_.cycle : now.steady;
    return std::chrono::ceil<std::chrono::microseconds>(due - now.steady);
}

void Cycle::notice(bool isEvent, const Now& now) {
    const bool isUrgent = site_.takeUrgent() || isEvent;
    if (isUrgent)
        runAtOnce(now);
    if ((site_.takeChanged() || isUrgent) && !timer_.isArmed())
        timer_.arm(untilDue(now));
}

} // namespace busbar
