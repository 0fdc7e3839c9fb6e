// SPDX-License-Identifier: MIT
#include "dbus/bus_item_tree.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace busbar::dbus {
namespace {

TEST(BusItemTree, TakesOnlyPathsThatDbusAllows) {
    for (const char* path : {"/Soc", "/Dc/0/Voltage", "/a_b/C9"})
        EXPECT_TRUE(isLeafPath(path)) << path;
    for (const char* path :
         {"", "/", "Soc", "//", "/Soc/", "/Dc//0", "/Dc-0", "/D c", "/D.c", "/\xC3\xA9"})
        EXPECT_FALSE(isLeafPath(path)) << path;
    EXPECT_FALSE(isLeafPath(std::string_view("/a\0b", 4)));
}

TEST(BusItemTree, NoPathIsLeafAndBranch) {
    FaultLog faults;
    BusItemTree tree(faults);
    EXPECT_NE(tree.add("/Dc/0/Voltage", Quantity::Voltage, 1.0), nullptr);
    EXPECT_EQ(tree.add("/Dc/0/Voltage", Quantity::Voltage, 1.0), nullptr);
    EXPECT_EQ(tree.add("/Dc", Quantity::Voltage, 1.0), nullptr);
    EXPECT_EQ(tree.add("/Dc/0", Quantity::Voltage, 1.0), nullptr);
    EXPECT_EQ(tree.add("/Dc/0/Voltage/x", Quantity::Voltage, 1.0), nullptr);
    EXPECT_EQ(tree.add("/Dc/0/Voltage/x/y", Quantity::Voltage, 1.0), nullptr);
    EXPECT_NE(tree.add("/Dc/0/Volt", Quantity::Voltage, 1.0), nullptr);
    EXPECT_NE(tree.add("/Dc/0/Voltages", Quantity::Voltage, 1.0), nullptr);
    EXPECT_EQ(tree.find("/Dc"), nullptr);
}

TEST(BusItemTree, OnlyRealChangesAreChanges) {
    FaultLog faults;
    BusItemTree tree(faults);
    BusItemTree::Leaf* leaf = tree.add("/Dc/0/Voltage", Quantity::Voltage, 52.81);
    ASSERT_NE(leaf, nullptr);
    tree.forgetChanges();
    for (const Value& same : {Value(52.81), Value(52.8149), Value(52.8051)}) {
        tree.set(*leaf, same);
        EXPECT_FALSE(tree.hasChanges());
    }
    tree.set(*leaf, 52.82);
    EXPECT_TRUE(tree.hasChanges());
    tree.forgetChanges();
    tree.set(*leaf, Value());
    EXPECT_TRUE(tree.hasChanges());
    tree.forgetChanges();
    tree.set(*leaf, std::numeric_limits<double>::quiet_NaN());
    tree.set(*leaf, "text");
    EXPECT_FALSE(tree.hasChanges()) << "neither is a voltage, so it stays unknown";
    tree.flush();
    EXPECT_EQ(tree.counters().signals, 0U) << "without a connection";
}

} // namespace
} // namespace busbar::dbus
