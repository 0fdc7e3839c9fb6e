// SPDX-License-Identifier: MIT
// Which zone, and what to say of it.
#include "app/site/calendar.hpp"

#include "base/log.hpp"
#include "base/zone_name.hpp"

#include <utility>

namespace busbar {

namespace {

/// localsettings begins with "/UTC"; what somebody chose has no slash in front.
std::string zoneNameOf(const std::string& wanted, const std::optional<std::string>& ofGx) {
    if (wanted != "auto")
        return wanted;
    if (!ofGx)
        return "UTC";
    return ofGx->starts_with('/') ? ofGx->substr(1) : *ofGx;
}

/// Names come from a broker.
std::string shownZone(const std::string& name) {
    return isZoneName(name) ? name : "a name that is none";
}

} // namespace

Calendar::Calendar(std::string site, std::string folder)
    : site_(std::move(site)), folder_(std::move(folder)) {}

void Calendar::follow(const std::string& wanted, const std::optional<std::string>& ofGx) {
    std::string name = zoneNameOf(wanted, ofGx);
    if (name == name_)
        return;
    name_ = std::move(name);
    const auto zone = readTimeZone(folder_, name_);
    zone_ = zone.value_or(TimeZone{});
    if (zone)
        log::info("time_zone site={} zone={}", site_, name_);
    else
        log::warn("time_zone_unknown site={} zone=\"{}\" {} has no such file; months go by UTC",
                  site_, shownZone(name_), folder_);
}

std::chrono::seconds Calendar::aheadOfUtc(const Now& now) const {
    return offsetAt(zone_, now.wall);
}

} // namespace busbar
