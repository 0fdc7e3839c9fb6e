// SPDX-License-Identifier: MIT
// A GX that is set up so that the bank does not control it: what Busbar says about it, and when it
// stops.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace busbar::test {
namespace {

using std::chrono::seconds;

constexpr const char* kState = "busbar/home/bank/main/state";
constexpr const char* kEvent = "busbar/home/event";
/// Findings last a minute before they are said.
constexpr seconds kUntilSaid = seconds(60) + kPatience;

/// Where to find a finding: word in the document, part of its text.
struct Finding {
    std::string word;
    std::string text;
};
const std::array<Finding, 4> kFindings = {{
    {"dvcc_off", "DVCC is off"},
    {"other_monitor", "The GX's battery monitor is battery 1 (A)"},
    {"other_bms", "The GX's chargers are controlled by battery 1 (A)"},
    {"limits_ignored", "The bank is charged with 70.0A though its limit is 50.0A"},
}};
constexpr std::size_t kSettings = 3; ///< of them, the first ones; the rest is measured

class AdviceOnTheGx : public ::testing::Test {
protected:
    AdviceOnTheGx() {
        plant.gx.add(kPackA);
        plant.gx.setSystem("/Control/Dvcc", 1.0);
        setUp(1.0, 0);
    }
    void setUp(double dvcc, int battery) {
        plant.gx.setSetting("/Settings/Services/Bol", dvcc);
        plant.gx.setSystem("/ActiveBmsInstance", static_cast<double>(battery));
        plant.gx.setSystem("/ActiveBatteryService",
                           "com.victronenergy.battery/" + std::to_string(battery));
    }
    /// Its D-Bus battery is a service of the GX as well.
    void showOnGx() {
        plant.gx.set(0, "/DeviceInstance", 0.0);
        plant.gx.set(0, "/Serial", plant.text("/Serial"));
        plant.gx.set(0, "/Dc/0/Voltage", 52.8);
        plant.gx.set(0, "/Info/MaxChargeVoltage", 56.0);
    }
    [[nodiscard]] bool isSaid(const Finding& finding) {
        return topics.last(kState).find('"' + finding.word + '"') != std::string::npos;
    }
    [[nodiscard]] bool areSaid(bool expected) {
        return std::all_of(kFindings.begin(), kFindings.begin() + kSettings,
                           [&](const Finding& finding) { return isSaid(finding) == expected; });
    }
    /// How often an event named it: once when it came, once when it went.
    [[nodiscard]] std::ptrdiff_t events(const Finding& finding) {
        const auto& all = topics.all(kEvent);
        return std::ranges::count_if(all, [&](const std::string& event) {
            return jsonTextAt(event, "/type") == "advice" &&
                   event.find(finding.text) != std::string::npos;
        });
    }
    [[nodiscard]] std::size_t logged(const std::string& begin, const Finding& finding) const {
        return plant.busbar->logged("advice bank=main " + begin + " \"" + finding.text);
    }

    Plant plant;
    TopicView topics{plant.broker.url(), {"busbar/#"}};
};

/// One test for all, because each minute of patience counts.
TEST_F(AdviceOnTheGx, IsSaidOnceInLogEventAndDocumentAndGoesWhenItIsMended) {
    ASSERT_TRUE(plant.until([this] { return topics.isReady(); }));
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    showOnGx();
    setUp(0.0, 1);
    plant.gx.set(1, "/Dc/0/Current", 70.0);
    ASSERT_TRUE(plant.until([this] { return areSaid(true) && isSaid(kFindings[3]); }, kUntilSaid))
        << topics.last(kState) << plant.log();
    for (const Finding& finding : kFindings) {
        ASSERT_TRUE(plant.until([&] { return events(finding) == 1; })) << finding.word;
        EXPECT_EQ(logged("now", finding), 1U) << finding.word << plant.log();
    }
    setUp(1.0, 0);
    ASSERT_TRUE(plant.until([this] { return areSaid(false); }))
        << topics.last(kState) << plant.log();
    for (std::size_t i = 0; i < kSettings; ++i) {
        EXPECT_TRUE(plant.until([&] { return events(kFindings.at(i)) == 2; }))
            << kFindings.at(i).word;
        EXPECT_EQ(logged("over", kFindings.at(i)), 1U) << kFindings.at(i).word << plant.log();
        EXPECT_EQ(logged("now", kFindings.at(i)), 1U) << kFindings.at(i).word;
    }
    EXPECT_TRUE(isSaid(kFindings[3])) << "ten minutes without prove that limits are obeyed";
}

} // namespace
} // namespace busbar::test
