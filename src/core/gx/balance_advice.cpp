// SPDX-License-Identifier: MIT
// Names who is in the way, and where to look.
#include "core/gx/balance_advice.hpp"

#include "core/charge/balancing.hpp"

namespace busbar {

namespace {

/// Once is a bad day, twice may be.
constexpr int kFailuresToTell = 3;

} // namespace

std::string failingBalance(const BalancingOutput& balancing) {
    if (balancing.failures < kFailuresToTell)
        return {};
    const std::string said = "Balancing has failed " + std::to_string(balancing.failures) +
                             " times in a row without bringing the cells nearer to each other";
    switch (balancing.obstacle) {
    case BalancingObstacle::Held:
        return said + ": " + balancing.detail +
               " reaches its highest voltage long before the others. See whether the BMS balances "
               "at that voltage (its own settings), and that cell";
    case BalancingObstacle::Capped:
        return said + ": " + balancing.detail +
               " is all that this battery asks for. Raise the charge voltage in its BMS, or lower "
               "balancing.cell_V";
    case BalancingObstacle::Unequal:
        return said + ": at the full voltage they stay " + balancing.detail +
               ". See whether the BMSs balance at that voltage (their own settings)";
    default:
        return said + ". See whether the BMSs balance (their own settings)";
    }
}

} // namespace busbar
