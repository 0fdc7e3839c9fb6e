// SPDX-License-Identifier: MIT
// Whoever comes to an instance is as if nobody had been there before.
#include "core/bank.hpp"
#include "core/members/member.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace busbar::occupants_test {
namespace {

using namespace std::chrono_literals;

constexpr int kInstance = 1;
constexpr RowIndex kSerial = row("/Serial");
/// Former occupants are missed for a day.
constexpr auto kNobodyMissed = 25h;

/// All that a service shows.
struct Occupant {
    std::map<RowIndex, Value> rows;
    std::vector<Value> cells;
};

BankSettings ownVoltage() {
    BankSettings settings;
    settings.preset = Preset::None;
    settings.limits.share = Share::Count;
    settings.limits.cvl.mode = CvlMode::Own;
    settings.limits.cvl.cell_V = std::vector<double>(12, 3.45);
    settings.publishCells = true;
    return settings;
}

/// A GX that has answered, with nobody on the instance.
class Gx {
public:
    explicit Gx(const Now& now) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        readings.completeSweep(now);
        readings.settle(now);
    }
    void put(const Occupant& occupant, const Now& now) {
        for (const auto& [index, value] : occupant.rows)
            made::put(readings, kInstance, index, value, now);
        for (std::size_t n = 0; n < occupant.cells.size(); ++n)
            readings.put(kInstance, {Place::Kind::Cell, static_cast<std::uint16_t>(n)},
                         occupant.cells[n], now);
    }
    /// It comes, is read, and has had time to fill.
    void join(const Occupant& occupant, Now& now) {
        put(occupant, now);
        readings.settle(now);
        readings.completeRead(kInstance);
        fill(now);
    }
    void fill(Now& now) {
        for (int second = 0; second < 12; ++second) {
            now = now + 1s;
            readings.settle(now);
        }
    }
    /// The GX restarts meanwhile: nobody says that the other has left.
    void joinUnseen(const Occupant& occupant, Now& now) {
        readings.setLink(false, now);
        now = now + 2s;
        readings.settle(now);
        readings.setLink(true, now);
        (void)readings.beginSweep();
        put(occupant, now);
        readings.completeSweep(now);
        fill(now);
    }
    [[nodiscard]] const Battery& battery() const { return readings.batteries().at(kInstance); }

    Readings readings;
};

/// What a bank makes of it, and what it keeps of the instance.
std::string shown(const Gx& gx, const Now& now) {
    std::string text;
    const auto add = [&text](std::string_view name, const Value& value) {
        if (!value.isKnown())
            return;
        text.append(name).append("=");
        text += value.text() != nullptr ? *value.text() : std::to_string(*value.number());
        text += "\n";
    };
    Bank bank(ownVoltage());
    const Snapshot& snapshot = bank.evaluate(gx.readings, now);
    for (std::size_t i = 0; i < kRowCount; ++i)
        add(kRows.at(i).path, snapshot.rows.at(i));
    for (const Item& item : snapshot.extras) {
        text += item.path + "\n";
        add(item.path, item.value);
    }
    for (const MemberReport& member : bank.report().members)
        text += member.id + " " + member.name + " " + std::string(toText(member.reason)) + "\n";
    const Battery& battery = gx.battery();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        add(kRows.at(i).path, battery.slots.at(i).value);
        text += battery.slots.at(i).present ? "p" : "-";
        text += battery.slots.at(i).held.isKnown() ? "h" : "-";
    }
    text += battery.lost ? " lost" : " usable";
    text += battery.isJoining ? " joining" : "";
    return text + (battery.firstUsable ? " worked" : "");
}

Occupant pack(int instance, std::size_t cells) {
    Occupant occupant;
    occupant.rows = {{row("/DeviceInstance"), 1.0},
                     {kSerial, "S" + std::to_string(instance)},
                     {row("/Dc/0/Voltage"), 51.0},
                     {row("/Dc/0/Current"), 10.0},
                     {row("/Info/MaxChargeVoltage"), 60.0},
                     {row("/Info/MaxChargeCurrent"), 100.0},
                     {row("/Info/MaxDischargeCurrent"), 100.0}};
    occupant.cells.assign(cells, Value(3.3));
    return occupant;
}

/// A battery or a shunt, with or without any of its texts, paths and cells.
Occupant anyone(std::mt19937& random) {
    const auto chance = [&random](int of) { return static_cast<int>(random() % 100) < of; };
    const auto oneOf = [&random](const std::string& text, unsigned many) {
        return Value(text + std::to_string(random() % many));
    };
    Occupant occupant;
    occupant.rows[row("/Dc/0/Voltage")] = 50.0 + static_cast<double>(random() % 20) / 10.0;
    occupant.rows[row("/Dc/0/Current")] = static_cast<double>(random() % 20);
    occupant.rows[row("/ProductName")] = oneOf("Product ", 2);
    if (chance(70))
        occupant.rows[kSerial] = chance(80) ? oneOf("S", 4) : Value();
    if (chance(50))
        occupant.rows[row("/Mgmt/Connection")] = oneOf("tty", 2);
    if (chance(50))
        occupant.rows[row("/CustomName")] = oneOf("Pack ", 2);
    if (chance(30))
        return occupant; // a shunt
    const auto many = [&] {
        return chance(80) ? Value(static_cast<double>(random() % 90)) : Value();
    };
    for (const RowIndex index :
         {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent"), row("/Soc"),
          row("/Io/AllowToCharge"), row("/Alarms/LowSoc"), row("/InstalledCapacity")})
        if (chance(70))
            occupant.rows[index] = plausible({Place::Kind::Row, index}, many());
    if (chance(70))
        occupant.rows[row("/Info/MaxChargeVoltage")] = 60.0;
    occupant.cells.assign(chance(70) ? 15 + random() % 3 : 0, Value(3.2));
    for (Value& cell : occupant.cells)
        if (chance(5))
            cell = Value();
    return occupant;
}

TEST(Occupants, A15SAfterA16SHasItsOwnChargeVoltage) {
    Now now = made::start();
    Gx gx(now);
    gx.join(pack(1, 16), now);
    gx.readings.leave(kInstance, now);
    now = now + 60s;
    gx.readings.settle(now);
    gx.join(pack(2, 15), now);
    now = now + kNobodyMissed;
    gx.readings.settle(now);
    Bank bank(ownVoltage());
    const Snapshot& snapshot = bank.evaluate(gx.readings, now);
    EXPECT_EQ(snapshot[row("/Info/MaxChargeVoltage")], Value(51.75)) << "15 cells of 3.45 V";
    EXPECT_EQ(snapshot[row("/System/NrOfCellsPerBattery")], Value(15.0));
    EXPECT_EQ(std::ranges::count_if(
                  snapshot.extras,
                  [](const Item& item) { return item.path.find("Cell") != std::string::npos; }),
              30)
        << "of its page and by name";
}

TEST(Occupants, ACellThatTheGxDoesNotShowAnyMoreIsNoCell) {
    Now now = made::start();
    Gx gx(now);
    gx.join(pack(1, 16), now);
    (void)gx.readings.beginSweep();
    gx.put(pack(1, 15), now);
    gx.readings.completeSweep(now);
    gx.readings.settle(now);
    Bank bank(ownVoltage());
    EXPECT_EQ(bank.evaluate(gx.readings, now)[row("/Info/MaxChargeVoltage")], Value(51.75));
}

TEST(Occupants, OneThatIsLostKeepsItsCells) {
    Now now = made::start();
    Gx gx(now);
    gx.join(pack(1, 16), now);
    gx.readings.leave(kInstance, now);
    gx.readings.settle(now);
    Bank bank(ownVoltage());
    EXPECT_EQ(bank.evaluate(gx.readings, now)[row("/System/NrOfCellsPerBattery")], Value(16.0));
    Occupant back = pack(1, 0);
    gx.put(back, now);
    gx.readings.settle(now);
    EXPECT_EQ(bank.evaluate(gx.readings, now)[row("/System/NrOfCellsPerBattery")], Value(16.0))
        << "held, while its cells are still to come";
}

TEST(Occupants, AnotherSerialShowsNothingOfTheOneBefore) {
    Now now = made::start();
    Gx gx(now);
    gx.join(pack(1, 16), now);
    gx.readings.leave(kInstance, now);
    now = now + 5s;
    gx.readings.settle(now);
    gx.put(pack(2, 0), now);
    gx.readings.settle(now);
    for (const Slot& slot : gx.battery().slots)
        EXPECT_FALSE(slot.held.isKnown());
    EXPECT_FALSE(gx.battery().firstUsable) << "nothing of it to be held";
    EXPECT_EQ(gx.battery().lost, now.steady);
}

std::string reasonOf(const Bank& bank, std::string_view serial) {
    for (const MemberReport& member : bank.report().members)
        if (member.id == "serial_" + std::string(serial))
            return member.held ? "held" : std::string(toText(member.reason));
    return "absent";
}

TEST(Occupants, WhatIsHeldOfTheOneBeforeIsItsOwn) {
    Now now = made::start();
    Gx gx(now);
    Occupant first = pack(1, 16);
    first.rows[row("/Dc/0/Current")] = 3.0;
    gx.join(first, now);
    gx.readings.leave(kInstance, now);
    now = now + 5s;
    gx.put(pack(2, 16), now);
    gx.readings.completeRead(kInstance);
    gx.readings.settle(now);
    Bank bank(ownVoltage());
    EXPECT_EQ(bank.evaluate(gx.readings, now)[row("/Dc/0/Current")], Value(13.0));
    EXPECT_EQ(reasonOf(bank, "s1"), "held");
    EXPECT_EQ(reasonOf(bank, "s2"), "");
    now = now + 40s;
    gx.readings.settle(now);
    EXPECT_EQ(bank.evaluate(gx.readings, now)[row("/Dc/0/Current")], Value(10.0));
    EXPECT_EQ(reasonOf(bank, "s1"), "stale") << "missed, though its instance is another's";
}

TEST(Occupants, OneThatWorksUnderAnotherInstanceIsNotMissed) {
    Now now = made::start();
    Gx gx(now);
    gx.join(pack(1, 16), now);
    gx.readings.leave(kInstance, now);
    now = now + 5s;
    gx.join(pack(2, 16), now);
    ASSERT_EQ(gx.readings.batteries().size(), 2U);
    for (const auto& [index, value] : pack(1, 0).rows)
        made::put(gx.readings, 7, index, value, now);
    gx.readings.completeRead(7);
    gx.fill(now);
    EXPECT_EQ(gx.readings.batteries().size(), 2U) << "instances 1 and 7";
    Bank bank(ownVoltage());
    bank.evaluate(gx.readings, now);
    EXPECT_EQ(reasonOf(bank, "s1"), "");
    EXPECT_EQ(bank.report().members.size(), 2U);
}

TEST(Occupants, OneThatWasRenamedMeanwhileIsNotMissed) {
    Now now = made::start();
    Gx gx(now);
    Occupant occupant = pack(1, 16);
    occupant.rows[kSerial] = Value();
    occupant.rows[row("/Mgmt/Connection")] = "tty1";
    occupant.rows[row("/CustomName")] = "Old";
    gx.join(occupant, now);
    gx.readings.leave(kInstance, now);
    now = now + 5s;
    occupant.rows[row("/CustomName")] = "New";
    gx.join(occupant, now);
    EXPECT_EQ(gx.readings.batteries().size(), 1U);
}

/// What has been taken back is the last word of the one that said it.
TEST(Occupants, WhatOneDoesNotSayAnyMoreIsItsLastWordAndNobodyElses) {
    constexpr RowIndex kAllow = row("/Io/AllowToCharge");
    Now now = made::start();
    Gx gx(now);
    Occupant first = pack(1, 16);
    first.rows[kAllow] = 0.0;
    gx.join(first, now);
    first.rows[kAllow] = Value();
    first.cells[6] = Value();
    gx.put(first, now);
    gx.readings.settle(now);
    EXPECT_EQ(lastNumberOf(gx.battery(), kAllow), 0.0);
    EXPECT_TRUE(lacksCell(gx.battery()));
    gx.joinUnseen(first, now);
    EXPECT_EQ(lastNumberOf(gx.battery(), kAllow), 0.0) << "it is the same one";
    EXPECT_TRUE(lacksCell(gx.battery()));
    Occupant second = pack(2, 16);
    second.rows[kAllow] = Value();
    second.cells[6] = Value();
    gx.joinUnseen(second, now);
    EXPECT_FALSE(lastNumberOf(gx.battery(), kAllow));
    EXPECT_FALSE(lacksCell(gx.battery()));
    second.rows[kAllow] = 1.0;
    second.cells[6] = 3.3;
    gx.put(second, now);
    gx.readings.settle(now);
    EXPECT_EQ(lastNumberOf(gx.battery(), kAllow), 1.0);
    EXPECT_FALSE(lacksCell(gx.battery()));
}

/// By what the readings know it; the same one again is no other.
std::string identityAlone(const Occupant& occupant) {
    Now now = made::start();
    Gx gx(now);
    gx.join(occupant, now);
    return identityOf(gx.battery());
}

Occupant anyoneBut(const Occupant& before, std::mt19937& random) {
    Occupant next = anyone(random);
    while (!before.rows.empty() && identityAlone(next) == identityAlone(before))
        next = anyone(random);
    return next;
}

TEST(Occupants, AnySequenceOfThemIsAsTheLastOneAlone) {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        Now now = made::start();
        Gx used(now);
        Occupant last;
        const auto changes = 2 + random() % 4;
        for (std::uint32_t i = 0; i < changes; ++i) {
            last = anyoneBut(last, random);
            if (random() % 4 == 0) {
                used.joinUnseen(last, now);
                continue;
            }
            if (used.readings.batteries().contains(kInstance))
                used.readings.leave(kInstance, now);
            now = now + std::chrono::seconds(random() % 60);
            used.readings.settle(now);
            used.join(last, now);
        }
        Gx fresh(now);
        fresh.join(last, now);
        now = now + kNobodyMissed;
        fresh.readings.settle(now);
        used.readings.settle(now);
        ASSERT_EQ(shown(used, now), shown(fresh, now)) << "seed " << seed;
    }
}

} // namespace
} // namespace busbar::occupants_test
