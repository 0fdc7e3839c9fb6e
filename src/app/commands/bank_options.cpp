// SPDX-License-Identifier: MIT
// Draws the wanted bank.
#include "app/commands/bank_options.hpp"

#include <chrono>
#include <cmath>

namespace busbar {

sim::TwinSpec makeBank(const BankOptions& options) {
    sim::RandomBankOptions random;
    random.chemistry = options.chemistry;
    random.withFaults = options.withFaults;
    random.withLosses = options.withLosses;
    random.strings = options.strings;
    if (options.packs > 0)
        random.fewestPacks = random.mostPacks = options.packs;
    if (options.soc_pct)
        random.meanSoc = *options.soc_pct / 100.0;
    sim::TwinSpec bank = sim::makeRandomBank(options.seed, random);
    bank.feedIn = options.feedIn;
    if (options.start_h)
        bank.startOfDay = std::chrono::seconds(std::llround(*options.start_h * 3600.0));
    return bank;
}

} // namespace busbar
