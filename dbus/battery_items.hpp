// SPDX-License-Identifier: MIT
// The values of a battery in its tree of BusItem objects: rows of the table, extras, instance and
// name.
#pragma once

#include "core/snapshot.hpp"
#include "dbus/bus_item_tree.hpp"

#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::dbus {

/// Nothing is told here: the tree notes what changed.
class BatteryItems {
public:
    /// A client has set an extra that has `choices`.
    using Chosen = std::function<void(const std::string& path, int choice)>;

    /// A client sets a row: what it is answered, 0 = taken.
    using Written = std::function<int(std::string_view path, const Value& value)>;

    /// `service` is for the log; `name` is what clients see at first, `write` decides on another.
    /// `written` decides on rows; without it none can be set.
    BatteryItems(BusItemTree& tree, std::string service, const std::string& name,
                 const BusItemTree::Writer& write, Chosen chosen, Written written);

    /// Takes over what differs from what was taken before. Throws std::system_error if the bus
    /// refuses a new path.
    void take(const Snapshot& snapshot);
    /// What was taken last; instance and name are not in it.
    [[nodiscard]] const Snapshot& shown() const { return last_; }
    /// Values beside those of snapshots: each stays until it is shown anew. Throws like `take`.
    void show(const std::vector<Item>& items);
    void showInstance(int instance);
    void showName(const std::string& name);

private:
    void addRow(RowIndex index);
    int onWritten(RowIndex index, const Value& wanted);
    void takeRows(const Snapshot& snapshot);
    void takeExtras(const std::vector<Item>& extras);
    void takeNewExtras(const std::vector<Item>& extras);
    [[nodiscard]] BusItemTree::Leaf* extraLeaf(const Item& item);
    void showExtra(BusItemTree::Leaf* leaf, const Item& item);
    [[nodiscard]] int onChosen(const std::string& path, const Value& wanted) const;

    BusItemTree& tree_;
    std::string service_;
    Chosen chosen_;
    Written written_;
    std::array<BusItemTree::Leaf*, kRowCount> leaves_{}; ///< null: not published, or one of these:
    BusItemTree::Leaf* instanceLeaf_ = nullptr;
    BusItemTree::Leaf* nameLeaf_ = nullptr;
    Snapshot last_;
    std::vector<BusItemTree::Leaf*> extraLeaves_; ///< of last_.extras; null where refused
    std::set<std::string, std::less<>> refusedExtras_;
};

} // namespace busbar::dbus
