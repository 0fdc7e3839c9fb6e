// SPDX-License-Identifier: MIT
// Whose single cells may be some time old, because nothing that is decided goes by them now.
#pragma once

#include <set>

namespace busbar {

struct CycleView;

/// By instance; only directly after the bank's evaluation. `calm`: of those whose cells are far
/// from all that looks at cells: the battery itself gives both extremes, who they are and how many
/// cells there are, as many as it lists; between them lies no more than cells count as equal by,
/// and they are a margin away from full, from where discharging is no more comfortable and from
/// each curve that acts. `other`: all others that take part. Whoever counts a battery may want its
/// cells, so one that is in both is not calm.
void sortByCells(std::set<int>& calm, std::set<int>& other, const CycleView& view);

} // namespace busbar
