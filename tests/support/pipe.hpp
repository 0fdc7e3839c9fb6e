// SPDX-License-Identifier: MIT
// Pipes for tests of what writes to one.
#pragma once

#include <array>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace busbar::test {

/// Up to the end; of a non-blocking descriptor all that is there.
inline std::string readAll(int fd) {
    std::string all;
    std::array<char, 4096> part{};
    for (ssize_t n = 0; (n = ::read(fd, part.data(), part.size())) > 0;)
        all.append(part.data(), static_cast<std::size_t>(n));
    return all;
}

/// Both ends; blocking where it is written to, as the program gets it.
class Pipe {
public:
    Pipe() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0 || ::fcntl(ends_[0], F_SETFL, O_NONBLOCK) != 0)
            throw std::runtime_error("no pipe");
    }
    ~Pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    Pipe(Pipe&&) = delete;
    Pipe& operator=(Pipe&&) = delete;

    [[nodiscard]] int in() const { return ends_[1]; }
    std::string drain() { return readAll(ends_[0]); }

private:
    std::array<int, 2> ends_{-1, -1};
};

} // namespace busbar::test
