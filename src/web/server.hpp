// SPDX-License-Identifier: MIT
// The HTTP server of the program: opens, moves and closes its listener, and says so.
#pragma once

#include "base/event_loop.hpp"
#include "core/now.hpp"
#include "web/board.hpp"
#include "web/settings.hpp"
#include "web/text_desk.hpp"

#include <memory>
#include <string>
#include <utility>

namespace busbar::web {

class Listener;

/// Read-only: GET and HEAD. A listener that cannot be opened is said once and tried again; it never
/// ends the program. All calls come from the loop.
class Server {
public:
    Server(EventLoop& loop, Board& board);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;

    /// Who reads texts that the page asks about; before it is configured.
    void setReaders(TextReaders readers) { texts_.setReaders(std::move(readers)); }
    /// Opens, closes or moves the listener as these say; readers stay connected if it need not
    /// move.
    void configure(const HttpSettings& settings, const Now& now);
    /// A site has rendered its documents.
    void said(const Now& now);
    /// Once a second.
    void tick(const Now& now);
    /// All streams are ended and all connections closed.
    void stop();

private:
    void open(const Now& now);

    EventLoop& loop_;
    Board& board_;
    TextDesk texts_;
    HttpSettings settings_;
    std::unique_ptr<Listener> listener_;
    SteadyTime nextTry_{};
    std::string failure_; ///< that was said last; empty = it is open or off
};

} // namespace busbar::web
