// SPDX-License-Identifier: MIT
// `busbar simulate --closed-loop`: bank and core in this process, as fast as it goes.
#include "app/commands/closed_loop_report.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/new_file.hpp"
#include "app/view/terminal_kind.hpp"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace busbar {

namespace {

std::runtime_error cannotWrite(const std::string& file) {
    return std::runtime_error("cannot write the report " + file + ": " +
                              std::generic_category().message(errno));
}

/// On a terminal, which day it is; cleared at the end.
class ProgressLine {
public:
    explicit ProgressLine(int days) : days_(days), isTerminal_(isPaintable(STDERR_FILENO)) {}
    void show(int day) const {
        if (isTerminal_)
            std::fprintf(stderr, "\rday %d of %d", day, days_);
    }
    void clear() const {
        if (isTerminal_)
            std::fputs("\r\x1b[K", stderr);
    }

private:
    int days_;
    bool isTerminal_;
};

bool wantsJson(const ClosedLoopCommand& command) {
    return command.json || command.report.ends_with(".json");
}

} // namespace

int closedLoopCommand(const ClosedLoopCommand& command) {
    ClosedLoopOptions options;
    options.bank = command.bank;
    options.days = command.days;
    if (!command.config.empty()) {
        const auto config = loadConfig(command.config);
        if (!config)
            return kBadConfig;
        options.settings = config->banks.front().bank;
    }
    const bool isFile = command.report != "-";
    std::ofstream file;
    if (isFile)
        if (const std::string why = whyNotOver(command.report); !why.empty())
            throw std::runtime_error(why);
    if (isFile)
        file.open(command.report);
    if (isFile && !file)
        throw cannotWrite(command.report);
    const ProgressLine progress(options.days);
    const ClosedLoopReport report =
        runClosedLoop(options, [&progress](int day) { progress.show(day); });
    progress.clear();
    const std::string text = wantsJson(command) ? reportJson(report) : reportText(report);
    if (!isFile)
        std::fputs(text.c_str(), stdout);
    else if (!(file << text << std::flush))
        throw cannotWrite(command.report);
    return kDone;
}

} // namespace busbar
