// SPDX-License-Identifier: MIT
// The client's side of Victron's MQTT bridge.
#include "mqtt/venus_source.hpp"

#include "core/plant_rows.hpp"
#include "core/utf8.hpp"
#include "mqtt/battery_filters.hpp"
#include "mqtt/payload.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/venus_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

constexpr auto kCollectIds = 1500ms;  // retained topics of several GX arrive within one round trip
constexpr auto kPortalPatience = 10s; // then say that there is none
/// A full publish takes 6 ms (4 batteries) to 50 ms (64) on the bridge; the rest is network. Three
/// per second for the whole GX are granted, the others are dropped without a word: hence the retry.
constexpr std::array kPublishWaits = {3s, 5s};
constexpr auto kReadWait = 4s;
constexpr auto kRetryAfterFailure = 30s;
constexpr auto kFirstWishPause = 2s; // between full publishes that the readings wish for …
constexpr auto kLongestWishPause = 60s;
constexpr auto kBridgeForgets = 60s; // without keepalive the bridge falls silent after this long
constexpr auto kSilentOldBridge =
    90s; // a bridge without heartbeat counts as lost after this long without any value
constexpr auto kOldFullPublish = 60s; // … and has to publish everything this often
constexpr std::size_t kMostBadTopics = 200;
/// What lies behind it tells no two topics apart; those that are read have less than 60 bytes.
constexpr std::size_t kLongestBadTopic = 100;
constexpr std::size_t kShownPayload = 100;

constexpr std::string_view kSuppress = R"({"keepalive-options":["suppress-republish"]})";

/// As a log may show it: control characters and what is no UTF-8 as dots.
std::string shown(std::string_view payload) {
    std::string text;
    while (!payload.empty() && text.size() < kShownPayload) {
        const CodePoint first = firstCodePoint(payload);
        const bool isPrintable = first.isValid && first.value >= U' ' && first.value != 127;
        text += isPrintable ? std::string(payload.substr(0, first.size)) : ".";
        payload.remove_prefix(first.size);
    }
    return payload.empty() ? text : text + "…";
}

/// Behind `N/<portal id>/`.
std::string tailOf(const GxTopic& gxTopic) {
    return std::string(gxTopic.type) + "/0" + std::string(gxTopic.path);
}

/// Address of a whole service, with the trailing slash that the bridge wants.
std::string headOf(const PlantKey& key) {
    return std::string(rowOf(key.kind).type) + "/" + std::to_string(key.instance) + "/";
}

} // namespace

VenusSource::VenusSource(GxSettings settings, Readings& readings, SourcePort port,
                         std::string echoSeed, SourceNeeds needs)
    : settings_(std::move(settings)), readings_(readings), port_(std::move(port)),
      echoSeed_(std::move(echoSeed)), needs_(needs),
      reads_([this](const std::string& tail) { port_.publish(topic("R", tail), ""); }) {}

void VenusSource::setNeeds(const SourceNeeds& needs, const Now& now) {
    if (needs_ == needs)
        return;
    needs_ = needs;
    if (phase_ != Phase::Running)
        return;
    subscribeToGx();
    if (readings_.linkUp())
        startSweep(now);
}

std::string VenusSource::topic(std::string_view letter, std::string_view tail) const {
    std::string text = settings_.topicPrefix;
    text.append(letter).append("/").append(portalId_).append("/").append(tail);
    return text;
}

std::optional<std::chrono::seconds> VenusSource::heartbeatAge(const Now& now) const {
    if (!heartbeatSeen_)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(now.steady - lastSign_);
}

void VenusSource::connected(const Now& now) {
    if (next_)
        settings_ = *std::exchange(next_, std::nullopt);
    connectedAt_ = now.steady;
    lastSign_ = now.steady;
    heartbeatSeen_ = false;
    echoSeen_ = false;
    echoMissing_ = false;
    step_ = SweepStep::Idle;
    reads_.startOver();
    if (settings_.portalId == "auto")
        findPortal(now);
    else
        run(settings_.portalId, now);
}

void VenusSource::disconnected(const Now& now) {
    phase_ = Phase::Disconnected;
    step_ = SweepStep::Idle;
    readings_.setLink(false, now);
}

void VenusSource::overflow(const Now& now) {
    readings_.doubt();
    if (phase_ == Phase::Running && takeWish(now))
        startSweep(now);
}

/// Published in the layout of a GX, but none (venus_output.hpp): another Busbar's, or our own.
bool VenusSource::isOfBusbar(std::string_view id) const {
    return id.starts_with("busbar-") || id == settings_.ownPortalId;
}

void VenusSource::findPortal(const Now& now) {
    phase_ = Phase::FindingPortal;
    idsSeen_.clear();
    saidNoPortal_ = false;
    decideAt_ = now.steady + kPortalPatience;
    port_.subscribe({settings_.topicPrefix + "N/+/system/0/Serial"});
}

void VenusSource::decidePortal(const Now& now) {
    if (now.steady < decideAt_)
        return;
    decideAt_ = now.steady + kPortalPatience;
    if (idsSeen_.size() == 1) {
        run(*idsSeen_.begin(), now);
        return;
    }
    if (std::exchange(saidNoPortal_, true))
        return;
    if (idsSeen_.empty()) {
        say(true, "portal_id_not_found: no topic " + settings_.topicPrefix +
                      "N/<portal id>/system/0/Serial on this broker; is it a GX's, with MQTT "
                      "switched on? Else set "
                      "gx.portal_id");
        return;
    }
    std::string list;
    for (const std::string& id : idsSeen_)
        list += (list.empty() ? "" : ", ") + id;
    say(true, "portal_id_ambiguous: this broker carries several GX devices: " + list +
                  "; set gx.portal_id to one of them");
}

void VenusSource::run(std::string id, const Now& now) {
    if (!portalId_.empty() && portalId_ != id) {
        say(true, "portal_id_changed: " + portalId_ + " is now " + id + "; starting anew");
        readings_.startOver(now);
    }
    portalId_ = std::move(id);
    base_ = topic("N", "");
    phase_ = Phase::Running;
    lastKeepalive_ = now.steady;
    lastSign_ = now.steady;
    subscribeToAll();
    readings_.setLink(true, now);
    startSweep(now);
}

/// All batteries, until a full publish has shown which there are.
void VenusSource::subscribeToAll() {
    isNarrow_ = false;
    heard_.clear();
    port_.subscribe({everyBattery(base_), base_ + "heartbeat", base_ + "full_publish_completed"});
    subscribeToGx();
}

/// Only single paths of the plant: a vebus service alone changes dozens of others per second.
void VenusSource::subscribeToGx() {
    std::vector<std::string> filters;
    for (const GxTopic& gxTopic : kGxTopics)
        if (isNeeded(gxTopic, needs_))
            filters.push_back(base_ + tailOf(gxTopic));
    if (needs_.plant)
        for (const PlantClassRow& kind : kPlantClasses)
            for (const RowIndex path : kPlantRows)
                filters.push_back(base_ + std::string(kind.type) + "/+" +
                                  std::string(kRows.at(path).path));
    if (!filters.empty())
        port_.subscribe(filters);
}

/// The wide filter goes last, so nothing is missed. What the session does not take is tried again.
void VenusSource::narrow() {
    if (isNarrow_ || !port_.subscribe(whoTheyAre(base_)))
        return;
    (void)hearAll();
    const auto isHeard = [this](const auto& entry) {
        return entry.first < 0 || entry.second.left || readings_.isIgnored(entry.first) ||
               heard_.contains(entry.first);
    };
    isNarrow_ = std::ranges::all_of(readings_.batteries(), isHeard) &&
                port_.unsubscribe({everyBattery(base_)});
}

/// One that comes in as ignored no longer, or late, has said something that nobody heard.
void VenusSource::follow() {
    if (!isNarrow_) {
        if (readings_.everComplete() && step_ == SweepStep::Idle)
            narrow();
        return;
    }
    if (hearAll())
        readings_.wishSweep();
    std::set<int> gone = heard_;
    for (const auto& [instance, battery] : readings_.batteries())
        if (!readings_.isIgnored(instance))
            gone.erase(instance);
    for (const int instance : gone)
        if (port_.unsubscribe(filtersOf(base_, instance)))
            heard_.erase(instance);
}

/// True if one of them was not heard before.
bool VenusSource::hearAll() {
    bool isNew = false;
    for (const auto& [instance, battery] : readings_.batteries())
        isNew = (!battery.left && !readings_.isIgnored(instance) && hear(instance)) || isNew;
    return isNew;
}

/// True if it was not heard before.
bool VenusSource::hear(int instance) {
    if (instance < 0 || heard_.contains(instance) || !readings_.batteries().contains(instance) ||
        !port_.subscribe(filtersOf(base_, instance)))
        return false;
    heard_.insert(instance);
    return true;
}

void VenusSource::message(std::string_view topic, std::string_view payload, bool retained,
                          const Now& now) {
    if (phase_ == Phase::FindingPortal) {
        const auto id = portalIdOf(topic, settings_.topicPrefix);
        if (id && !payload.empty() && !isOfBusbar(*id) && idsSeen_.size() < 100 &&
            idsSeen_.insert(std::string(*id)).second)
            decideAt_ = std::min(decideAt_, now.steady + kCollectIds);
        return;
    }
    // The bridge never retains a value: what is retained below N/ is somebody's leftover.
    if (phase_ != Phase::Running || retained || !topic.starts_with(base_))
        return;
    takeTail(topic.substr(base_.size()), payload, now);
}

/// Before anything else: it is no message of a battery, and no sign of the GX.
bool VenusSource::isEcho(const ServicePath& path, std::string_view payload) const {
    return path.type == "battery" && !payload.empty() && readings_.drops(path.instance, path.path);
}

void VenusSource::takeTail(std::string_view tail, std::string_view payload, const Now& now) {
    const auto path = parseServicePath(tail);
    if (path && isEcho(*path, payload))
        return;
    ++counters_.messages;
    readings_.noteSign(now);
    if (!heartbeatSeen_)
        lastSign_ = now.steady;
    if (path) {
        takeService(*path, payload, now);
        return;
    }
    if (tail == "heartbeat")
        takeHeartbeat(now);
    else if (tail == "full_publish_completed")
        takeCompletion(payload, now);
    else if (tail.starts_with("battery/"))
        note(tail, false, payload); // no device instance in it
}

void VenusSource::takeService(const ServicePath& path, std::string_view payload, const Now& now) {
    if (path.type == "battery") {
        takeBattery(path.instance, path.path, payload, now);
        return;
    }
    if (const GxTopic* gxTopic = findGxTopic(path.type, path.path)) {
        if (path.instance == 0 && isNeeded(*gxTopic, needs_))
            takeGxItem(*gxTopic, payload);
        return;
    }
    const auto kind = findPlantClass(path.type);
    if (kind && needs_.plant && path.instance >= 0)
        takePlant({*kind, path.instance}, path.path, payload);
}

/// An empty payload: the service left, so the value is unknown.
void VenusSource::takeGxItem(const GxTopic& gxTopic, std::string_view payload) {
    const Payload parsed = parsePayload(payload);
    const bool isGood = readings_.putGx(gxTopic.item, parsed.value);
    const bool isValue = parsed.kind == PayloadKind::Value || parsed.kind == PayloadKind::Gone;
    if (!isGood || !isValue || !badTopics_.empty())
        note(tailOf(gxTopic), isGood && isValue, payload);
}

void VenusSource::takePlant(const PlantKey& key, std::string_view path, std::string_view payload) {
    const auto index = findPlantPath(path);
    if (!index)
        return;
    if (payload.empty()) {
        readings_.leavePlant(key);
        return;
    }
    const Payload parsed = parsePayload(payload);
    Value value = plausible(kRows.at(kPlantRows.at(*index)), parsed.value);
    const bool isGood =
        parsed.kind == PayloadKind::Value && value.isKnown() == parsed.value.isKnown();
    if (!isGood || !badTopics_.empty())
        note(std::string(rowOf(key.kind).type) + "/" + std::to_string(key.instance) +
                 std::string(path),
             isGood, payload);
    readings_.putPlant(key, *index, std::move(value));
}

void VenusSource::takeBattery(int instance, std::string_view path, std::string_view payload,
                              const Now& now) {
    const auto place = findPlace(path);
    if (!place || instance < 0)
        return;
    // A service that leaves empties all its topics; one may also drop a path that nobody reads
    // here.
    if (payload.empty()) {
        readings_.leave(instance, now);
        return;
    }
    const Payload parsed = parsePayload(payload);
    Value value = plausible(*place, parsed.value);
    const bool isGood =
        parsed.kind == PayloadKind::Value && value.isKnown() == parsed.value.isKnown();
    if (!isGood || !badTopics_.empty())
        note("battery/" + std::to_string(instance) + std::string(path), isGood, payload);
    const bool isOdd = parsed.value.isKnown() && !value.isKnown();
    readings_.put(instance, *place, std::move(value), now, isOdd);
    if (isNarrow_)
        hear(instance); // before it is read as a whole
    reads_.heard(readings_, instance, path, now);
}

void VenusSource::note(std::string_view tail, bool isGood, std::string_view payload) {
    tail = tail.substr(0, kLongestBadTopic);
    const auto known = badTopics_.find(tail);
    if (isGood) {
        if (known == badTopics_.end())
            return;
        say(false, "value_good_again: topic=" + shown(tail));
        badTopics_.erase(known);
        return;
    }
    ++counters_.rejected;
    if (known != badTopics_.end() || badTopics_.size() >= kMostBadTopics)
        return;
    badTopics_.insert(std::string(tail));
    say(true, "value_rejected: topic=" + shown(tail) + " payload=" + shown(payload) +
                  " treated as unknown (not a value that this path can have)");
}

void VenusSource::takeHeartbeat(const Now& now) {
    heartbeatSeen_ = true;
    lastSign_ = now.steady;
    if (readings_.linkUp())
        return;
    say(false, "gx_bridge_back: its heartbeat has returned");
    readings_.setLink(true, now);
}

void VenusSource::takeCompletion(std::string_view payload, const Now& now) {
    reads_.fullPublishEnded(now);
    if (step_ != SweepStep::Publishing)
        return;
    const std::string echo = parseEcho(payload);
    if (echo != echo_)
        readings_.noteOtherPublish();
    if (echo == echo_) {
        echoSeen_ = true;
        endSweep(now);
    } else if (echo.empty() && echoMissing_) {
        endSweep(now);
    } else if (echo.empty() && !echoSeen_) {
        sawPlainCompletion_ =
            true; // somebody else's, or of a bridge too old for echoes: the timeout decides
    }
}

void VenusSource::startSweep(const Now& now) {
    attempt_ = 0;
    requestPublish(now);
}

void VenusSource::requestPublish(const Now& now) {
    (void)readings_.takeWantsSweep();
    isWished_ = false;
    echo_ = echoSeed_ + "-" + std::to_string(readings_.beginSweep());
    sawPlainCompletion_ = false;
    step_ = SweepStep::Publishing;
    stepEnds_ = now.steady + kPublishWaits.at(static_cast<std::size_t>(attempt_));
    keepAlive(R"({"keepalive-options":[{"full-publish-completed-echo":")" + echo_ + "\"}]}", now);
}

/// One that was not taken keeps nothing alive.
void VenusSource::keepAlive(const std::string& payload, const Now& now) {
    if (!port_.publish(topic("R", "keepalive"), payload))
        return;
    lastKeepalive_ = now.steady;
    saidGap_ = false;
}

void VenusSource::endSweep(const Now& now) {
    step_ = SweepStep::Idle;
    ++counters_.sweeps;
    if (std::exchange(failuresInARow_, 0) > 0)
        say(false, "full_publish_back: the GX completes its full publishes again");
    sweptAt_ = now.steady;
    retryWait_ = 0s;
    readings_.completeSweep(now);
    narrow();
}

void VenusSource::sweepTimedOut(const Now& now) {
    if (sawPlainCompletion_) {
        echoMissing_ = true;
        endSweep(now);
        return;
    }
    if (++attempt_ < static_cast<int>(kPublishWaits.size()))
        requestPublish(now);
    else
        readEach(now);
}

/// One value that the bridge cannot turn into JSON aborts every full publish of the GX; reading
/// service by service still works. Keepalives with suppress-republish do too.
void VenusSource::readEach(const Now& now) {
    (void)readings_.beginSweep();
    step_ = SweepStep::ReadingEach;
    stepEnds_ = now.steady + kReadWait;
    keepAlive(std::string(kSuppress), now);
    for (const auto& [instance, battery] : readings_.batteries())
        if (!battery.left)
            port_.publish(topic("R", "battery/" + std::to_string(instance) + "/"), "");
    for (const auto& [key, device] : readings_.plant())
        port_.publish(topic("R", headOf(key)), "");
    for (const GxTopic& gxTopic : kGxTopics)
        if (isNeeded(gxTopic, needs_))
            port_.publish(topic("R", tailOf(gxTopic)), "");
}

/// Returns how many batteries answered.
std::size_t VenusSource::completeAnswered(const Now& now) {
    std::vector<int> batteries;
    for (const auto& [instance, battery] : readings_.batteries())
        if (readings_.wasRepublished(instance))
            batteries.push_back(instance);
    for (const int instance : batteries)
        readings_.completeBattery(instance, now);
    std::vector<PlantKey> devices;
    for (const auto& [key, device] : readings_.plant())
        if (readings_.wasRepublished(key))
            devices.push_back(key);
    for (const PlantKey& key : devices)
        readings_.completePlant(key);
    return batteries.size();
}

std::string writePayload(GxItem item, double value) {
    std::string payload = R"({"value":)";
    appendJsonNumber(payload, value, wireOf(item));
    return payload + "}";
}

std::string VenusSource::writeTopic(GxItem item) const {
    return phase_ == Phase::Running ? topic("W", tailOf(topicOf(item))) : std::string();
}

bool VenusSource::write(GxItem item, double value) {
    if (phase_ != Phase::Running || !port_.publish(writeTopic(item), writePayload(item, value)))
        return false;
    port_.publish(topic("R", tailOf(topicOf(item))), "");
    return true;
}

void VenusSource::finishReadingEach(const Now& now) {
    const std::size_t answered = completeAnswered(now);
    readings_.abandonSweep(true);
    narrow();
    step_ = SweepStep::Idle;
    ++counters_.sweepsFailed;
    if (failuresInARow_++ == 0)
        say(true, "full_publish_incomplete: the GX did not complete a full publish in three tries; "
                  "read " +
                      std::to_string(answered) + " batteries one by one instead" +
                      (counters_.messages == 0
                           ? "; nothing at all comes for portal id " + portalId_ + ": is it right?"
                           : ""));
    sweptAt_ = now.steady;
    retryWait_ = kRetryAfterFailure * std::min(failuresInARow_, 6);
}

void VenusSource::tick(const Now& now) {
    if (phase_ == Phase::FindingPortal)
        decidePortal(now);
    if (phase_ != Phase::Running)
        return;
    tickLink(now);
    tickSweep(now);
    follow();
    tickKeepalive(now);
    if (readings_.linkUp())
        reads_.tick(readings_, lastSign_, now);
}

void VenusSource::tickLink(const Now& now) {
    const auto patience =
        heartbeatSeen_ ? SteadyTime::duration(settings_.heartbeatTimeout) : kSilentOldBridge;
    if (!readings_.linkUp()) {
        if (!heartbeatSeen_ && now.steady - lastSign_ < patience) // an old bridge that talks again
            readings_.setLink(true, now);
        return;
    }
    if (now.steady - lastSign_ < patience)
        return;
    say(true, heartbeatSeen_
                  ? "gx_bridge_lost: its heartbeat has stopped, although the broker is there"
                  : "gx_bridge_lost: nothing comes from it, although the broker is there");
    readings_.setLink(false, now);
    step_ = SweepStep::Idle;
}

std::chrono::seconds VenusSource::sweepInterval() const {
    const auto regular =
        heartbeatSeen_ ? settings_.fullPublish
                       : std::min<std::chrono::seconds>(kOldFullPublish, settings_.fullPublish);
    return retryWait_ > 0s ? std::min(retryWait_, regular) : regular;
}

void VenusSource::tickSweep(const Now& now) {
    if (!readings_.linkUp())
        return;
    if (step_ != SweepStep::Idle && now.steady >= stepEnds_) {
        step_ == SweepStep::Publishing ? sweepTimedOut(now) : finishReadingEach(now);
        return;
    }
    const bool isWished = takeWish(now);
    if (isWished || (step_ == SweepStep::Idle && now.steady - sweptAt_ >= sweepInterval()))
        startSweep(now);
}

/// The first wish is granted at once. Where each sweep raises the next (two services that share an
/// instance), they come further and further apart, because a full publish is work for the whole GX.
bool VenusSource::takeWish(const Now& now) {
    isWished_ = isWished_ || readings_.takeWantsSweep();
    const auto sinceLast = now.steady - wishGranted_;
    if (!isWished_ || (wishPause_ > 0s && sinceLast < wishPause_))
        return false;
    const bool isInARow = wishPause_ > 0s && sinceLast < 2 * kLongestWishPause;
    wishPause_ = isInARow ? std::min(2 * wishPause_, kLongestWishPause) : kFirstWishPause;
    wishGranted_ = now.steady;
    return true;
}

void VenusSource::tickKeepalive(const Now& now) {
    const auto age = now.steady - lastKeepalive_;
    if (age >= kBridgeForgets) {
        if (!std::exchange(saidGap_, true))
            say(true, "keepalive_gap: no keepalive for a minute; asking for a full publish");
        readings_.doubt();
        if (readings_.linkUp())
            startSweep(now);
    }
    if (now.steady - lastKeepalive_ >= settings_.keepalive)
        keepAlive(std::string(kSuppress), now);
}

} // namespace busbar::mqtt
