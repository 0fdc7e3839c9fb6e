// SPDX-License-Identifier: MIT
// Runs a twin under a controller and takes the measurements.
#include "sim/closed_loop.hpp"

#include "core/cycle/view.hpp"
#include "core/made/composition.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"

#include <utility>

namespace busbar::sim {

CoreController::CoreController(BankSettings settings, std::vector<MadeSettings> made)
    : composition_(std::make_unique<Composition>(std::move(made))) {
    banks_.emplace_back(std::move(settings));
}

CoreController::~CoreController() = default;
CoreController::CoreController(CoreController&&) noexcept = default;
CoreController& CoreController::operator=(CoreController&&) noexcept = default;

Limits CoreController::operator()(Twin& twin, const Now& now) {
    feed_.feed(twin, readings_, now);
    composition_->work(readings_, banks_, now, Pace::Cycle);
    const Snapshot& snapshot = bank().evaluate(readings_, now);
    controlFeedIn(twin, now);
    return {snapshot[rows::kMaxChargeVoltage].number(), snapshot[rows::kMaxChargeCurrent].number(),
            snapshot[rows::kMaxDischargeCurrent].number()};
}

void CoreController::controlFeedIn(Twin& twin, const Now& now) {
    FeedInInput input;
    input.setting = readings_.gx().overvoltageFeedIn;
    const FeedInNeeds needs = feedInNeeds(bank().view());
    input.wantsOff = needs.wantsOff;
    input.mayReturn = needs.mayReturn;
    input.mayWrite = bank().settings().feedIn.mayWrite;
    input.persisted = ownersFeedIn_;
    const OwnedOutput output = busbar::step(feedIn_, input, now);
    ownersFeedIn_ = output.toPersist;
    if (output.write)
        twin.setFeedIn(*output.write != 0.0);
}

Now nowOf(const Twin& twin) {
    constexpr auto kMidnight = WallTime(std::chrono::hours(24 * 20605)); // 2026-06-01
    const Now begin = {SteadyTime(std::chrono::hours(1000)), kMidnight + twin.spec().startOfDay};
    return begin + twin.time();
}

Metrics run(Twin& twin, const Controller& controller, std::chrono::seconds duration,
            const Observer& observer) {
    Meter meter(twin);
    const auto end = twin.time() + duration;
    while (twin.time() < end) {
        const Limits limits = controller(twin, nowOf(twin));
        twin.step(limits);
        meter.add(twin, limits);
        if (observer)
            observer(twin, limits);
    }
    return meter.result(twin);
}

} // namespace busbar::sim
