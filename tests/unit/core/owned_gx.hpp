// SPDX-License-Identifier: MIT
// A GX with settings that Busbar changes, and a disk that keeps the owner's, stepped once a second.
#pragma once

#include "core/gx/owned_setting.hpp"
#include "core/now.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

/// One setting of a GX: what is written arrives later, or never.
struct WrittenSetting {
    double value{0.0};
    std::deque<std::pair<SteadyTime, double>> underWay;
    std::vector<double> writes;
    std::vector<SteadyTime> writtenAt;

    void arrive(SteadyTime now) {
        while (!underWay.empty() && underWay.front().first <= now) {
            value = underWay.front().second;
            underWay.pop_front();
        }
    }
};

/// Each status has a word and a text of its own.
inline void expectWords(const OwnedPolicy& policy) {
    std::set<std::string_view> words;
    std::set<std::string_view> texts;
    for (const OwnedRow& row : *policy.rows) {
        EXPECT_FALSE(row.word.empty() || row.text.empty()) << policy.name;
        words.insert(row.word);
        texts.insert(row.text);
    }
    EXPECT_EQ(words.size(), kOwnedStatusCount) << policy.name;
    EXPECT_EQ(texts.size(), kOwnedStatusCount) << policy.name;
}

/// A fixture for a machine with `State`, whose `step` takes `Input`; the disk holds `Disk`.
template <class State, class Input, class Disk>
class OwnedGx : public ::testing::Test {
protected:
    using Output = decltype(step(std::declval<State&>(), std::declval<const Input&>(),
                                 std::declval<const Now&>()));

    /// Before each step: lets writes arrive and fills `input` with what the GX and the disk show.
    virtual void show() = 0;
    /// After each step: `take`s what it wrote.
    virtual void takeAll() = 0;

    /// A cycle a second: writes arrive before the next one, unless the GX refuses or is slow.
    OwnedStatus pass(std::chrono::seconds span = std::chrono::seconds(1)) {
        for (; span > std::chrono::seconds(0); span -= std::chrono::seconds(1)) {
            now = now + std::chrono::seconds(1);
            cycle();
        }
        return out.status;
    }
    void cycle() {
        show();
        input.persisted = disk;
        out = step(state, input, now);
        takeAll();
        if (isDiskGood)
            disk = out.toPersist;
        for (const OwnedEvent& event : out.events) {
            const std::string mark = event.isProblem ? "! " : "";
            events.push_back(mark + event.text);
            words.push_back(mark + std::string(event.word));
        }
    }
    [[nodiscard]] std::optional<double> shown(WrittenSetting& setting) const {
        setting.arrive(now.steady);
        return isReadable ? std::optional(setting.value) : std::nullopt;
    }
    void take(std::optional<double> write, WrittenSetting& setting, bool isSafe) {
        if (!write)
            return;
        EXPECT_TRUE(isSafe) << *write << " is written while nothing is on disk";
        setting.writes.push_back(*write);
        setting.writtenAt.push_back(now.steady);
        if (!isRefusing)
            setting.underWay.emplace_back(now.steady + delay, *write);
    }
    void crash() { state = {}; }
    std::vector<std::string> takeEvents() { return std::exchange(events, {}); }
    std::vector<std::string> takeWords() { return std::exchange(words, {}); }

    bool isReadable{true};
    bool isRefusing{false};
    bool isDiskGood{true};
    std::chrono::seconds delay{1};
    Disk disk;
    std::vector<std::string> events; ///< texts, problems with a mark
    std::vector<std::string> words;  ///< the same, as the log's words
    State state;
    Input input;
    Output out;
    Now now = made::start();
};

} // namespace busbar
