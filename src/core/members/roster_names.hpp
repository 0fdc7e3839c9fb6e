// SPDX-License-Identifier: MIT
// Names and ids in a roster, that stay with their batteries.
#pragma once

#include "core/members/roster.hpp"
#include "core/units/identity_book.hpp"

#include <string>
#include <vector>

namespace busbar {

class Readings;
struct Unit;

/// Those that are there choose first, so that one that left does not keep what is its successor's.
/// Batteries of other banks have no say: they could take an id from one that is away.
void takeKnownIds(std::vector<RosterEntry>& roster, const Readings& readings,
                  const IdentityBook& book);

/// A battery that left, and whose place in the book one that works has taken: its BMS was swapped.
void dropSwapped(std::vector<RosterEntry>& roster, const Readings& readings,
                 const IdentityBook& book);

/// Those that are there first here, too; missing ones last.
void nameAll(std::vector<RosterEntry>& roster, const Readings& readings, const IdentityBook& book);

/// What people call it: its custom name, which is the owner's, else its product name; "Battery" of
/// one that says neither.
[[nodiscard]] std::string displayName(const Unit& unit);

} // namespace busbar
