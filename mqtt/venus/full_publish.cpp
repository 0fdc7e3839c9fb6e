// SPDX-License-Identifier: MIT
// Asks for everything, waits for the end mark, asks again, reads one by one.
#include "mqtt/venus/full_publish.hpp"

#include "core/table/plant_rows.hpp"
#include "mqtt/venus/payload.hpp"
#include "mqtt/venus/venus_json.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

/// A full publish takes 6 ms (4 batteries) to 50 ms (64) on the bridge; the rest is network. Three
/// per second for the whole GX are granted, the others are dropped without a word: hence the retry.
constexpr std::array kPublishWaits = {3s, 5s};
constexpr auto kReadWait = 4s;
constexpr auto kRetryAfterFailure = 30s;
constexpr auto kFirstWishPause = 2s; // between full publishes that the readings wish for …
constexpr auto kLongestWishPause = 60s;
constexpr auto kOldFullPublish = 60s; // a bridge without heartbeat has to publish everything

/// Address of a whole service, with the trailing slash that the bridge wants.
std::string headOf(const PlantKey& key) {
    return std::string(rowOf(key.kind).type) + "/" + std::to_string(key.instance) + "/";
}

/// Returns how many batteries answered.
std::size_t completeAnswered(Readings& readings, const Now& now) {
    std::vector<int> batteries;
    for (const auto& [instance, battery] : readings.found())
        if (readings.wasRepublished(instance))
            batteries.push_back(instance);
    for (const int instance : batteries)
        readings.completeBattery(instance, now);
    std::vector<PlantKey> devices;
    for (const auto& [key, device] : readings.plant())
        if (readings.wasRepublished(key))
            devices.push_back(key);
    for (const PlantKey& key : devices)
        readings.completePlant(key);
    return batteries.size();
}

} // namespace

bool WishPace::grants(bool isWished, const Now& now) {
    isWished_ = isWished_ || isWished;
    const auto sinceLast = now.steady - granted_;
    if (!isWished_ || (pause_ > 0s && sinceLast < pause_))
        return false;
    const bool isInARow = pause_ > 0s && sinceLast < 2 * kLongestWishPause;
    pause_ =
        isInARow ? std::min<std::chrono::seconds>(2 * pause_, kLongestWishPause) : kFirstWishPause;
    granted_ = now.steady;
    return true;
}

FullPublish::FullPublish(VenusBridge& bridge, SourceFilters& filters, Keepalive& keepalive,
                         std::string echoSeed)
    : bridge_(bridge), filters_(filters), keepalive_(keepalive), echoSeed_(std::move(echoSeed)) {}

void FullPublish::sessionBegan() {
    echoSeen_ = false;
    echoMissing_ = false;
    step_ = Step::Idle;
}

void FullPublish::start(const Now& now) {
    attempt_ = 0;
    request(now);
}

/// What is not subscribed to would count as gone: without these filters nothing is asked for, and
/// the next try comes when this one has had no answer.
void FullPublish::request(const Now& now) {
    const bool isHeard = filters_.widen();
    (void)bridge_.readings.takeWantsSweep();
    wishes_.forget();
    echo_ = echoSeed_ + "-" + std::to_string(bridge_.readings.beginSweep());
    sawPlainCompletion_ = false;
    step_ = Step::Publishing;
    stepEnds_ = now.steady + kPublishWaits.at(static_cast<std::size_t>(attempt_));
    if (!isHeard)
        return;
    keepalive_.send(R"({"keepalive-options":[{"full-publish-completed-echo":")" + echo_ + "\"}]}",
                    now);
}

bool FullPublish::completed(std::string_view payload, const Now& now) {
    if (step_ != Step::Publishing)
        return false;
    const std::string echo = parseEcho(payload);
    const bool isOurs = echo == echo_;
    if (!isOurs)
        bridge_.readings.noteOtherPublish();
    echoSeen_ = echoSeen_ || isOurs;
    if (isOurs || (echo.empty() && echoMissing_)) {
        end(now);
        return true;
    }
    // Somebody else's, or of a bridge too old for echoes: the timeout decides.
    if (echo.empty() && !echoSeen_)
        sawPlainCompletion_ = true;
    return false;
}

void FullPublish::end(const Now& now) {
    step_ = Step::Idle;
    ++bridge_.counters.sweeps;
    if (std::exchange(failuresInARow_, 0) > 0)
        bridge_.say(false, "full_publish_back: the GX completes its full publishes again");
    endedAt_ = now.steady;
    retryWait_ = 0s;
    bridge_.readings.completeSweep(now);
}

/// True if that was the end of it.
bool FullPublish::timedOut(const Now& now) {
    if (sawPlainCompletion_) {
        echoMissing_ = true;
        end(now);
        return true;
    }
    if (++attempt_ < static_cast<int>(kPublishWaits.size()))
        request(now);
    else
        readEach(now);
    return false;
}

/// One value that the bridge cannot turn into JSON aborts every full publish of the GX; reading
/// service by service still works. Keepalives with suppress-republish do too.
void FullPublish::readEach(const Now& now) {
    (void)bridge_.readings.beginSweep();
    step_ = Step::ReadingEach;
    stepEnds_ = now.steady + kReadWait;
    keepalive_.sendPlain(now);
    for (const auto& [instance, battery] : bridge_.readings.found())
        if (!battery.left && filters_.widen(instance))
            bridge_.read("battery/" + std::to_string(instance) + "/");
    for (const auto& [key, device] : bridge_.readings.plant())
        bridge_.read(headOf(key));
    for (const GxTopic& gxTopic : kGxTopics)
        if (isNeeded(gxTopic, bridge_.needs))
            bridge_.read(tailOf(gxTopic));
}

void FullPublish::endReadingEach(const Now& now) {
    const std::size_t answered = completeAnswered(bridge_.readings, now);
    bridge_.readings.abandonSweep(true);
    step_ = Step::Idle;
    ++bridge_.counters.sweepsFailed;
    if (failuresInARow_++ == 0)
        bridge_.say(
            true, "full_publish_incomplete: the GX did not complete a full publish in three tries; "
                  "read " +
                      std::to_string(answered) + " batteries one by one instead" +
                      (bridge_.counters.messages == 0 ? "; nothing at all comes for portal id " +
                                                            bridge_.portalId + ": is it right?"
                                                      : ""));
    endedAt_ = now.steady;
    retryWait_ = kRetryAfterFailure * std::min(failuresInARow_, 6);
}

std::chrono::seconds FullPublish::interval(bool hasHeartbeat) const {
    const std::chrono::seconds wanted = bridge_.settings.fullPublish;
    const auto regular =
        hasHeartbeat ? wanted : std::min<std::chrono::seconds>(kOldFullPublish, wanted);
    return retryWait_ > 0s ? std::min(retryWait_, regular) : regular;
}

bool FullPublish::takeWish(const Now& now) {
    return wishes_.grants(bridge_.readings.takeWantsSweep(), now);
}

bool FullPublish::tick(bool hasHeartbeat, const Now& now) {
    if (!isIdle() && now.steady >= stepEnds_) {
        if (step_ == Step::Publishing)
            return timedOut(now);
        endReadingEach(now);
        return true;
    }
    const bool isWished = takeWish(now);
    if (isWished || (isIdle() && now.steady - endedAt_ >= interval(hasHeartbeat)))
        start(now);
    return false;
}

} // namespace busbar::mqtt
