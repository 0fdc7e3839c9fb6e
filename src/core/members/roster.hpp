// SPDX-License-Identifier: MIT
// Which batteries of the GX a bank should count, under which names: changes rarely, so it is worked
// out rarely.
#pragma once

#include "core/table/out_reason.hpp"
#include "core/units/identity_book.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

class Readings;
struct MembershipSettings;
struct Selector;

/// Serials of all batteries that this process publishes. By them a bank recognises its own output,
/// also when it comes back through the GX's MQTT bridge.
using OwnSerials = std::vector<std::string>;

/// A battery of the GX, or a configured one that is not there.
struct RosterEntry {
    int instance = -1; ///< −1: nothing matches the selector
    std::string id;    ///< stable; [a-z0-9_]
    std::string name;  ///< unique in the roster: custom name, else product name, else the selector
    std::string pathName; ///< the name reduced to [A-Za-z0-9_], unique too; for D-Bus paths
    OutReason reason =
        OutReason::None; ///< None = a candidate; else why it never takes part as things are
    std::string detail;
    std::string wanted{}; ///< the name that it would have if nobody else had it
    std::string within{}; ///< id of the made battery that it is a part of, of several the first
    /// Where the readings keep it, if somebody else has come to its instance.
    std::optional<int> key{};

    [[nodiscard]] int readingsKey() const { return key.value_or(instance); }
};

/// The roster: every battery that was proven to be there, in order of instance, then what is
/// missing. The same identity under a new instance supersedes the lost one; so does a battery that
/// the book takes for it. Ids and names of the book belong to its batteries alone.
[[nodiscard]] std::vector<RosterEntry> makeRoster(const Readings& readings,
                                                  const MembershipSettings& settings,
                                                  const OwnSerials& own,
                                                  const IdentityBook& book = {});

/// Instances of batteries that a Busbar publishes and nobody here needs: this process' own, by
/// their serials, and those of any other Busbar, by its process name, unless `listed` picks it.
/// Only what they say now counts, so whoever comes to their instance is none; nor are two that
/// share one.
[[nodiscard]] std::set<int> echoes(const Readings& readings, const OwnSerials& own,
                                   const std::vector<Selector>& listed);

} // namespace busbar
