// SPDX-License-Identifier: MIT
// Parts that are there and yet cannot be used: stuck, out of service, of two services in one.
#pragma once

#include "core/made/folding.hpp"
#include "core/members/frozen.hpp"
#include "core/now.hpp"

#include <string>
#include <vector>

namespace busbar {

class Bank;
class Readings;

/// Two services share its instance, so what it says is of both; empty = it is one.
[[nodiscard]] std::string mixedUp(const Battery& battery, const Readings& readings);

/// The owner has switched it off, by the switch of any bank: a whole that cannot do without it
/// is out with it.
void heedOwner(Part& part, const std::vector<Bank>& banks);

/// A bank that has it has found it frozen: what it says is old.
void heedFrozen(Part& part, const std::vector<Bank>& banks);

/// Sources of one battery watch each other: one that stands still while another says that
/// something moves yields to it. Not where a bank of the site does without the test.
void dropFrozen(std::vector<GivenPart>& sources, FrozenState& state, const std::vector<Bank>& banks,
                const Now& now);

} // namespace busbar
