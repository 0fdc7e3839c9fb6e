// SPDX-License-Identifier: MIT
// What must not leave old values in force: a log that nobody reads (multilog with a full disk, a
// terminal after Ctrl-S), and a program that hangs.
#include "plant.hpp"
#include "support/pipe.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace busbar::test {
namespace {

/// A pipe with a name, full to the brim.
class FullPipe {
public:
    explicit FullPipe(const std::string& file) {
        if (::mkfifo(file.c_str(), 0600) != 0 ||
            (fd_ = ::open(file.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
            throw std::runtime_error("no pipe " + file);
        const std::string block(4096, '.');
        while (::write(fd_, block.data(), block.size()) > 0) {
        }
    }
    ~FullPipe() { ::close(fd_); }
    FullPipe(const FullPipe&) = delete;
    FullPipe& operator=(const FullPipe&) = delete;
    FullPipe(FullPipe&&) = delete;
    FullPipe& operator=(FullPipe&&) = delete;

    std::string drain() { return readAll(fd_); }

private:
    int fd_ = -1;
};

TEST(Log, ThatNobodyReadsStopsNothing) {
    Plant plant;
    plant.gx.add(kPackA);
    FullPipe pipe(plant.dir.file("log"));
    ChildProcess busbar({.program = busbarProgram(),
                         .arguments = {"run", "-c", plant.writeConfig()},
                         .err = {ChildStream::Kind::File, plant.dir.file("log")}});
    ASSERT_TRUE(plant.until([&] { return plant.number("/Info/MaxChargeCurrent").has_value(); }));
    pipe.drain();
    ::kill(busbar.pid(), SIGHUP); // which it logs
    std::string log;
    EXPECT_TRUE(plant.until([&] { return (log += pipe.drain()).find("log_lost") != log.npos; }))
        << log;
    EXPECT_EQ(busbar.stop(kPatience).exitCode, 0);
}

TEST(Hang, EndsTheProgramSoThatItIsStartedAgain) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait());
    plant.busbar->signal(SIGALRM); // what the kernel's timer sends when the loop stands still
    const auto end = plant.busbar->waitForEnd();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->signal, SIGALRM);
    EXPECT_EQ(plant.busbar->logged("busbar: hung"), 1U);
}

} // namespace
} // namespace busbar::test
