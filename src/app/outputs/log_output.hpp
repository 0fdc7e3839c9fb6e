// SPDX-License-Identifier: MIT
// What changed in the banks, as lines of the log: an output.
#pragma once

#include "app/outputs/output.hpp"
#include "app/run/log_pace.hpp"

#include <string>

namespace busbar {

class LogOutput final : public Output {
public:
    /// `site`: empty where there is only one.
    explicit LogOutput(const std::string& site) : head_(site.empty() ? site : site + "/") {}

    void offer(const Offer& offer, const Now& now) override;
    void tick(const Offer& offer, const Now& now) override;

private:
    std::string head_; ///< of the names of banks
    LogPace pace_;
};

} // namespace busbar
