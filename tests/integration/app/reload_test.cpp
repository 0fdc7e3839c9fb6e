// SPDX-License-Identifier: MIT
// A reload that fails in whatever way leaves the program as it was.
#include "app/run/app.hpp"
#include "support/private_broker.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace busbar::test::reload_test {
namespace {

using std::chrono::milliseconds;

/// Only for the length of a test: other tests of this process start children.
class BlockedSignals {
public:
    BlockedSignals() {
        ::pthread_sigmask(SIG_BLOCK, nullptr, &before_);
        blockSignals();
    }
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    BlockedSignals(BlockedSignals&&) = delete;
    BlockedSignals& operator=(BlockedSignals&&) = delete;

private:
    sigset_t before_{};
};

/// No bus, and nobody at the broker's port.
class ReloadInProcess : public ::testing::Test {
protected:
    ReloadInProcess() {
        config.banks.front().dbus.bus = "none";
        config.stateDir = dir.file("state");
        config.gx.broker.url = "mqtt://127.0.0.1:" + std::to_string(freePort());
    }
    /// Runs with one SIGHUP, after which `reload` is asked; true if it was, and all went on.
    bool goesOnAfter(std::function<config::ReadResult()> reload) {
        int asked = 0;
        int cyclesAfter = 0;
        AppOptions options;
        options.runFor = milliseconds(2500); // a cycle a second, two of them after the signal
        options.reload = [&] {
            ++asked;
            return reload();
        };
        bool isSent = false;
        options.onCycle = [&](App&, const Now&) {
            cyclesAfter += asked;
            if (!std::exchange(isSent, true))
                ::raise(SIGHUP);
        };
        App app(config, std::move(options));
        app.start();
        const int code = app.run();
        return code == 0 && asked == 1 && cyclesAfter > 0 && !app.next() &&
               app.config().gx.broker.url == config.gx.broker.url;
    }
    /// What no session can have; the check of a file refuses it.
    static config::Config impossible(config::Config config) {
        config.gx.vrm = true;
        config.gx.portalId = "c0619-1";
        config.gx.broker.url = "mqtt://127.0.0.1:1";
        return config;
    }

    BlockedSignals signals;
    ScratchDir dir;
    config::Config config;
};

TEST_F(ReloadInProcess, ThatCannotEvenReadGoesOn) {
    EXPECT_TRUE(goesOnAfter([]() -> config::ReadResult { throw std::runtime_error("no disk"); }));
}

TEST_F(ReloadInProcess, WithoutMemoryGoesOn) {
    EXPECT_TRUE(goesOnAfter([]() -> config::ReadResult { throw std::bad_alloc(); }));
}

TEST_F(ReloadInProcess, WithASessionThatCannotBeMadeGoesOn) {
    EXPECT_TRUE(goesOnAfter([this] { return config::ReadResult{impossible(config), {}}; }));
}

TEST_F(ReloadInProcess, ThatRestartsWithASessionThatCannotBeMadeGoesOn) {
    EXPECT_TRUE(goesOnAfter([this] {
        config::Config wanted = impossible(config);
        wanted.banks.front().bank.id = "other";
        return config::ReadResult{wanted, {}};
    }));
}

TEST_F(ReloadInProcess, WithAnOutputThatCannotBeMadeGoesOn) {
    EXPECT_TRUE(goesOnAfter([this] {
        config::Config wanted = config;
        wanted.output.broker.url = "no://url";
        return config::ReadResult{wanted, {}};
    }));
}

} // namespace
} // namespace busbar::test::reload_test
