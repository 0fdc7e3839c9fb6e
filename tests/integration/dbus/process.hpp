// SPDX-License-Identifier: MIT
// Another program, run beside the loop of the test.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace busbar::test {

/// Starts with the object, ends with it at the latest. Its output and its errors are one text.
class Process {
public:
    explicit Process(const std::vector<std::string>& arguments);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    Process(Process&&) = delete;
    Process& operator=(Process&&) = delete;

    /// Takes what it has written; false once it has ended and all is read.
    bool read();
    [[nodiscard]] const std::string& output() const { return output_; }
    /// After `read` said that it ended; −1 before, 127 if it could not be started.
    [[nodiscard]] int exitCode() const { return exitCode_; }

private:
    pid_t process_ = -1;
    int pipe_ = -1;
    std::string output_;
    int exitCode_ = -1;
};

} // namespace busbar::test
