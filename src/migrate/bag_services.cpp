// SPDX-License-Identifier: MIT
// How BAG names services, and what names them here.
#include "migrate/bag_parts.hpp"

#include <algorithm>

namespace busbar::migrate {

namespace {

using config::Node;

constexpr std::string_view kBatteries = "com.victronenergy.battery.";
constexpr std::size_t kLongestId = 32;

/// `null` and numbers have killed BAG; a text was taken letter by letter.
std::vector<std::string> textsOf(BagWork& work, const Node& node, std::string_view key) {
    std::vector<std::string> texts;
    if (node.type == Node::Type::Text) {
        work.draft.blame(placeOf(work, node) + std::string(key) +
                         " is a text where a list is wanted, which the old program took letter by "
                         "letter; taken as a list of it");
        return {node.text};
    }
    for (const Node& entry : node.children) {
        if (entry.type == Node::Type::Text)
            texts.push_back(entry.text);
        else
            work.draft.blame(placeOf(work, entry) + "an entry of " + std::string(key) +
                             " is no text; left out");
    }
    return texts;
}

std::vector<std::string> pathsOf(BagWork& work, const Node& node, PathTest isKnown) {
    std::vector<std::string> known;
    for (std::string path : textsOf(work, node, node.key)) {
        if (!path.starts_with('/'))
            path.insert(0, "/");
        if (isKnown(path))
            known.push_back(path);
        else
            work.draft.say(Part::NoCounterpart, path,
                           "of " + node.key +
                               ": is no value of a battery here (the old program ended with such a "
                               "path, while the service was there)");
    }
    return known;
}

} // namespace

const Node* memberOf(const Node& object, std::string_view key) {
    const auto found = std::find_if(object.children.rbegin(), object.children.rend(),
                                    [key](const Node& child) { return child.key == key; });
    return found == object.children.rend() ? nullptr : &*found;
}

std::string placeOf(const BagWork& work, const Node& node) {
    return work.file + ":" + std::to_string(node.at.line) + ": ";
}

std::string originOf(const BagWork& work, const Node& node) {
    const auto line = node.keyAt.line > 0 ? node.keyAt.line : node.at.line;
    return config::printable(node.key) + ", " + work.file + " line " + std::to_string(line);
}

std::optional<std::string> serviceSelector(std::string_view service) {
    if (service.starts_with("name:"))
        return service.size() > 5 ? std::optional(std::string(service)) : std::nullopt;
    if (!service.starts_with(kBatteries) || service.size() == kBatteries.size())
        return std::nullopt;
    return "connection:" + std::string(service.substr(kBatteries.size()));
}

std::vector<BagService> bagServices(BagWork& work, const Node& node, PathTest isKnown) {
    std::vector<BagService> services;
    if (node.type != Node::Type::Object) {
        for (const std::string& name : textsOf(work, node, node.key))
            services.push_back({name, {}});
        return services;
    }
    for (const Node& entry : node.children) {
        const auto paths = pathsOf(work, entry, isKnown);
        if (entry.children.empty() || !paths.empty())
            services.push_back({entry.key, paths});
        else
            work.draft.say(Part::NoCounterpart, entry.key, "none of its paths is known; left out");
    }
    return services;
}

std::string sourceText(const std::string& selector, const std::vector<std::string>& paths) {
    if (paths.empty())
        return inQuotes(selector);
    return "{\"match\": " + inQuotes(selector) + ", \"paths\": " + textsText(paths) + "}";
}

std::string madeId(std::string_view service) {
    const auto dot = service.rfind('.');
    std::string id(service.substr(dot == std::string_view::npos ? 0 : dot + 1));
    std::erase_if(id, [](char c) {
        return !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                 c == '_');
    });
    return id.empty() ? "virtual" : id.substr(0, kLongestId - 8);
}

} // namespace busbar::migrate
