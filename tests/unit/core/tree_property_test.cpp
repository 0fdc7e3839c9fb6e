// SPDX-License-Identifier: MIT
// Random trees of batteries: whatever stands in them, the bank above allows no leaf more than it
// bears.
#include "core/bank.hpp"
#include "core/made/composition.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace busbar::tree_property_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kInstalled = row("/InstalledCapacity");
constexpr double kSystem_V = 48.0;
constexpr int kDeepest = 4;
constexpr int kMostLeaves = 12;

enum class Kind : std::uint8_t { Leaf, Series, Bank };

struct Node {
    Kind kind = Kind::Leaf;
    std::string id{};
    int instance = 0; ///< of a leaf
    double voltage_V = kSystem_V;
    double current_A = 0.0; ///< what flows through it
    double capacity_Ah = 0.0;
    double charge_A = 0.0; ///< what it bears by its leaves
    std::vector<Node> children{};
};

/// Grows a tree and what follows from its leaves, by the rules of a busbar: what hangs in parallel
/// shares the current by capacity, what is in series has one.
class Grower {
public:
    explicit Grower(unsigned seed, bool isParallel = false)
        : random_(seed), isParallel_(isParallel) {}

    Node root() {
        Node node{Kind::Bank, "main"};
        node.children = children(1, kSystem_V, number(1, 4));
        sumUp(node);
        return node;
    }
    /// Bank settings of every bank below `node` but the root, and all made batteries.
    static void describe(const Node& node, std::vector<MadeSettings>& made,
                         std::vector<BankSettings>& banks) {
        for (const Node& child : node.children)
            describe(child, made, banks);
        if (node.kind == Kind::Series)
            made.push_back({.id = node.id, .kind = MadeKind::Series, .parts = selectorsOf(node)});
        if (node.kind != Kind::Bank)
            return;
        if (node.id != "main")
            made.push_back({.id = node.id, .kind = MadeKind::Bank});
        BankSettings bank;
        bank.id = node.id;
        bank.limits.ramp_A = 0.0;
        bank.membership.takeAll = false;
        bank.membership.selected = selectorsOf(node);
        banks.push_back(bank);
    }

private:
    static std::vector<Selector> selectorsOf(const Node& node) {
        std::vector<Selector> selectors;
        for (const Node& child : node.children)
            selectors.push_back(
                child.kind == Kind::Leaf
                    ? Selector{Selector::Kind::Instance, std::to_string(child.instance)}
                    : Selector{Selector::Kind::Made, child.id});
        return selectors;
    }
    int number(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }

    std::vector<Node> children(int depth, double voltage_V, int count) {
        std::vector<Node> nodes;
        for (int i = 0; i < count && leaves_ < kMostLeaves; ++i)
            nodes.push_back(grow(depth, voltage_V));
        return nodes;
    }
    Node grow(int depth, double voltage_V) {
        Node node{Kind::Leaf, "n" + std::to_string(++ids_), 0, voltage_V};
        const int what = depth >= kDeepest ? 0 : number(0, 3);
        if (what < 2 || leaves_ + 2 > kMostLeaves) {
            node.instance = ++leaves_;
            node.capacity_Ah = 50.0 * number(1, 6);
            node.charge_A = 10.0 * number(1, 20);
            return node;
        }
        const bool isSeries = what == 2 && !isParallel_;
        node.kind = isSeries ? Kind::Series : Kind::Bank;
        const int count = 2;
        node.children = children(depth + 1, isSeries ? voltage_V / count : voltage_V, count);
        if (node.children.size() < 2) { // no leaf was left for the second
            node = Node{Kind::Leaf, node.id, ++leaves_, voltage_V, 0.0, 100.0, 50.0};
            return node;
        }
        sumUp(node);
        return node;
    }
    static void sumUp(Node& node) {
        node.capacity_Ah = 0.0;
        for (const Node& child : node.children)
            node.capacity_Ah =
                node.kind == Kind::Series
                    ? (node.capacity_Ah > 0.0 ? std::min(node.capacity_Ah, child.capacity_Ah)
                                              : child.capacity_Ah)
                    : node.capacity_Ah + child.capacity_Ah;
        node.charge_A = 1e9;
        for (const Node& child : node.children)
            node.charge_A = std::min(node.charge_A,
                                     node.kind == Kind::Series
                                         ? child.charge_A
                                         : child.charge_A * node.capacity_Ah / child.capacity_Ah);
    }

    std::mt19937 random_;
    bool isParallel_; ///< banks alone
    int leaves_ = 0;
    int ids_ = 0;
};

void setFlow(Node& node, double current_A) {
    node.current_A = current_A;
    for (Node& child : node.children)
        setFlow(child, node.kind == Kind::Series
                           ? current_A
                           : current_A * child.capacity_Ah / node.capacity_Ah);
}

void forEachLeaf(const Node& node, const auto& act) {
    if (node.kind == Kind::Leaf)
        act(node);
    for (const Node& child : node.children)
        forEachLeaf(child, act);
}

/// A site without a GX.
class World {
public:
    explicit World(const Node& root, unsigned order = 0) : root_(root) {
        std::vector<MadeSettings> made;
        std::vector<BankSettings> settings;
        Grower::describe(root, made, settings);
        std::mt19937 random(order);
        if (order > 0) {
            std::ranges::shuffle(made, random);
            std::ranges::shuffle(settings, random);
        }
        composition_.emplace(std::move(made));
        for (BankSettings& one : settings)
            banks_.emplace_back(std::move(one));
        readings_.setLink(true, now_);
        (void)readings_.beginSweep();
        forEachLeaf(root, [this](const Node& leaf) { tell(leaf); });
        readings_.completeSweep(now_);
    }
    void tell(const Node& leaf) {
        made::putBasics(readings_, leaf.instance, now_);
        put(leaf, kVoltage, leaf.voltage_V);
        put(leaf, kCurrent, leaf.current_A);
        put(leaf, row("/Info/MaxChargeVoltage"), leaf.voltage_V * 1.15);
        put(leaf, kCharge, leaf.charge_A);
        put(leaf, kDischarge, 2.0 * leaf.charge_A);
        put(leaf, kInstalled, leaf.capacity_Ah);
        put(leaf, row("/Soc"), 50.0);
    }
    void put(const Node& leaf, RowIndex index, Value value) {
        made::put(readings_, leaf.instance, index, std::move(value), now_);
    }
    void leave(const Node& leaf) { readings_.leave(leaf.instance, now_); }
    void cycle(int count) {
        for (int i = 0; i < count; ++i) {
            now_.steady += 1s;
            now_.wall += 1s;
            readings_.noteSign(now_);
            readings_.settle(now_);
            composition_->work(readings_, banks_, now_, Pace::Cycle);
            for (Bank& one : banks_)
                if (!composition_->isInner(one))
                    one.evaluate(readings_, now_);
        }
    }
    [[nodiscard]] const Snapshot& top() const {
        return std::ranges::find_if(banks_,
                                    [](const Bank& bank) { return bank.settings().id == "main"; })
            ->snapshot();
    }
    [[nodiscard]] double topNumber(RowIndex index) const {
        return top()[index].number().value_or(0.0);
    }

private:
    Node root_;
    Readings readings_;
    std::optional<Composition> composition_;
    std::vector<Bank> banks_;
    Now now_ = made::start();
};

Node treeOf(unsigned seed, double current_A = 12.0) {
    Node root = Grower(seed).root();
    setFlow(root, current_A);
    return root;
}

std::vector<Node> leavesOf(const Node& root) {
    std::vector<Node> leaves;
    forEachLeaf(root, [&leaves](const Node& leaf) { leaves.push_back(leaf); });
    return leaves;
}

constexpr unsigned kTrees = 120;

TEST(Trees, AllowNoLeafMoreThanItBearsAndNotMuchLess) {
    for (unsigned seed = 1; seed <= kTrees; ++seed) {
        const Node root = treeOf(seed);
        World world(root);
        world.cycle(4);
        const double charge_A = world.topNumber(kCharge);
        EXPECT_LE(charge_A, root.charge_A + 0.11) << "seed " << seed;
        EXPECT_GE(charge_A, root.charge_A * 0.95 - 0.5) << "seed " << seed;
        EXPECT_NEAR(world.topNumber(kCurrent), 12.0, 0.2) << "nothing counts twice, seed " << seed;
        EXPECT_NEAR(world.topNumber(kInstalled), root.capacity_Ah, 0.1) << "seed " << seed;
        EXPECT_NEAR(world.topNumber(kVoltage), kSystem_V, 0.01) << "seed " << seed;
    }
}

TEST(Trees, DoNotDependOnTheOrderOfTheirLists) {
    for (unsigned seed = 1; seed <= kTrees; ++seed) {
        const Node root = treeOf(seed);
        World one(root);
        World other(root, seed + 1000);
        one.cycle(4);
        other.cycle(4);
        for (std::size_t i = 0; i < kRowCount; ++i) {
            const auto index = static_cast<RowIndex>(i);
            EXPECT_EQ(one.top()[index], other.top()[index]) << kRows[i].path << ", seed " << seed;
        }
    }
}

TEST(Trees, CloseWhereALeafGivesNoLimit) {
    for (unsigned seed = 1; seed <= kTrees; ++seed) {
        const Node root = treeOf(seed);
        const auto leaves = leavesOf(root);
        World world(root);
        world.put(leaves[seed % leaves.size()], kCharge, Value());
        world.cycle(4);
        EXPECT_EQ(world.topNumber(kCharge), 0.0) << "seed " << seed;
        EXPECT_GT(world.topNumber(kDischarge), 0.0) << "seed " << seed;
    }
}

/// One of the ways in which a leaf can fail.
void spoil(World& world, const Node& leaf, unsigned way) {
    switch (way % 5) {
    case 0:
        return world.leave(leaf);
    case 1:
        return world.put(leaf, row("/Io/AllowToCharge"), 0.0);
    case 2:
        return world.put(leaf, kCurrent, Value());
    case 3:
        return world.put(leaf, kVoltage, Value());
    default:
        return world.put(leaf, kInstalled, Value());
    }
}

/// Nested banks without their walls.
Node flattened(const Node& root) {
    Node flat = root;
    flat.children = leavesOf(root);
    return flat;
}

/// A bank shows its values rounded, and so do the banks in it: two last digits.
double digitsOf(RowIndex index) {
    return index == row("/Dc/0/Power") ? 2.01 : 0.21;
}

TEST(Trees, OfBanksAloneAreTheirFlattening) {
    int nested = 0;
    for (unsigned seed = 1; seed <= kTrees; ++seed) {
        Node root = Grower(seed, true).root();
        setFlow(root, 12.0);
        nested += leavesOf(root).size() != root.children.size() ? 1 : 0;
        World tree(root);
        World flat(flattened(root));
        tree.cycle(4);
        flat.cycle(4);
        for (const RowIndex index :
             {kVoltage, kCurrent, row("/Dc/0/Power"), row("/Soc"), kInstalled,
              row("/Info/MaxChargeVoltage"), row("/Capacity"), row("/Io/AllowToCharge")})
            EXPECT_NEAR(tree.topNumber(index), flat.topNumber(index), digitsOf(index))
                << kRows.at(index).path << ", seed " << seed;
        // Each bank leaves a hundredth for what its batteries' currents are uncertain by.
        for (const RowIndex index : {kCharge, kDischarge}) {
            EXPECT_LE(tree.topNumber(index), flat.topNumber(index) + 0.11) << "seed " << seed;
            EXPECT_GE(tree.topNumber(index), 0.95 * flat.topNumber(index) - 0.5) << "seed " << seed;
        }
    }
    EXPECT_GT(nested, 60) << "or this says nothing";
}

TEST(Trees, CloseWhenTheirLeavesGoOneAfterTheOther) {
    for (unsigned seed = 1; seed <= kTrees; ++seed) {
        const Node root = treeOf(seed);
        World world(root);
        world.cycle(4);
        double before_A = world.topNumber(kCharge);
        for (const Node& leaf : leavesOf(root)) {
            world.leave(leaf);
            world.cycle(5);
            EXPECT_LE(world.topNumber(kCharge), before_A + 0.01)
                << "seed " << seed << ", leaf " << leaf.instance;
            before_A = std::min(before_A, world.topNumber(kCharge));
        }
        world.cycle(120);
        EXPECT_EQ(world.topNumber(kCharge), 0.0) << "seed " << seed;
    }
}

TEST(Trees, RaiseNothingWhenALeafFailsInWhateverWay) {
    for (unsigned seed = 1; seed <= kTrees; ++seed) {
        const Node root = treeOf(seed);
        const auto leaves = leavesOf(root);
        const Node& one = leaves[seed % leaves.size()];
        World world(root);
        world.cycle(4);
        const double before_A = world.topNumber(kCharge);
        spoil(world, one, seed);
        for (int second = 0; second < 60; ++second) {
            world.cycle(1);
            EXPECT_LE(world.topNumber(kCharge), before_A + 0.01)
                << "seed " << seed << ", second " << second;
        }
    }
}

} // namespace
} // namespace busbar::tree_property_test
