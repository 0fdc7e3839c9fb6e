// SPDX-License-Identifier: MIT
// A TCP port that passes each connection on to the next of a list of ports, and can cut all of
// them.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace busbar::test {

class TcpRelay {
public:
    /// The n-th connection goes to the n-th of `targets`, later ones to the last. All on 127.0.0.1.
    explicit TcpRelay(std::vector<std::uint16_t> targets);
    ~TcpRelay();
    TcpRelay(const TcpRelay&) = delete;
    TcpRelay& operator=(const TcpRelay&) = delete;
    TcpRelay(TcpRelay&&) = delete;
    TcpRelay& operator=(TcpRelay&&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }
    void cut() { wantsCut_ = true; }

private:
    void serve();
    void acceptOne();
    void closeAll();
    [[nodiscard]] static bool pass(int from, int to);

    std::vector<std::uint16_t> targets_;
    std::uint16_t port_{0};
    int listener_{-1};
    std::vector<std::pair<int, int>> pairs_; // relay thread
    std::atomic<int> connections_{0};        // written by the relay thread, read by the test
    std::atomic<bool> wantsCut_{false};      // written by the test, read by the relay thread
    std::atomic<bool> wantsEnd_{false};      // written by the test, read by the relay thread
    std::jthread thread_;
};

} // namespace busbar::test
