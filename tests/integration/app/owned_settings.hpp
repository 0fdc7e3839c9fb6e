// SPDX-License-Identifier: MIT
// A plant for tests of settings of the owner's in a GX that Busbar changes for a while and gives
// back.
#pragma once

#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::test {

/// Pack A (50 A and 56 V), and somebody who hears every write to the GX's settings.
class OwnedSettings : public ::testing::Test {
protected:
    /// Options with which Busbar may change them, and without.
    explicit OwnedSettings(Options with, Options without = {})
        : allowed(std::move(with)), forbidden(std::move(without)) {
        plant.gx.add(kPackA);
    }

    [[nodiscard]] static std::string writeTopic(const char* path) {
        return std::string("W/") + kPortal + "/settings/0" + path;
    }
    void start(const Options& options) {
        ASSERT_TRUE(plant.until([this] { return writes.isReady(); }));
        ASSERT_TRUE(plant.startAndWait(options)) << plant.log();
    }
    void start() { start(allowed); }
    void stop(int signal = SIGTERM) {
        plant.busbar->signal(signal);
        ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); })) << plant.log();
        ASSERT_TRUE(plant.settle());
    }
    void reload(const Options& options) {
        plant.writeConfig(options);
        plant.busbar->signal(SIGHUP);
    }
    void packTakes(double current_A) { plant.gx.set(1, "/Info/MaxChargeCurrent", current_A); }
    void expectUntouchedSince(int writesSoFar) {
        EXPECT_EQ(plant.gx.settingWrites(), writesSoFar) << plant.log();
    }
    /// Values that were written to a setting, by anybody.
    [[nodiscard]] std::vector<double> written(const char* path) {
        std::vector<double> values;
        for (const std::string& payload : writes.all(writeTopic(path)))
            values.push_back(jsonNumber(payload, "/value").value_or(-1000.0));
        return values;
    }

    const Options allowed;
    const Options forbidden;
    Plant plant;
    TopicView writes{plant.broker.url(), {std::string("W/") + kPortal + "/settings/#"}};
};

} // namespace busbar::test
