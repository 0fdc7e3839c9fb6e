// SPDX-License-Identifier: MIT
// Whether this program was built with a listener (BUSBAR_WEB).
#pragma once

namespace busbar::web {

[[nodiscard]] bool isBuiltIn();

} // namespace busbar::web
