// SPDX-License-Identifier: MIT
// The other service of a bank, and what both say now.
#pragma once

#include "app/compare/comparison.hpp"
#include "core/units/selector.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace busbar {

class Bank;
class SiteRun;
struct GxTotals;
struct Unit;

struct FoundOther {
    std::optional<int> instance{}; ///< nothing: `problem` says why
    std::string bank{};            ///< name of ours
    std::string other{};           ///< "Total (instance 8)"
    std::string problem{};
};

/// The battery that `wanted` picks; without it the only one on the GX that is an aggregate of
/// others. The values of another Busbar are read from then on.
[[nodiscard]] FoundOther findOther(SiteRun& run, std::size_t bank,
                                   const std::optional<Selector>& wanted);

/// Directly after a cycle. Without the other, theirs are unknown.
[[nodiscard]] ComparedMoment momentOf(const Bank& bank, const Unit* other);

/// Where it is read; nullptr while it is away.
[[nodiscard]] const Unit* otherOf(SiteRun& run, int instance);

/// Victron's own view of the battery as theirs: it has no limits but the charge voltage.
void sayTotals(ComparedMoment& moment, const GxTotals& totals);

/// In words; empty = the GX does not say it.
[[nodiscard]] std::string whomGxObeys(SiteRun& run, std::size_t bank);

} // namespace busbar
