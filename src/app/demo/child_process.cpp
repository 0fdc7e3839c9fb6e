// SPDX-License-Identifier: MIT
// fork, exec, signals and reaping.
#include "app/demo/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace busbar {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{5};

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() { reset(); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    Fd(Fd&& other) noexcept : fd_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    [[nodiscard]] int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void reset() {
        if (fd_ >= 0)
            static_cast<void>(
                ::close(fd_)); // nothing was written through it that could be lost here
        fd_ = -1;
    }

private:
    int fd_{-1};
};

struct Pipe {
    Fd read, write;
};

Pipe makePipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) < 0)
        fail("pipe");
    return {Fd(fds[0]), Fd(fds[1])};
}

Fd openFile(const std::string& file, int flags) {
    Fd fd(::open(file.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (fd.get() < 0)
        fail("cannot open " + file);
    return fd;
}

/// A descriptor for the child's stream, or none if it inherits.
Fd openStream(const ChildStream& stream, const Pipe& pipe) {
    switch (stream.kind) {
    case ChildStream::Kind::Inherit:
        break;
    case ChildStream::Kind::Discard:
        return openFile("/dev/null", O_WRONLY);
    case ChildStream::Kind::File:
        return openFile(stream.file, O_WRONLY | O_APPEND | O_CREAT);
    case ChildStream::Kind::Pipe: {
        Fd copy(::fcntl(pipe.write.get(), F_DUPFD_CLOEXEC, 3));
        if (copy.get() < 0)
            fail("fcntl");
        return copy;
    }
    }
    return Fd();
}

bool isExecutable(const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           ::access(file.c_str(), X_OK) == 0;
}

std::string keyOf(std::string_view assignment) {
    return std::string(assignment.substr(0, assignment.find('=')));
}

std::vector<std::string>
environmentWith(const std::vector<std::pair<std::string, std::string>>& additions) {
    std::vector<std::string> result;
    for (char** line = ::environ; line != nullptr && *line != nullptr; ++line) {
        const auto isReplaced = [line](const auto& addition) {
            return addition.first == keyOf(*line);
        };
        if (std::ranges::none_of(additions, isReplaced))
            result.emplace_back(*line);
    }
    for (const auto& [key, value] : additions)
        result.push_back(std::string(key).append("=").append(value));
    return result;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Everything that the child needs between fork and exec, made before: there only async-signal-safe
/// calls are allowed.
struct Plan {
    std::string file;
    std::vector<char*> arguments, environment;
    Fd in, out, err;
    Pipe report; ///< errno of the child if it cannot start; closed by a good exec
    pid_t parent{0};
};

bool redirect(const Fd& from, int to) {
    return from.get() < 0 || ::dup2(from.get(), to) >= 0;
}

bool resetSignals() {
    struct sigaction byDefault {};
    byDefault.sa_handler = SIG_DFL;
    for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP})
        if (::sigaction(number, &byDefault, nullptr) < 0)
            return false;
    sigset_t none{};
    return ::sigemptyset(&none) == 0 && ::pthread_sigmask(SIG_SETMASK, &none, nullptr) == 0;
}

/// In the child. Returns only if something failed, with errno set.
void become(const Plan& plan) {
    const bool diesWithParent = ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0;
    if (::getppid() != plan.parent) // it was faster
        ::_exit(0);
    if (diesWithParent && ::setpgid(0, 0) == 0 && resetSignals() &&
        redirect(plan.in, STDIN_FILENO) && redirect(plan.out, STDOUT_FILENO) &&
        redirect(plan.err, STDERR_FILENO))
        ::execve(plan.file.c_str(), plan.arguments.data(), plan.environment.data());
}

[[noreturn]] void runChild(const Plan& plan) {
    become(plan);
    const int error = errno;
    const auto written = ::write(plan.report.write.get(), &error, sizeof error);
    ::_exit(written == sizeof error ? 127 : 126);
}

ssize_t readAll(int fd, int& value) {
    ssize_t got = -1;
    do
        got = ::read(fd, &value, sizeof value);
    while (got < 0 && errno == EINTR);
    return got;
}

pid_t waitPid(pid_t pid, int& status, int flags) {
    pid_t result = -1;
    do
        result = ::waitpid(pid, &status, flags);
    while (result < 0 && errno == EINTR);
    return result;
}

ChildEnd endOf(int status) {
    if (WIFSIGNALED(status))
        return {.exitCode = -1, .signal = WTERMSIG(status)};
    return {.exitCode = WEXITSTATUS(status), .signal = 0};
}

} // namespace

std::optional<std::string> findProgram(std::string_view name, std::string_view path) {
    if (name.find('/') != std::string_view::npos)
        return isExecutable(std::string(name)) ? std::optional(std::string(name)) : std::nullopt;
    const std::string folders = std::string(path) + ":/usr/sbin:/sbin";
    for (std::size_t from = 0; from <= folders.size();) {
        const std::size_t to = std::min(folders.find(':', from), folders.size());
        std::string file = folders.substr(from, to - from).append("/").append(name);
        if (to > from && !name.empty() && isExecutable(file))
            return file;
        from = to + 1;
    }
    return std::nullopt;
}

std::optional<std::string> findProgram(std::string_view name) {
    const char* path =
        std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nothing in this program changes it
    return findProgram(name, path == nullptr ? "/usr/bin:/bin" : path);
}

ChildProcess::ChildProcess(const ChildSettings& settings) {
    const auto file = findProgram(settings.program);
    if (!file)
        throw std::runtime_error("program not found: " + settings.program);
    std::vector<std::string> arguments = {settings.program};
    arguments.insert(arguments.end(), settings.arguments.begin(), settings.arguments.end());
    std::vector<std::string> environment = environmentWith(settings.environment);
    const bool hasPipe = settings.out.kind == ChildStream::Kind::Pipe ||
                         settings.err.kind == ChildStream::Kind::Pipe;
    Pipe output = hasPipe ? makePipe() : Pipe{};
    Plan plan{.file = *file,
              .arguments = pointersTo(arguments),
              .environment = pointersTo(environment),
              .in = openFile("/dev/null", O_RDONLY),
              .out = openStream(settings.out, output),
              .err = openStream(settings.err, output),
              .report = makePipe(),
              .parent = ::getpid()};
    if (hasPipe && ::fcntl(output.read.get(), F_SETFL, O_NONBLOCK) < 0)
        fail("fcntl");
    pid_ = ::fork();
    if (pid_ < 0)
        fail("fork");
    if (pid_ == 0)
        runChild(plan);
    plan.report.write.reset();
    int error = 0;
    if (readAll(plan.report.read.get(), error) != 0) {
        int status = 0;
        static_cast<void>(waitPid(pid_, status, 0));
        throw std::system_error(error, std::generic_category(), "cannot start " + *file);
    }
    outputFd_ = output.read.release();
}

ChildProcess::~ChildProcess() {
    if (pid_ > 0)
        stop();
    closeOutput();
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), outputFd_(std::exchange(other.outputFd_, -1)),
      end_(other.end_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(outputFd_, other.outputFd_);
    std::swap(end_, other.end_);
    return *this;
}

void ChildProcess::closeOutput() noexcept {
    Fd(std::exchange(outputFd_, -1)).reset();
}

std::optional<ChildEnd> ChildProcess::poll() {
    if (end_ || pid_ < 0)
        return end_;
    int status = 0;
    const pid_t result = waitPid(pid_, status, WNOHANG);
    if (result == pid_)
        end_ = endOf(status);
    else if (result < 0) // somebody else has reaped it: nothing is known but that it is gone
        end_ = ChildEnd{};
    return end_;
}

bool ChildProcess::waitUntilEnded(milliseconds patience) {
    for (milliseconds waited{0}; !poll() && waited < patience; waited += kLookEvery)
        std::this_thread::sleep_for(kLookEvery);
    return poll().has_value();
}

ChildEnd ChildProcess::stop(milliseconds patience) {
    if (poll())
        return end_.value_or(ChildEnd{});
    static_cast<void>(::kill(pid_, SIGTERM)); // can only fail if it has just ended
    if (!waitUntilEnded(patience)) {
        static_cast<void>(::kill(pid_, SIGKILL));
        int status = 0;
        const pid_t result = waitPid(pid_, status, 0);
        end_ = result == pid_ ? endOf(status) : ChildEnd{};
    }
    return end_.value_or(ChildEnd{});
}

} // namespace busbar
