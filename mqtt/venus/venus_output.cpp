// SPDX-License-Identifier: MIT
// Snapshots to the items of a Venus server, and its writes back.
#include "mqtt/venus/venus_output.hpp"

#include "core/made/made_settings.hpp"
#include "core/made/written.hpp"
#include "core/table/control_table.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"
#include "mqtt/venus/venus_json.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kType = "battery";
constexpr RowIndex kName = row(rowOf(ControlKind::CustomName).path);
/// The one retained message is repeated, in case that somebody has emptied or overwritten it: who
/// looks for the id must find it. As often as documents are (results.cpp).
constexpr std::chrono::seconds kAnnounceAgain{60};

std::string idOf(const VenusOutputSettings& settings, std::string_view site) {
    return settings.portalId.empty() ? "busbar-" + std::string(site) : settings.portalId;
}

ItemForm formOf(const Item& extra) {
    return {.wire = spec(extra.quantity).wire, .isWritable = extra.choices > 0};
}

const Item* findExtra(const Snapshot& snapshot, const std::string& path) {
    const auto found = std::ranges::lower_bound(snapshot.extras, path, {}, &Item::path);
    return found == snapshot.extras.end() || found->path != path ? nullptr : &*found;
}

} // namespace

std::string serialTopic(const VenusOutputSettings& settings, std::string_view site) {
    return settings.topicPrefix + "N/" + idOf(settings, site) + "/system/0/Serial";
}

VenusOutput::VenusOutput(const VenusOutputSettings& settings, std::string_view site, Count count,
                         Port port)
    : port_(std::move(port)), count_(std::move(count)), banks_(count_.banks + count_.made.size()),
      isFound_(!settings.isBesideGx || !settings.topicPrefix.empty()),
      server_({.portalId = idOf(settings, site),
               .topicPrefix = settings.topicPrefix,
               .isFound = isFound_},
              port_.publish, [this](const WriteRequest& request) { write(request); }) {
    for (const std::string& filter : server_.subscriptions())
        requests_.push_back(filter.substr(0, filter.size() - 1));
}

std::size_t VenusOutput::instanceOf(std::size_t bank) const {
    const bool isBank = bank < count_.banks;
    return isBank ? bank : static_cast<std::size_t>(count_.made.at(bank - count_.banks).instance);
}

std::optional<std::size_t> VenusOutput::placeOf(std::string_view instance) const {
    for (std::size_t i = 0; i < banks_.size(); ++i)
        if (std::to_string(instanceOf(i)) == instance)
            return i;
    return std::nullopt;
}

bool VenusOutput::message(std::string_view topic, std::string_view payload, bool isRetained,
                          const Now& now) {
    const bool isRequest = std::ranges::any_of(
        requests_, [topic](const std::string& begin) { return topic.starts_with(begin); });
    if (isRequest && !isRetained)
        server_.message(topic, payload, now);
    return isRequest;
}

void VenusOutput::connected(const Now& now) {
    if (!isFound_)
        server_.announce();
    server_.connected(now);
    if (isFound_)
        announce(now);
}

void VenusOutput::disconnected() {
    nextAnnouncement_.reset();
    server_.disconnected();
}

/// What was not taken is tried with the next tick.
void VenusOutput::announce(const Now& now) {
    nextAnnouncement_ = now.steady;
    if (server_.announce())
        *nextAnnouncement_ += kAnnounceAgain;
}

void VenusOutput::tick(const Now& now) {
    server_.tick(now);
    if (nextAnnouncement_ && now.steady >= *nextAnnouncement_)
        announce(now);
}

bool VenusOutput::mayWrite(std::size_t bank, RowIndex index) const {
    if (bank < count_.banks)
        return controlAt(kRows.at(index).path) != nullptr;
    return count_.made.at(bank - count_.banks).isWritable && isWritable(index);
}

void VenusOutput::addItems(std::size_t bank) {
    auto& items = banks_.at(bank).items;
    for (std::size_t i = 0; i < kRowCount; ++i)
        items.push_back(server_.item(kType, std::to_string(instanceOf(bank)), kRows.at(i).path,
                                     {.wire = spec(kRows.at(i).quantity).wire,
                                      .isWritable = mayWrite(bank, static_cast<RowIndex>(i))}));
}

void VenusOutput::show(std::size_t bank, RowIndex row, const Value& value) {
    if (isPublished(kRows.at(row)))
        server_.set(banks_.at(bank).items.at(row), value);
}

void VenusOutput::publish(std::size_t bank, const Snapshot& snapshot,
                          const std::string& customName) {
    Shown& shown = banks_.at(bank);
    if (shown.items.empty())
        addItems(bank);
    server_.sendWaiting();
    Snapshot wanted = snapshot;
    wanted[kName] = customName;
    wanted[rows::kDeviceInstance] = static_cast<double>(instanceOf(bank));
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (!shown.last || shown.last->rows.at(i) != wanted.rows.at(i))
            show(bank, static_cast<RowIndex>(i), wanted.rows.at(i));
    showExtras(bank, wanted);
    shown.last = std::move(wanted);
}

void VenusOutput::showExtras(std::size_t bank, const Snapshot& snapshot) {
    const auto& last = banks_.at(bank).last;
    const std::string instance = std::to_string(instanceOf(bank));
    const auto itemOf = [&](const Item& extra) {
        return server_.item(kType, instance, extra.path, formOf(extra));
    };
    for (const Item& extra : snapshot.extras) {
        const Item* before = last ? findExtra(*last, extra.path) : nullptr;
        if (before == nullptr || *before != extra)
            server_.set(itemOf(extra), extra.value);
    }
    if (!last)
        return;
    for (const Item& extra : last->extras)
        if (findExtra(snapshot, extra.path) == nullptr)
            server_.remove(itemOf(extra));
}

void VenusOutput::leave(std::size_t bank) {
    if (!banks_.at(bank).last)
        return;
    banks_.at(bank).last.reset();
    server_.removeService(kType, std::to_string(instanceOf(bank)));
}

void VenusOutput::write(const WriteRequest& request) {
    const auto place = placeOf(request.instance);
    if (!place)
        return;
    const std::size_t bank = *place;
    if (bank >= count_.banks) {
        if (port_.write && request.value)
            port_.write(bank - count_.banks, request.path, *request.value);
        return;
    }
    const std::string* name = request.value ? request.value->text() : nullptr;
    if (request.path == kRows.at(kName).path && name != nullptr)
        port_.rename(bank, *name);
    else
        choose(bank, request);
}

/// A choice among numbers is echoed and means nothing else; see Item::choices.
void VenusOutput::choose(std::size_t bank, const WriteRequest& request) {
    const auto& last = banks_.at(bank).last;
    const Item* extra = last ? findExtra(*last, std::string(request.path)) : nullptr;
    const auto number = request.value ? request.value->number() : std::nullopt;
    if (extra == nullptr || !number || *number < 1.0 || *number > extra->choices ||
        *number != std::floor(*number))
        return;
    server_.set(request.item, *number);
}

} // namespace busbar::mqtt
