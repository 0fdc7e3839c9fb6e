// SPDX-License-Identifier: MIT
// Keeps documents of sites.
#include "web/board.hpp"

#include <algorithm>
#include <utility>

namespace busbar::web {

namespace {

using namespace std::chrono_literals;

/// A cycle comes each second; two that did not end are no accident.
constexpr auto kFresh = 2s;
/// A page that polls asks every few seconds.
constexpr auto kAsked = 10s;

} // namespace

std::string Document::json() const {
    if (stamp.size() < 3 || body.size() < 3)
        return body;
    return body.substr(0, body.size() - 1).append(",").append(stamp, 1);
}

void SitePage::addEvent(std::string json) {
    events.push_front(std::move(json));
    if (events.size() > kMostEvents)
        events.pop_back();
}

void Board::setSites(const std::vector<std::string>& names) {
    std::deque<SitePage> former = std::exchange(sites_, {});
    for (const std::string& name : names) {
        const auto same = std::ranges::find(former, name, &SitePage::site);
        sites_.push_back(same == former.end() ? SitePage{.site = name} : std::move(*same));
    }
}

bool Board::isWanted(const Now& now) const {
    return isOn_ && (streams_ > 0 || (asked_ && now.steady - *asked_ < kAsked));
}

bool Board::isFresh(const Now& now) const {
    return std::ranges::all_of(sites_, [&now](const SitePage& site) {
        return site.said && now.steady - *site.said < kFresh;
    });
}

bool Board::isReady() const {
    return !sites_.empty() && std::ranges::all_of(sites_, &SitePage::isConcluded);
}

} // namespace busbar::web
