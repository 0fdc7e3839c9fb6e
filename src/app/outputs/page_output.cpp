// SPDX-License-Identifier: MIT
// Renders documents for the web page.
#include "app/outputs/page_output.hpp"

#include "core/bank_view.hpp"
#include "core/calendar.hpp"
#include "core/events.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "mqtt/results/json_writing.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// The batteries of all banks; one that several count is said by the first.
std::vector<web::Document> batteriesOf(const Offer& offer, const Now& now) {
    std::vector<web::Document> batteries;
    for (const OfferedBank& bank : offer.banks)
        for (const MemberReport& member : bank.view.report.members)
            if (mqtt::hasDocument(member) &&
                std::ranges::find(batteries, member.id, &web::Document::id) == batteries.end())
                batteries.push_back({member.id, mqtt::batteryDocument(bank.view, member),
                                     mqtt::batteryStamp(bank.view, member, now)});
    return batteries;
}

std::vector<web::Document> banksOf(const Offer& offer, const Now& now) {
    std::vector<web::Document> banks;
    for (const OfferedBank& bank : offer.banks)
        banks.push_back({bank.view.settings.id, mqtt::bankDocument(bank.view),
                         mqtt::bankStamp(bank.view, now)});
    return banks;
}

/// Without what is of MQTT's output alone: its counters, and the mark by which two Busbars tell
/// each other apart there.
std::string programHealth(const mqtt::Health& health, const Now& now) {
    rapidjson::Document document;
    document.Parse(mqtt::healthDocument(health, {}, now).c_str());
    if (document.IsObject()) {
        document.RemoveMember("results");
        document.RemoveMember("process");
    }
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document.Accept(writer);
    return mqtt::textOf(buffer);
}

bool isSameBody(const web::Document& a, const web::Document& b) {
    return a.id == b.id && a.body == b.body;
}

} // namespace

PageOutput::PageOutput(PageParts parts)
    : parts_(std::move(parts)), history_(siteFolder(parts_.kept)) {}

bool PageOutput::readsReports(bool hasEvents, const Now& now) const {
    return parts_.board.isOn() &&
           (hasEvents || parts_.board.isWanted(now) || history_.isDue(page(), now));
}

void PageOutput::offer(const Offer& offer, const Now& now) {
    web::SitePage& site = page();
    site.isOnline = offer.isConcluded && parts_.isGxRead();
    site.isConcluded = site.isConcluded || (offer.isConcluded && hasHeard(now));
    if (!parts_.board.isOn())
        return;
    for (const OfferedBank& bank : offer.banks)
        noteEvents(bank.view, now);
    if (history_.isDue(site, now))
        history_.note(site, offer, parts_.keepsHistory(), now);
    if (parts_.board.isWanted(now))
        render(offer, now);
}

/// Also of a GX that says nothing, as under a wrong portal id, reading comes to an end.
bool PageOutput::hasHeard(const Now& now) const {
    return parts_.health(now).source.messages > 0;
}

void PageOutput::noteEvents(const BankView& view, const Now& now) {
    for (const Event& event : view.events)
        page().addEvent(mqtt::eventDocument(view, event, now));
    parts_.board.said(!view.events.empty());
}

void PageOutput::render(const Offer& offer, const Now& now) {
    web::SitePage& site = page();
    std::vector<web::Document> banks = banksOf(offer, now);
    std::vector<web::Document> batteries = batteriesOf(offer, now);
    const bool isSame = std::ranges::equal(banks, site.banks, isSameBody) &&
                        std::ranges::equal(batteries, site.batteries, isSameBody);
    site.banks = std::move(banks);
    site.batteries = std::move(batteries);
    site.health = programHealth(parts_.health(now), now);
    site.said = now.steady;
    parts_.board.time = isClockSet(now.wall) ? mqtt::isoText(now.wall) : std::string();
    parts_.board.said(!isSame);
}

void PageOutput::end() {
    if (parts_.board.isOn() && parts_.keepsHistory())
        history_.save(page());
}

} // namespace busbar
