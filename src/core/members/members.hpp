// SPDX-License-Identifier: MIT
// The batteries that take part in a cycle, for headers that only pass them on.
#pragma once

#include <deque>

namespace busbar {

class Member;

/// Those that take part, in any order; a deque because members do not move. Who looks at them
/// includes member.hpp.
using Members = std::deque<Member>;

} // namespace busbar
