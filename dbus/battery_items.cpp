// SPDX-License-Identifier: MIT
// Snapshots into leaves.
#include "dbus/battery_items.hpp"

#include "base/log.hpp"
#include "core/made/written.hpp"
#include "core/table/control_table.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <utility>

namespace busbar::dbus {

namespace {

constexpr RowIndex kNameRow = row(rowOf(ControlKind::CustomName).path);

/// One of those that others may set; false for an item that nobody may set.
bool isChoice(const Item& item, const Value& value) {
    const auto number = value.number();
    return number && *number >= 1.0 && *number <= item.choices;
}

} // namespace

BatteryItems::BatteryItems(BusItemTree& tree, std::string service, const std::string& name,
                           const BusItemTree::Writer& write, Chosen chosen, Written written)
    : tree_(tree), service_(std::move(service)), chosen_(std::move(chosen)),
      written_(std::move(written)) {
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isPublished(kRows.at(i)) && i != rows::kDeviceInstance && i != kNameRow)
            addRow(static_cast<RowIndex>(i));
    instanceLeaf_ =
        tree_.add(kRows[rows::kDeviceInstance].path, kRows[rows::kDeviceInstance].quantity, {});
    nameLeaf_ = tree_.add(kRows[kNameRow].path, kRows[kNameRow].quantity, name, write);
}

/// Who writes a row is heard each time: the same again says that it still holds.
void BatteryItems::addRow(RowIndex index) {
    const Row& r = kRows.at(index);
    BusItemTree::Writer write;
    if (written_ && isWritable(index))
        write = [this, index](const Value& wanted) { return onWritten(index, wanted); };
    leaves_.at(index) = tree_.add(r.path, r.quantity, {}, write, BusItemTree::Asks::All);
}

/// The leaf shows it from now on, so what is published next is compared with it.
int BatteryItems::onWritten(RowIndex index, const Value& wanted) {
    const int answer = written_(kRows.at(index).path, wanted);
    if (answer == 0)
        last_.rows.at(index) = rounded(kRows.at(index).quantity, wanted);
    return answer;
}

void BatteryItems::showInstance(int instance) {
    tree_.set(*instanceLeaf_, Value(static_cast<double>(instance)));
}

void BatteryItems::showName(const std::string& name) {
    tree_.set(*nameLeaf_, Value(name));
}

void BatteryItems::take(const Snapshot& snapshot) {
    takeRows(snapshot);
    takeExtras(snapshot.extras);
}

void BatteryItems::show(const std::vector<Item>& items) {
    for (const Item& item : items)
        showExtra(extraLeaf(item), item);
}

void BatteryItems::takeRows(const Snapshot& snapshot) {
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (leaves_.at(i) == nullptr || snapshot.rows.at(i) == last_.rows.at(i))
            continue;
        last_.rows.at(i) = snapshot.rows.at(i);
        tree_.set(*leaves_.at(i), last_.rows.at(i));
    }
}

void BatteryItems::takeExtras(const std::vector<Item>& extras) {
    if (!std::ranges::equal(extras, last_.extras, {}, &Item::path, &Item::path)) {
        takeNewExtras(extras);
        return;
    }
    for (std::size_t i = 0; i < extras.size(); ++i) {
        if (extras[i] == last_.extras[i])
            continue;
        last_.extras[i] = extras[i];
        showExtra(extraLeaves_[i], extras[i]);
    }
}

void BatteryItems::takeNewExtras(const std::vector<Item>& extras) {
    for (const Item& before : last_.extras)
        if (!std::ranges::binary_search(extras, before.path, {}, &Item::path) &&
            !findRow(before.path))
            if (auto* leaf = tree_.find(before.path))
                tree_.set(*leaf, {});
    last_.extras = extras;
    extraLeaves_.clear();
    for (const Item& item : last_.extras) {
        extraLeaves_.push_back(extraLeaf(item));
        showExtra(extraLeaves_.back(), item);
    }
}

/// nullptr if the tree does not take the path.
BusItemTree::Leaf* BatteryItems::extraLeaf(const Item& item) {
    BusItemTree::Writer choose;
    if (item.choices > 0)
        choose = [this, path = item.path](Value& wanted) { return onChosen(path, wanted); };
    auto* leaf = findRow(item.path) ? nullptr : tree_.find(item.path);
    if (leaf == nullptr && !findRow(item.path))
        leaf = tree_.add(item.path, item.quantity, item.value, choose);
    if (leaf == nullptr && refusedExtras_.insert(item.path).second)
        log::error("path_refused service={} path=\"{}\"", service_, item.path.substr(0, 100));
    return leaf;
}

void BatteryItems::showExtra(BusItemTree::Leaf* leaf, const Item& item) {
    if (leaf != nullptr && !isChoice(item, BusItemTree::value(*leaf)))
        tree_.set(*leaf, item.value);
}

int BatteryItems::onChosen(const std::string& path, const Value& wanted) const {
    const auto item = std::ranges::lower_bound(last_.extras, path, {}, &Item::path);
    const bool isThere = item != last_.extras.end() && item->path == path;
    if (!isThere || !isChoice(*item, wanted))
        return kRefusedByOwner;
    if (chosen_)
        chosen_(path, static_cast<int>(*wanted.number()));
    return 0;
}

} // namespace busbar::dbus
