// SPDX-License-Identifier: MIT
// Starting, reading and ending another program.
#include "process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace busbar::test {

namespace {

[[noreturn]] void become(char* const* arguments, int output) {
    sigset_t none{};
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments);
    ::_exit(127);
}

} // namespace

Process::Process(const std::vector<std::string>& arguments) {
    std::vector<std::string> copy = arguments;
    std::vector<char*> pointers;
    pointers.reserve(copy.size() + 1);
    for (std::string& argument : copy)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) < 0)
        throw std::runtime_error("no pipe");
    process_ = ::fork();
    if (process_ == 0)
        become(pointers.data(), ends[1]);
    ::close(ends[1]);
    pipe_ = ends[0];
    if (process_ < 0 || ::fcntl(pipe_, F_SETFL, O_NONBLOCK) < 0)
        throw std::runtime_error("cannot start " + arguments.front());
}

Process::~Process() {
    ::close(pipe_);
    if (exitCode_ >= 0)
        return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

bool Process::read() {
    std::array<char, 65536> buffer{};
    ssize_t got = 0;
    while ((got = ::read(pipe_, buffer.data(), buffer.size())) > 0)
        output_.append(buffer.data(), static_cast<std::size_t>(got));
    if (got < 0 || exitCode_ >= 0)
        return exitCode_ < 0;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_)
        exitCode_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return exitCode_ < 0;
}

} // namespace busbar::test
