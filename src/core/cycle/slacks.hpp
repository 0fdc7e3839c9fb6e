// SPDX-License-Identifier: MIT
// Which batteries' limits bind nothing, and how far they are from it.
#pragma once

#include "core/slack.hpp"

namespace busbar {

struct CycleView;

/// Of all that take part in a bank; only directly after its evaluation. A battery that is counted
/// by several banks has the least of them. Nothing is known, so each fall counts, of who is held,
/// of all where data is lost or somebody may be a sum of others, and where limits are not the
/// smallest of what each member allows (their sum, Node-RED's).
void addSlacks(Slacks& all, const CycleView& view);

} // namespace busbar
