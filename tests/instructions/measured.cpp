// SPDX-License-Identifier: MIT
// In a source of its own, so that it stays a function.
#include "instructions/measured.hpp"

namespace busbar::instructions {

void measured(const std::function<void()>& what) {
    what();
}

} // namespace busbar::instructions
