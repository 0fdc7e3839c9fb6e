// SPDX-License-Identifier: MIT
// Clients by libmicrohttpd, on the program's own loop: no thread, no wait.
#pragma once

#include "base/event_loop.hpp"
#include "core/now.hpp"
#include "web/board.hpp"
#include "web/settings.hpp"
#include "web/text_desk.hpp"

#include <memory>

namespace busbar::web {

/// Open streams; one more is told 503. Each turn in which all are written to takes about 50 µs per
/// stream, and the limit of connections stays out of their reach.
inline constexpr std::size_t kMostStreams = 32;
/// Connections; further ones wait in the kernel until one of these has ended.
inline constexpr unsigned kMostConnections = 128;

class Listener {
public:
    /// Throws std::system_error if it cannot listen there, std::runtime_error if the library fails.
    Listener(EventLoop& loop, Board& board, TextDesk& texts, const HttpSettings& settings);
    /// Ends all streams, then all connections.
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    Listener(Listener&&) = delete;
    Listener& operator=(Listener&&) = delete;

    /// All but the address.
    void setSettings(const HttpSettings& settings);
    /// A site has rendered its documents: whoever waits for them is answered, streams go on.
    void said(const Now& now);
    /// Once a second.
    void tick(const Now& now);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace busbar::web
