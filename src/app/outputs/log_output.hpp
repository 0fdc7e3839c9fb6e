// SPDX-License-Identifier: MIT
// What changed in the banks, as lines of the log: an output.
#pragma once

#include "app/outputs/output.hpp"
#include "app/run/log_pace.hpp"

namespace busbar {

class LogOutput final : public Output {
public:
    void offer(const Offer& offer, const Now& now) override;
    void tick(const Offer& offer, const Now& now) override;

private:
    LogPace pace_;
};

} // namespace busbar
