// SPDX-License-Identifier: MIT
// A server and its clients on one loop, with sockets of the system.
#pragma once

#include "base/descriptor.hpp"
#include "base/event_loop.hpp"
#include "support/private_broker.hpp"
#include "support/wait.hpp"
#include "web/board.hpp"
#include "web/server.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::web::test {

using busbar::test::freePort;

/// A connection to 127.0.0.1 that sends what a test wants and takes what comes, if it is told to.
class TestClient {
public:
    explicit TestClient(std::uint16_t port, int receiveBuffer = 0);

    /// As much of it as the socket takes; the number of bytes. What the other side said before it
    /// ended the connection can still be read.
    std::size_t send(std::string_view text);
    /// Reads what is there.
    void read();
    /// Everything read so far.
    [[nodiscard]] const std::string& got() const { return got_; }
    /// The other side has ended the connection, or refused it.
    [[nodiscard]] bool isClosed() const { return isClosed_; }
    /// Of the first answer; 0 = not there yet.
    [[nodiscard]] int status() const;
    /// The first answer is there to its end, which is that of `Content-Length` or of the
    /// connection.
    [[nodiscard]] bool isAnswered(bool isHead = false) const;
    [[nodiscard]] std::string body() const;
    [[nodiscard]] bool hasHeader(std::string_view line) const;

private:
    Descriptor socket_;
    std::string got_;
    bool isClosed_{false};
};

/// `GET path` as a browser on this machine sends it.
[[nodiscard]] std::string get(std::string_view path, std::string_view method = "GET",
                              std::string_view more = {});

class Bench {
public:
    Bench();

    /// Loop and clients go on until the condition holds; its last answer.
    bool until(const std::function<bool()>& condition,
               std::chrono::milliseconds limit = busbar::test::kPatience);
    /// One request on a connection of its own, until its answer is there or the connection ends.
    [[nodiscard]] TestClient ask(std::string_view request, bool isHead = false);
    /// All documents are those of now, and something has changed.
    void say();
    [[nodiscard]] Now now() const { return loop.now(); }

    EventLoop loop;
    Board board;
    Server server;
    HttpSettings settings;
    std::uint16_t port;
    bool speaks{true}; ///< documents are said again and again, as sites do
};

/// Of this process, KiB.
[[nodiscard]] long residentMemory_KiB();
/// That many clients may take of it: what was measured (src/web/README.md) and room; sanitizers
/// keep what was freed.
[[nodiscard]] long mostMemory_KiB();

} // namespace busbar::web::test
