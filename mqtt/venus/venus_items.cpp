// SPDX-License-Identifier: MIT
// Makes and finds the values of a Venus server.
#include "mqtt/venus/venus_items.hpp"

#include "mqtt/venus/venus_json.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

void appendBound(std::string& out, std::string_view key, const std::optional<Value>& bound,
                 WireType wire) {
    if (!bound)
        return;
    out.append(1, '"').append(key).append("\":");
    appendJsonValue(out, *bound, wire);
    out.push_back(',');
}

std::string joined(std::string_view a, std::string_view b, std::string_view c) {
    std::string text;
    text.reserve(a.size() + b.size() + c.size());
    return text.append(a).append(b).append(c);
}

} // namespace

std::uint32_t VenusItems::serviceIndex(std::string_view type, std::string_view instance) {
    const auto [found, isNew] = byName_.try_emplace(joined(type, "/", instance),
                                                    static_cast<std::uint32_t>(services_.size()));
    if (isNew)
        services_.push_back({std::string(type), std::string(instance), {}});
    return found->second;
}

VenusItems::Item VenusItems::item(std::string_view type, std::string_view instance,
                                  std::string_view path, const ItemForm& form) {
    Service& service = services_[serviceIndex(type, instance)];
    const auto [found, isNew] = service.items.try_emplace(std::string(path), size());
    if (!isNew)
        return found->second;
    Entry entry{.topic = joined(base_, joined(type, "/", instance), path),
                .payload = {},
                .head = "{",
                .wire = form.wire,
                .isWritable = form.isWritable};
    appendBound(entry.head, "max", form.max, form.wire);
    appendBound(entry.head, "min", form.min, form.wire);
    entry.head.append(R"("value":)");
    entries_.push_back(std::move(entry));
    return found->second;
}

bool VenusItems::change(Item item, std::string_view payload) {
    Entry& entry = entries_.at(item);
    if (entry.payload == payload)
        return false;
    entry.payload = payload;
    entry.isKnown = true;
    return true;
}

std::vector<VenusItems::Item> VenusItems::ofService(std::string_view type,
                                                    std::string_view instance) const {
    std::vector<Item> all;
    const auto found = byName_.find(joined(type, "/", instance));
    if (found != byName_.end())
        for (const auto& [path, item] : services_[found->second].items)
            all.push_back(item);
    return all;
}

std::optional<VenusItems::Target> VenusItems::target(std::string_view tail) const {
    const auto first = tail.find('/');
    const auto second = first == std::string_view::npos ? first : tail.find('/', first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    const auto found = byName_.find(tail.substr(0, second));
    if (found == byName_.end())
        return std::nullopt;
    return Target{&services_[found->second], tail.substr(second)};
}

std::vector<VenusItems::Item> VenusItems::below(std::string_view tail) const {
    std::vector<Item> found;
    const auto wanted = target(tail);
    if (!wanted)
        return found;
    const auto& items = wanted->service->items;
    const auto add = [this, &found](Item item) {
        if (!entries_[item].payload.empty())
            found.push_back(item);
    };
    if (const auto leaf = items.find(wanted->path); leaf != items.end())
        add(leaf->second);
    else if (wanted->path == "/" || !wanted->path.ends_with('/')) {
        const std::string branch(wanted->path == "/" ? "/" : joined(wanted->path, "/", ""));
        for (auto it = items.lower_bound(branch);
             it != items.end() && it->first.starts_with(branch); ++it)
            add(it->second);
    }
    return found;
}

std::optional<WriteRequest> VenusItems::writable(std::string_view tail) const {
    const auto wanted = target(tail);
    if (!wanted)
        return std::nullopt;
    const auto found = wanted->service->items.find(wanted->path);
    if (found == wanted->service->items.end())
        return std::nullopt;
    const Entry& entry = entries_[found->second];
    if (!entry.isWritable || entry.payload.empty())
        return std::nullopt;
    return WriteRequest{.item = found->second,
                        .type = wanted->service->type,
                        .instance = wanted->service->instance,
                        .path = wanted->path,
                        .json = {},
                        .value = std::nullopt};
}

} // namespace busbar::mqtt
