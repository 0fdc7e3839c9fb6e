// SPDX-License-Identifier: MIT
// What a part is called where it is seen through what it is a part of.
#pragma once

#include <string>
#include <string_view>

namespace busbar {

/// "String 1/S1b", "Barn/Pack C", "Pack A/C7". What `inner` repeats of `outer` is said once: of
/// "String 1" and "String 1 Block A" comes "String 1/Block A"; but "String 1/String 10" stays, and
/// so does "Barn/Barn". Where one of the two is empty it is the other.
[[nodiscard]] std::string innerName(std::string_view outer, std::string_view inner);

} // namespace busbar
