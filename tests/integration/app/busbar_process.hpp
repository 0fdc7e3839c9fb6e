// SPDX-License-Identifier: MIT
// The program itself as a child of a test: what it says, how it ends.
#pragma once

#include "app/demo/child_process.hpp"
#include "support/private_broker.hpp"
#include "support/wait.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::test {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// The executable under test.
[[nodiscard]] std::string busbarProgram();

/// Runs until told otherwise; killed with the object. Both streams go to files of its own.
class BusbarProcess {
public:
    explicit BusbarProcess(std::vector<std::string> arguments, Variables environment = {});

    /// Everything so far.
    [[nodiscard]] std::string log() const;    ///< standard error
    [[nodiscard]] std::string output() const; ///< standard output
    /// How often a piece of text is in the log.
    [[nodiscard]] std::size_t logged(std::string_view text) const;

    void signal(int number) const;
    [[nodiscard]] bool hasEnded() { return child_.poll().has_value(); }
    /// Nothing if it still runs when the time is over.
    [[nodiscard]] std::optional<ChildEnd> waitForEnd(std::chrono::milliseconds limit = kPatience);
    /// The most memory it ever had resident, in KiB.
    [[nodiscard]] long peakMemory_KiB() const;
    [[nodiscard]] pid_t pid() const { return child_.pid(); }

private:
    ScratchDir dir_;
    ChildProcess child_;
};

/// A command that ends by itself.
struct Finished {
    int exitCode{-1}; ///< −1: ended by a signal, or not at all within half a minute
    std::string output;
    std::string errors;
};
[[nodiscard]] Finished runBusbar(std::vector<std::string> arguments, Variables environment = {});

/// Non-overlapping occurrences.
[[nodiscard]] std::size_t countOf(std::string_view text, std::string_view what);
/// Empty if it cannot be read.
[[nodiscard]] std::string contentOf(const std::string& file);

} // namespace busbar::test
