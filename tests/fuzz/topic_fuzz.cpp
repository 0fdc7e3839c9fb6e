// SPDX-License-Identifier: MIT
// Any bytes as a topic: what is taken apart is part of the topic and keeps its promises.
#include "fuzz/target.hpp"
#include "mqtt/venus/topic.hpp"

#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

bool isWithin(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void checkServicePath(std::string_view tail) {
    const auto service = busbar::mqtt::parseServicePath(tail);
    if (!service)
        return;
    require(isWithin(service->type, tail) && isWithin(service->path, tail));
    require(!service->type.empty() && service->type.find('/') == std::string_view::npos);
    require(service->path.size() > 1 && service->path.starts_with('/'));
    require(service->path.find("//") == std::string_view::npos && !service->path.ends_with('/'));
    require(service->instance >= -1);
}

void checkPortalId(std::string_view topic, std::string_view prefix) {
    const auto id = busbar::mqtt::portalIdOf(topic, prefix);
    require(!id || (isWithin(*id, topic) && busbar::mqtt::isPortalId(*id)));
    require(!id || topic.starts_with(prefix));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view topic(reinterpret_cast<const char*>(data), size);
    checkServicePath(topic);
    for (const std::string_view prefix : {"", "boat/"})
        checkPortalId(topic, prefix);
    require(!busbar::mqtt::isPortalId(topic) || (size >= 1 && size <= 64));
    return 0;
}
