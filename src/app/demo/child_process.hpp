// SPDX-License-Identifier: MIT
// A program that runs as a child of this one and never outlives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace busbar {

/// Full path of an executable file: looked for in the folders of `path` (as in $PATH) and then in
/// /usr/sbin and /sbin, where servers live that ordinary users do not have in theirs. A name with a
/// slash is taken as it is. Nothing if there is none.
[[nodiscard]] std::optional<std::string> findProgram(std::string_view name, std::string_view path);
/// The same with $PATH of this process.
[[nodiscard]] std::optional<std::string> findProgram(std::string_view name);

/// Where a stream of the child goes.
struct ChildStream {
    enum class Kind : std::uint8_t { Inherit, Discard, File, Pipe };
    Kind kind{Kind::Inherit};
    std::string file{}; ///< appended to; made with mode 0600
};

struct ChildSettings {
    std::string program;                  ///< name or path, see findProgram
    std::vector<std::string> arguments{}; ///< without the program itself
    std::vector<std::pair<std::string, std::string>>
        environment{}; ///< added to that of this process, or replacing
    ChildStream out{}; ///< standard output
    ChildStream err{}; ///< may be a pipe as well, then the same one as `out`
};

/// How a child ended.
struct ChildEnd {
    int exitCode{-1}; ///< 0 … 255, −1 if a signal ended it
    int signal{0};    ///< 0 if it ended by itself
};

/// Starts in the constructor, ends in the destructor. The child gets a process group of its own
/// (Ctrl-C of the terminal reaches only the parent, which ends its children in order), default
/// signal handling, nothing on standard input, and SIGTERM when the *thread* that started it dies:
/// start children on the main thread.
class ChildProcess {
public:
    static constexpr std::chrono::milliseconds kPatience{3000};

    /// Throws std::runtime_error if there is no such program, std::system_error if it cannot be
    /// started.
    explicit ChildProcess(const ChildSettings& settings);
    ~ChildProcess();
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Reading end of the pipe, non-blocking, closed with this object; −1 without a pipe.
    [[nodiscard]] int outputFd() const { return outputFd_; }
    /// Nothing while it runs. Never waits.
    [[nodiscard]] std::optional<ChildEnd> poll();
    /// SIGTERM, wait for at most `patience`, SIGKILL. Waits; not for the event loop.
    ChildEnd stop(std::chrono::milliseconds patience = kPatience);

private:
    [[nodiscard]] bool waitUntilEnded(std::chrono::milliseconds patience);
    void closeOutput() noexcept;

    pid_t pid_{-1};
    int outputFd_{-1};
    std::optional<ChildEnd> end_;
};

} // namespace busbar
