// SPDX-License-Identifier: MIT
#include "mqtt/session/read_pause.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace busbar::mqtt::read_pause_test {
namespace {

using namespace std::chrono_literals;

/// What a thread does that takes messages: portions of four, each message taking 50 µs.
class ReadPauseTest : public testing::Test {
protected:
    /// `portions` each second, in nine tenths of it. How many pauses the last second had.
    int hear(int portions, std::chrono::seconds seconds) {
        int pauses = 0;
        for (auto second = 0s; second < seconds; ++second) {
            pauses = 0;
            const auto begin = now;
            for (int i = 0; i < portions; ++i) {
                now = std::max(now, begin + i * (900'000us / portions));
                pauses += portion();
            }
            now = begin + 1s;
        }
        return pauses;
    }

    int portion() {
        int pauses = 0;
        for (int message = 0; message < 4; ++message, now += 50us)
            if (const auto wait = pause.after(now); wait > 0ms) {
                ++pauses;
                now += wait + 400us; // a sleep ends late
                pause.resume(now);
            }
        return pauses;
    }

    ReadPause pause;
    ReadPause::Time now{1000s};
};

TEST_F(ReadPauseTest, FewPortionsAreTakenAsTheyCome) {
    EXPECT_EQ(hear(ReadPause::kMany - 1, 100s), 0);
}

TEST_F(ReadPauseTest, ManyPortionsGatherBehindTheFirst) {
    EXPECT_EQ(hear(500, 1s), 0) << "nothing is known yet";
    const int pauses = hear(500, 3s);
    EXPECT_GT(pauses, 50);
    EXPECT_LE(pauses, 1s / ReadPause::kPause);
}

TEST_F(ReadPauseTest, WherePausesBringLittleThereAreNone) {
    int paused = 0;
    int heard = 0;
    for (const auto end = now + 60s; now < end; ++heard) { // each message takes long itself
        const auto wait = pause.after(now);
        paused += wait > 0ms ? 1 : 0;
        now += wait;
        pause.resume(now);
        now += 350us;
    }
    EXPECT_LE(paused, 2 * (1s / ReadPause::kPause)) << "a second in each half minute";
    EXPECT_GT(heard, 100'000);
}

TEST_F(ReadPauseTest, ABacklogIsTakenWithoutPauses) {
    (void)hear(500, 3s);
    EXPECT_LE(portion() + portion() + portion(), 1)
        << "after one, what has gathered is taken whole";
}

TEST_F(ReadPauseTest, ThePausesEndWhenFewComeAgain) {
    (void)hear(500, 3s);
    EXPECT_GT(hear(16, 2s), 0);
    EXPECT_EQ(hear(16, std::chrono::seconds(ReadPause::kPausedFor + 1)), 0);
}

TEST_F(ReadPauseTest, ManyAreCountedAgainNowAndThen) {
    int without = 0;
    for (int second = 0; second < 3 * (ReadPause::kPausedFor + 1); ++second)
        without += hear(500, 1s) == 0 ? 1 : 0;
    EXPECT_EQ(without, 3);
}

} // namespace
} // namespace busbar::mqtt::read_pause_test
