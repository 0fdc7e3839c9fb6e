// SPDX-License-Identifier: MIT
// Taking Venus topics apart.
#include "mqtt/venus/topic.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace busbar::mqtt {

std::optional<std::string_view> tailBelow(std::string_view root, std::string_view topic) {
    if (topic.size() <= root.size() || topic[root.size()] != '/' || !topic.starts_with(root))
        return std::nullopt;
    return topic.substr(root.size() + 1);
}

std::optional<ServicePath> parseServicePath(std::string_view tail) {
    const auto typeEnd = tail.find('/');
    if (typeEnd == std::string_view::npos || typeEnd == 0)
        return std::nullopt;
    const std::string_view rest = tail.substr(typeEnd + 1);
    const auto instanceEnd = rest.find('/');
    if (instanceEnd == std::string_view::npos || rest.ends_with('/') ||
        rest.find("//") != std::string_view::npos)
        return std::nullopt;
    ServicePath result;
    result.type = tail.substr(0, typeEnd);
    result.path = rest.substr(instanceEnd);
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + instanceEnd, result.instance);
    if (error != std::errc{} || end != rest.data() + instanceEnd || result.instance < -1)
        return std::nullopt;
    return result;
}

std::optional<std::string_view> portalIdOf(std::string_view topic, std::string_view prefix) {
    constexpr std::string_view kTail = "/system/0/Serial";
    if (!topic.starts_with(prefix) || !topic.ends_with(kTail))
        return std::nullopt;
    topic.remove_prefix(prefix.size());
    if (!topic.starts_with("N/") || topic.size() < kTail.size() + 2)
        return std::nullopt;
    const std::string_view id = topic.substr(2, topic.size() - 2 - kTail.size());
    return isPortalId(id) ? std::optional(id) : std::nullopt;
}

bool isTopicName(std::string_view topic) {
    constexpr std::size_t kLongestTopic = 65535;
    return !topic.empty() && topic.size() <= kLongestTopic &&
           topic.find_first_of("+#") == topic.npos && topic.find('\0') == topic.npos;
}

bool isPortalId(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-';
    });
}

} // namespace busbar::mqtt
