// SPDX-License-Identifier: MIT
// An open file, socket or pipe that closes by itself.
#pragma once

#include <unistd.h>
#include <utility>

namespace busbar {

/// Owns a file descriptor; below 0 = none, as a failed open(2) gives it.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (isOpen())
            ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool isOpen() const { return fd_ >= 0; }
    /// Somebody else closes it from now on.
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_{-1};
};

} // namespace busbar
