// SPDX-License-Identifier: MIT
// Starting, reading and ending the program under test.
#include "busbar_process.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace busbar::test {

namespace {

ChildSettings settingsOf(const ScratchDir& dir, std::vector<std::string> arguments,
                         Variables environment) {
    return {.program = busbarProgram(),
            .arguments = std::move(arguments),
            .environment = std::move(environment),
            .out = {ChildStream::Kind::File, dir.file("out")},
            .err = {ChildStream::Kind::File, dir.file("log")}};
}

} // namespace

std::string busbarProgram() {
    return BUSBAR_PROGRAM;
}

BusbarProcess::BusbarProcess(std::vector<std::string> arguments, Variables environment)
    : child_(settingsOf(dir_, std::move(arguments), std::move(environment))) {}

std::string BusbarProcess::log() const {
    return contentOf(dir_.file("log"));
}

std::string BusbarProcess::output() const {
    return contentOf(dir_.file("out"));
}

std::size_t BusbarProcess::logged(std::string_view text) const {
    return countOf(log(), text);
}

void BusbarProcess::signal(int number) const {
    if (::kill(child_.pid(), number) < 0)
        throw std::system_error(errno, std::generic_category(), "signal to busbar");
}

std::optional<ChildEnd> BusbarProcess::waitForEnd(std::chrono::milliseconds limit) {
    if (!waitUntil([this] { return hasEnded(); }, limit))
        return std::nullopt;
    return child_.poll();
}

long BusbarProcess::peakMemory_KiB() const {
    std::ifstream status("/proc/" + std::to_string(child_.pid()) + "/status");
    for (std::string word; status >> word;)
        if (long number = 0; word == "VmHWM:" && status >> number)
            return number;
    throw std::runtime_error("busbar does not run");
}

Finished runBusbar(std::vector<std::string> arguments, Variables environment) {
    BusbarProcess process(std::move(arguments), std::move(environment));
    const auto end = process.waitForEnd();
    return {end ? end->exitCode : -1, process.output(), process.log()};
}

std::size_t countOf(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + what.size()))
        ++count;
    return count;
}

std::string contentOf(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace busbar::test
