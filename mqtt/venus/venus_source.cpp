// SPDX-License-Identifier: MIT
// The client's side of Victron's MQTT bridge: what comes, to whom of its parts.
#include "mqtt/venus/venus_source.hpp"

#include "mqtt/venus/venus_json.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

/// Or is about to be.
bool isReadWhole(const Readings& readings, const BatteryReads& reads, int instance) {
    const auto battery = readings.batteries().find(instance);
    return reads.isWholeOpen(instance) ||
           (battery != readings.batteries().end() && readings.wantsRead(battery->second));
}

} // namespace

VenusSource::VenusSource(GxSettings settings, Readings& readings, SourcePort port,
                         std::string echoSeed, SourceNeeds needs)
    : bridge_{.settings = std::move(settings),
              .readings = readings,
              .port = std::move(port),
              .needs = needs},
      portal_(bridge_), link_(bridge_), keepalive_(bridge_), filters_(bridge_),
      cells_(bridge_, filters_), fullPublish_(bridge_, filters_, keepalive_, std::move(echoSeed)),
      intake_(bridge_), reads_([this](const std::string& tail) { bridge_.read(tail); },
                               [this](int instance) { return filters_.widen(instance); }) {}

void VenusSource::setLeeway(Leeway leeway) {
    cells_.setCalm(std::move(leeway.calm));
    if (bridge_.port.setSlacks)
        bridge_.port.setSlacks(std::move(leeway.slacks));
}

void VenusSource::setNeeds(const SourceNeeds& needs, const Now& now) {
    if (bridge_.needs == needs)
        return;
    bridge_.needs = needs;
    if (phase_ != Phase::Running)
        return;
    filters_.subscribeToGx();
    if (bridge_.readings.linkUp())
        fullPublish_.start(now);
}

void VenusSource::connected(const Now& now) {
    if (next_)
        bridge_.settings = *std::exchange(next_, std::nullopt);
    link_.sessionBegan(now);
    fullPublish_.sessionBegan();
    reads_.startOver();
    cells_.startOver();
    if (bridge_.settings.portalId != "auto") {
        run(bridge_.settings.portalId, now);
        return;
    }
    phase_ = Phase::FindingPortal;
    portal_.start(now);
}

void VenusSource::disconnected(const Now& now) {
    phase_ = Phase::Disconnected;
    fullPublish_.stop();
    bridge_.readings.setLink(false, now);
}

void VenusSource::overflow(const Now& now) {
    bridge_.readings.doubt();
    if (phase_ == Phase::Running && fullPublish_.takeWish(now))
        fullPublish_.start(now);
}

void VenusSource::run(std::string id, const Now& now) {
    std::string& portalId = bridge_.portalId;
    if (!portalId.empty() && portalId != id) {
        bridge_.say(true, "portal_id_changed: " + portalId + " is now " + id + "; starting anew");
        bridge_.readings.startOver(now);
    }
    portalId = std::move(id);
    bridge_.base = bridge_.topic("N", "");
    phase_ = Phase::Running;
    keepalive_.start(now);
    link_.sessionBegan(now);
    filters_.start();
    bridge_.readings.setLink(true, now);
    fullPublish_.start(now);
}

void VenusSource::message(std::string_view topic, std::string_view payload, bool retained,
                          const Now& now) {
    if (phase_ == Phase::FindingPortal) {
        portal_.message(topic, payload, now);
        return;
    }
    // The bridge never retains a value: what is retained below N/ is somebody's leftover.
    if (phase_ != Phase::Running || retained || !topic.starts_with(bridge_.base))
        return;
    takeTail(topic.substr(bridge_.base.size()), payload, now);
}

void VenusSource::takeTail(std::string_view tail, std::string_view payload, const Now& now) {
    const auto path = parseServicePath(tail);
    if (path && intake_.isEcho(*path, payload))
        return; // no message of a battery, and no sign of the GX
    ++bridge_.counters.messages;
    link_.message(now);
    if (path)
        takeService(*path, payload, now);
    else if (tail == "heartbeat")
        link_.heartbeat(now);
    else if (tail == "full_publish_completed")
        takeCompletion(payload, now);
    else if (tail.starts_with("battery/"))
        intake_.reject(tail, payload); // no device instance in it
}

void VenusSource::takeService(const ServicePath& path, std::string_view payload, const Now& now) {
    const auto battery = intake_.take(path, payload, now);
    if (!battery)
        return;
    filters_.heard(*battery); // before it is read as a whole
    reads_.heard(bridge_.readings, *battery, path.path, now);
    cells_.heard(*battery, path.path);
}

void VenusSource::takeCompletion(std::string_view payload, const Now& now) {
    reads_.fullPublishEnded(now);
    if (fullPublish_.completed(payload, now))
        filters_.narrow();
}

std::string writePayload(GxItem item, double value) {
    std::string payload = R"({"value":)";
    appendJsonNumber(payload, value, wireOf(item));
    return payload + "}";
}

std::string VenusSource::writeTopic(GxItem item) const {
    return phase_ == Phase::Running ? bridge_.topic("W", tailOf(topicOf(item))) : std::string();
}

bool VenusSource::write(GxItem item, double value) {
    if (phase_ != Phase::Running ||
        !bridge_.port.publish(writeTopic(item), writePayload(item, value)))
        return false;
    bridge_.read(tailOf(topicOf(item)));
    return true;
}

void VenusSource::tick(const Now& now) {
    if (phase_ == Phase::FindingPortal)
        if (auto id = portal_.decide(now))
            run(*std::move(id), now);
    if (phase_ != Phase::Running)
        return;
    tickLink(now);
    filters_.follow(fullPublish_.isIdle(), [this](int instance) {
        return isReadWhole(bridge_.readings, reads_, instance);
    });
    tickKeepalive(now);
    if (!bridge_.readings.linkUp())
        return;
    reads_.tick(bridge_.readings, link_.lastSign(), now);
    cells_.tick(!fullPublish_.isIdle(), now);
}

void VenusSource::tickLink(const Now& now) {
    if (link_.tick(now))
        fullPublish_.stop();
    if (bridge_.readings.linkUp() && fullPublish_.tick(link_.hasHeartbeat(), now))
        filters_.narrow();
}

void VenusSource::tickKeepalive(const Now& now) {
    if (keepalive_.hasGap(now)) {
        bridge_.readings.doubt();
        if (bridge_.readings.linkUp())
            fullPublish_.start(now);
    }
    keepalive_.tick(now);
}

} // namespace busbar::mqtt
