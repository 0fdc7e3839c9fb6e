// SPDX-License-Identifier: MIT
// Two GXs to which the same happens, read in both ways: whoever reads cells now and then comes to
// the same.
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "support/gx_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace busbar::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kPacks = 3;
constexpr int kCells = 8;
constexpr std::array kCompared = {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent"),
                                  row("/Info/MaxChargeVoltage"), row("/System/NrOfModulesOnline"),
                                  row("/System/MaxCellVoltage"), row("/System/MinCellVoltage"),
                                  row("/Alarms/BmsCable")};

std::string payloadOf(double value) {
    return R"({"value":)" + std::to_string(value) + "}";
}

/// What its BMS says of a pack of LFP cells that are charged and discharged.
struct Pack {
    std::array<double, kCells> cells_V{};
    double current_A = 0.0;

    explicit Pack(std::mt19937& random) {
        std::uniform_real_distribution<double> spread(-0.004, 0.004);
        for (double& cell_V : cells_V)
            cell_V = 3.30 + spread(random);
    }
    void move(double step_V, std::mt19937& random) {
        std::normal_distribution<double> noise(0.0, 0.0005);
        for (double& cell_V : cells_V)
            cell_V = std::clamp(cell_V + step_V + noise(random), 2.6, 3.64);
        current_A = 4000.0 * step_V + 400.0 * noise(random);
    }
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> says() const {
        const auto [lowest, highest] = std::ranges::minmax_element(cells_V);
        const auto idOf = [this](auto cell) {
            return R"({"value":"C)" + std::to_string(cell - cells_V.begin() + 1) + "\"}";
        };
        double sum_V = 0.0;
        std::vector<std::pair<std::string, std::string>> all;
        for (int n = 0; n < kCells; ++n) {
            sum_V += cells_V.at(static_cast<std::size_t>(n));
            all.emplace_back("/Voltages/Cell" + std::to_string(n + 1),
                             payloadOf(cells_V.at(static_cast<std::size_t>(n))));
        }
        all.emplace_back("/System/MinCellVoltage", payloadOf(*lowest));
        all.emplace_back("/System/MaxCellVoltage", payloadOf(*highest));
        all.emplace_back("/System/MinVoltageCellId", idOf(lowest));
        all.emplace_back("/System/MaxVoltageCellId", idOf(highest));
        all.emplace_back("/Dc/0/Voltage", payloadOf(sum_V));
        all.emplace_back("/Dc/0/Current", payloadOf(current_A));
        return all;
    }
};

/// Both GXs. What is random is drawn once.
class CellModesTest : public ::testing::TestWithParam<unsigned> {
protected:
    void SetUp() override {
        for (GxBench* gx : {&live, &lean})
            for (int key = 1; key <= kPacks; ++key)
                gx->bridge().add(service(key));
        for (GxBench* gx : {&live, &lean}) {
            gx->connect();
            gx->cycle();
        }
    }
    static mqtt::GxSettings gxSettings(mqtt::GxReading reading) {
        mqtt::GxSettings gx;
        gx.portalId = kPortal;
        gx.reading = reading;
        return gx;
    }
    static BankSettings bankSettings() {
        BankSettings settings;
        settings.preset = Preset::Lfp;
        return settings;
    }
    FakeService service(int key) {
        FakeService made{key, key, {}};
        for (const auto& [path, payload] : packs.at(static_cast<std::size_t>(key - 1)).says())
            made.payloads[path] = payload;
        made.payloads["/DeviceInstance"] = payloadOf(key);
        made.payloads["/Serial"] = R"({"value":"S)" + std::to_string(key) + "\"}";
        made.payloads["/InstalledCapacity"] = payloadOf(100.0);
        made.payloads["/Soc"] = payloadOf(50.0);
        made.payloads["/System/NrOfCellsPerBattery"] = payloadOf(kCells);
        made.payloads["/Info/MaxChargeVoltage"] = payloadOf(28.0);
        made.payloads["/Info/MaxChargeCurrent"] = payloadOf(50.0);
        made.payloads["/Info/MaxDischargeCurrent"] = payloadOf(80.0);
        return made;
    }
    template <typename Do>
    void both(Do act) {
        act(live);
        act(lean);
    }
    /// A second, in which all packs report.
    void pass(double step_V) {
        for (int key = 1; key <= kPacks; ++key) {
            Pack& pack = packs.at(static_cast<std::size_t>(key - 1));
            pack.move(step_V, dice);
            for (const auto& said : pack.says())
                both([&](GxBench& gx) { gx.bridge().set(key, said.first, said.second); });
        }
        time += 1s;
        both([this](GxBench& gx) {
            gx.advanceTo(time);
            gx.cycle();
        });
        oldSeconds += hasOldCells(lean.readings(), 1) ? 1 : 0;
        EXPECT_FALSE(hasOldCells(live.readings(), 1));
    }
    void happen() {
        const int key = 1 + static_cast<int>(dice() % kPacks);
        switch (dice() % 4) {
        case 0:
            both([key](GxBench& gx) { gx.bridge().remove(key); });
            for (int i = 0; i < 5; ++i)
                pass(0.0);
            both([&](GxBench& gx) { gx.bridge().add(service(key)); });
            break;
        case 1:
            both([](GxBench& gx) { gx.overflow(); });
            break;
        case 2:
            both([key](GxBench& gx) {
                gx.bridge().set(key, "/System/MaxCellVoltage", R"({"value":null})");
            });
            break;
        default:
            both([key](GxBench& gx) {
                gx.bridge().set(key, "/Info/MaxChargeCurrent", payloadOf(20.0));
            });
        }
    }
    void compare(int second) {
        for (const RowIndex index : kCompared) {
            const auto ofLive = live.bank().snapshot()[index].number();
            const auto ofLean = lean.bank().snapshot()[index].number();
            const double known = ofLive.value_or(-1.0);
            ASSERT_NEAR(known, ofLean.value_or(-1.0), 0.011)
                << kRows.at(index).path << " after " << second << " s";
        }
    }

    std::mt19937 dice{GetParam()};
    std::vector<Pack> packs{Pack(dice), Pack(dice), Pack(dice)};
    GxBench live{bankSettings(), gxSettings(mqtt::GxReading::Live)};
    GxBench lean{bankSettings(), gxSettings(mqtt::GxReading::Lean)};
    std::chrono::milliseconds time{0};
    int oldSeconds{0};
};

/// Up to full, down to empty and back, with mishaps on the way.
TEST_P(CellModesTest, ComeToTheSame) {
    const auto stepOf = [](int second) { return 0.0005 * ((second / 600) % 4 < 2 ? 1.0 : -1.0); };
    for (int second = 0; second < 3600; ++second) {
        if (dice() % 200 == 0)
            happen();
        pass(second % 600 < 200 ? 0.0 : stepOf(second));
        compare(second);
        if (HasFatalFailure())
            return;
    }
    EXPECT_GT(oldSeconds, 200) << "nothing is compared that differs";
}

INSTANTIATE_TEST_SUITE_P(Seeds, CellModesTest, ::testing::Values(1U, 2U));

} // namespace
} // namespace busbar::bench
