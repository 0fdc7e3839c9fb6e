// SPDX-License-Identifier: MIT
#include "core/members/member.hpp"
#include "core/snapshot.hpp"
#include "core/table/aggregate.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace busbar::aggregate_test {
namespace {

using made::Pack;

bool isFolded(const Row& r) {
    return r.rule == Rule::Sum || r.rule == Rule::Mean || r.rule == Rule::MeanByCapacity ||
           r.rule == Rule::Min || r.rule == Rule::Max;
}

std::vector<RowIndex> foldedRows() {
    std::vector<RowIndex> rows;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isFolded(kRows[i]))
            rows.push_back(static_cast<RowIndex>(i));
    return rows;
}

/// Random batteries, about a third of whose values is unknown. Power and current are both known, so
/// that none is derived from the other.
class RandomPacks {
public:
    explicit RandomPacks(unsigned seed) : random_(seed) {}

    std::deque<Pack> make(int count) {
        std::deque<Pack> packs;
        for (int i = 0; i < count; ++i) {
            Pack& pack = packs.emplace_back("P" + std::to_string(i), made::Values{});
            for (std::size_t row = 0; row < kRowCount; ++row)
                if ((isFolded(kRows[row]) || kRows[row].rule == Rule::WholeSum) &&
                    random_() % 3U != 0)
                    pack.set(static_cast<RowIndex>(row), numberFor(static_cast<RowIndex>(row)));
        }
        return packs;
    }
    double numberFor(RowIndex index) {
        // A few steps over the whole range, so that equal values occur.
        const Row& r = kRows.at(index);
        return r.lowest + (r.highest - r.lowest) * static_cast<double>(random_() % 17U) / 16.0;
    }
    std::mt19937& random() { return random_; }

private:
    std::mt19937 random_;
};

Members membersOf(const std::deque<Pack>& packs, const std::vector<std::size_t>& order) {
    Members members;
    for (const std::size_t i : order)
        made::addTo(members, packs[i]);
    return members;
}

std::vector<std::size_t> countingUp(std::size_t count) {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i)
        order[i] = i;
    return order;
}

void expectSame(const Value& a, const Value& b, std::string_view path) {
    if (a.number() && b.number())
        EXPECT_NEAR(*a.number(), *b.number(), 1e-9 * (1.0 + std::abs(*a.number()))) << path;
    else
        EXPECT_EQ(a, b) << path;
}

TEST(Fold, NobodyGivesUnknown) {
    const Members nobody;
    for (std::size_t i = 0; i < kRowCount; ++i)
        EXPECT_FALSE(fold(static_cast<RowIndex>(i), nobody).isKnown()) << kRows[i].path;
}

TEST(Fold, OneBatteryGivesItsOwnValue) {
    RandomPacks random(1);
    for (const RowIndex index : foldedRows()) {
        const double number = random.numberFor(index);
        const Pack pack("A", {{index, number}});
        Members members;
        made::addTo(members, pack);
        expectSame(fold(index, members), number, kRows[index].path);
    }
}

TEST(Fold, OrderDoesNotMatter) {
    RandomPacks random(2);
    for (int round = 0; round < 50; ++round) {
        const auto packs = random.make(5);
        auto order = countingUp(packs.size());
        Snapshot first;
        foldAll(membersOf(packs, order), first);
        std::ranges::shuffle(order, random.random());
        Snapshot second;
        foldAll(membersOf(packs, order), second);
        for (std::size_t i = 0; i < kRowCount; ++i)
            expectSame(first.rows[i], second.rows[i], kRows[i].path);
    }
}

TEST(Fold, AnUnknownMemberChangesNothing) {
    RandomPacks random(3);
    for (int round = 0; round < 50; ++round) {
        auto packs = random.make(4);
        Snapshot without;
        foldAll(membersOf(packs, countingUp(4)), without);
        packs.emplace_back("Z", made::Values{});
        Snapshot with;
        foldAll(membersOf(packs, countingUp(5)), with);
        for (std::size_t i = 0; i < kRowCount; ++i)
            if (kRows[i].rule != Rule::WholeSum)
                expectSame(without.rows[i], with.rows[i], kRows[i].path);
    }
}

TEST(Fold, ChargeIsTheWholeOfItOrUnknown) {
    constexpr RowIndex kRemaining = row("/Capacity");
    constexpr RowIndex kConsumed = row("/ConsumedAmphours");
    constexpr RowIndex kInstalled = row("/InstalledCapacity");
    std::deque<Pack> packs;
    packs.emplace_back("A", made::Values{{kRemaining, 168.0},
                                         {kConsumed, -112.0},
                                         {kInstalled, 280.0},
                                         {row("/Soc"), 60.0}});
    packs.emplace_back("B", made::Values{{kInstalled, 592.0}, {row("/Soc"), 70.0}});
    const auto folded = [&packs](RowIndex index) {
        return fold(index, membersOf(packs, countingUp(2))).number();
    };
    EXPECT_NEAR(folded(kRemaining).value(), 582.4, 1e-9) << "of B by its SoC";
    EXPECT_NEAR(folded(kConsumed).value(), -112.0 - 177.6, 1e-9);
    EXPECT_EQ(folded(kInstalled), 872.0);
    packs.back().set(row("/Soc"), {});
    EXPECT_EQ(folded(kRemaining), std::nullopt);
    EXPECT_EQ(folded(kConsumed), std::nullopt);
    packs.back().set(kInstalled, {});
    EXPECT_EQ(folded(kInstalled), std::nullopt);
}

TEST(Fold, StaysBetweenSmallestAndLargestMember) {
    RandomPacks random(4);
    for (int round = 0; round < 50; ++round) {
        const auto packs = random.make(4);
        const Members members = membersOf(packs, countingUp(4));
        for (const RowIndex index : foldedRows()) {
            if (kRows[index].rule == Rule::Sum)
                continue;
            const auto result = fold(index, members).number();
            if (!result)
                continue;
            double lowest = 1e300;
            double highest = -1e300;
            for (const Member& member : members) {
                lowest = std::min(lowest, member.number(index).value_or(lowest));
                highest = std::max(highest, member.number(index).value_or(highest));
            }
            EXPECT_GE(*result, lowest - 1e-6) << kRows[index].path;
            EXPECT_LE(*result, highest + 1e-6) << kRows[index].path;
        }
    }
}

TEST(Fold, RowsThatAreNotFoldedStayUnknown) {
    Pack pack("A", {});
    for (Slot& slot : pack.battery.slots)
        slot.value = Value(1.0);
    Members members;
    made::addTo(members, pack);
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const bool isOwn = isFolded(kRows[i]) || kRows[i].rule == Rule::Companion ||
                           kRows[i].rule == Rule::WholeSum;
        EXPECT_EQ(fold(static_cast<RowIndex>(i), members).isKnown(), isOwn) << kRows[i].path;
    }
}

constexpr RowIndex kSoc = row("/Soc");
constexpr RowIndex kInstalled = row("/InstalledCapacity");
constexpr RowIndex kCapacity = row("/Capacity");

Value socOf(const std::deque<Pack>& packs) {
    return fold(kSoc, membersOf(packs, countingUp(packs.size())));
}

TEST(MeanByCapacity, WeighsWithInstalledThenWithRemainingCapacity) {
    std::deque<Pack> packs;
    packs.emplace_back("A", made::Values{{kSoc, 20.0}, {kInstalled, 100.0}, {kCapacity, 20.0}});
    packs.emplace_back("B", made::Values{{kSoc, 80.0}, {kCapacity, 300.0}});
    EXPECT_EQ(socOf(packs), Value(65.0));
}

TEST(MeanByCapacity, IsUnweightedIfACapacityIsMissingOrZero) {
    for (const Value& capacity : {Value(), Value(0.0)}) {
        std::deque<Pack> packs;
        packs.emplace_back("A", made::Values{{kSoc, 20.0}, {kInstalled, 100.0}});
        packs.emplace_back("B", made::Values{{kSoc, 80.0}, {kInstalled, capacity}});
        EXPECT_EQ(socOf(packs), Value(50.0));
    }
}

TEST(MeanByCapacity, DoesNotAskForTheCapacityOfOneWithoutValue) {
    std::deque<Pack> packs;
    packs.emplace_back("A", made::Values{{kSoc, 20.0}, {kInstalled, 100.0}});
    packs.emplace_back("B", made::Values{{kSoc, 80.0}, {kInstalled, 300.0}});
    packs.emplace_back("C", made::Values{});
    EXPECT_EQ(socOf(packs), Value(65.0));
}

TEST(Companion, NamesTheWinnerAndItsCell) {
    constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
    constexpr RowIndex kId = row("/System/MaxVoltageCellId");
    std::deque<Pack> packs;
    packs.emplace_back("B", made::Values{{kHighest, 3.4}, {kId, "C4"}});
    packs.emplace_back("A", made::Values{{kHighest, 3.4}});
    packs.emplace_back("C", made::Values{{kHighest, 3.3}, {kId, "C1"}});
    const auto id = [&](const std::vector<std::size_t>& order) {
        return fold(kId, membersOf(packs, order));
    };
    EXPECT_EQ(id({0, 2}), Value("B/C4"));
    EXPECT_EQ(id({0, 1, 2}), Value("A")) << "of equal ones the first by name, without a cell id";
    EXPECT_FALSE(id({}).isKnown());
}

} // namespace
} // namespace busbar::aggregate_test
