// SPDX-License-Identifier: MIT
// The socket that clients connect to, and what is set on those that do.
#pragma once

#include "base/descriptor.hpp"
#include "web/address.hpp"

namespace busbar::web {

/// Bound and listening, not blocking. Throws std::system_error, std::runtime_error for what is no
/// address.
[[nodiscard]] Descriptor listeningSocket(const ListenAddress& address);

/// A client that does not read must cost the kernel little, and not for ever: up to 0.96 MB was
/// seen without. What fails leaves the system's own values.
void limitClient(int fd);

/// Neither side says anything more; its owner still has to close it.
void hangUp(int fd);

} // namespace busbar::web
