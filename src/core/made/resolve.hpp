// SPDX-License-Identifier: MIT
// From the selectors of made batteries to batteries, and the order in which they can be made.
#pragma once

#include "core/made/made_settings.hpp"
#include "core/made/part.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

class Bank;
class Readings;
struct RosterEntry;
struct GivenPart;

/// What one selector picks until the roster changes.
struct ResolvedPart {
    std::optional<int> key; ///< in the readings; nothing = nobody, or more than one
    std::string name;       ///< unique among the parts
    std::string problem;    ///< why there is no key
    [[nodiscard]] Part at(const Readings& readings) const;
};

/// A battery of a bank's roster as a part.
[[nodiscard]] Part partAt(const RosterEntry& entry, const Readings& readings);

/// Every selector that makes this battery: of a merged one its sources in their order, of a
/// remainder the shunt and then what is subtracted, of a bank its list.
[[nodiscard]] std::vector<Selector> selectorsOf(const MadeSettings& made,
                                                const std::vector<Bank>& banks);

/// Made batteries that `made` is made of, by index.
[[nodiscard]] std::set<std::size_t> needsOf(const MadeSettings& made,
                                            const std::vector<MadeSettings>& all,
                                            const std::vector<Bank>& banks);

/// Each picks one battery; present ones first. Names that occur twice get a number.
/// Nobody is made of what this process publishes.
[[nodiscard]] std::vector<ResolvedPart> resolveAll(const std::vector<Selector>& selectors,
                                                   const Readings& readings, const OwnSerials& own);

/// With the paths that are wanted of it; none = all.
[[nodiscard]] GivenPart sourceOf(Part part, const std::vector<std::string>& paths);

/// Indices so that each comes after those that it is made of; remainders of a whole bank as late
/// as possible. Without those that are made of themselves.
[[nodiscard]] std::vector<std::size_t> orderOf(const std::vector<MadeSettings>& settings,
                                               const std::vector<Bank>& banks);

} // namespace busbar
