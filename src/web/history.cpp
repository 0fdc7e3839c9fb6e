// SPDX-License-Identifier: MIT
// The ring of samples, and its form as JSON.
#include "web/history.hpp"

#include "web/json.hpp"
#include "web/reading.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>

namespace busbar::web {

namespace {

constexpr std::int64_t kSeconds = kHistoryInterval.count();

std::int64_t minuteOf(WallTime time) {
    return std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
}

/// Of an array that `json` wrote, the number at an index; nothing for null and what is none.
std::optional<double> numberAt(const rapidjson::Value& root, const std::string& name,
                               std::size_t index) {
    const rapidjson::Value* array = memberOf(root, name);
    if (array == nullptr || !array->IsArray() || index >= array->Size())
        return std::nullopt;
    const auto& value = (*array)[static_cast<rapidjson::SizeType>(index)];
    return value.IsNumber() ? std::optional(value.GetDouble()) : std::nullopt;
}

/// The text that such a number is an index of in a list of the same object; empty = none.
std::string wordAt(const rapidjson::Value& root, const char* list, std::optional<double> index) {
    const rapidjson::Value* words = memberOf(root, list);
    if (!index || *index < 0 || words == nullptr || !words->IsArray() || *index >= words->Size())
        return {};
    const auto& word = (*words)[static_cast<rapidjson::SizeType>(*index)];
    return word.IsString() ? std::string(word.GetString(), word.GetStringLength()) : std::string();
}

/// Of a word in a list, which it is added to if there is room: its index + 1; 0 = none.
std::uint8_t indexIn(std::vector<std::string>& list, const std::string& word) {
    if (word.empty())
        return 0;
    auto found = std::ranges::find(list, word);
    if (found == list.end()) {
        if (list.size() == kMostHistoryNames)
            return 0;
        found = list.insert(list.end(), word);
    }
    return static_cast<std::uint8_t>(found - list.begin() + 1);
}

void writeWords(JsonText& json, std::string_view key, const std::vector<std::string>& words) {
    json.key(key).beginList();
    for (const std::string& word : words)
        json.text(word);
    json.endList();
}

Moment momentAt(const rapidjson::Value& root, std::size_t index) {
    Moment moment;
    for (std::size_t i = 0; i < kCurves.size(); ++i)
        moment.numbers[i] = numberAt(root, std::string(kCurves[i].name), index);
    for (std::size_t i = 0; i < kHeldLimits.size(); ++i) {
        const std::string limit(kHeldLimits[i]);
        moment.holders[i].cause = wordAt(root, "causes", numberAt(root, limit + "_cause", index));
        moment.holders[i].member =
            wordAt(root, "members", numberAt(root, limit + "_member", index));
    }
    return moment;
}

} // namespace

History::History() : ring_(kHistorySamples) {}

bool History::isDue(WallTime now) const {
    return !lastMinute_ || minuteOf(now) != *lastMinute_;
}

const History::Sample& History::at(std::size_t index) const {
    return ring_[(next_ + kHistorySamples - count_ + index) % kHistorySamples];
}

void History::push(const Sample& sample) {
    ring_[next_] = sample;
    next_ = (next_ + 1) % kHistorySamples;
    count_ = std::min(count_ + 1, kHistorySamples);
}

void History::clear() {
    next_ = 0;
    count_ = 0;
    lastMinute_.reset();
    causes_.clear();
    members_.clear();
}

void History::dropAfter(std::int64_t minute) {
    if (!lastMinute_ || *lastMinute_ <= minute)
        return;
    const std::int64_t ahead = *lastMinute_ - minute;
    if (ahead >= static_cast<std::int64_t>(count_))
        return clear();
    count_ -= static_cast<std::size_t>(ahead);
    next_ = (next_ + kHistorySamples - static_cast<std::size_t>(ahead)) % kHistorySamples;
    lastMinute_ = minute;
}

void History::add(const Moment& moment, WallTime now) {
    const std::int64_t minute = minuteOf(now);
    dropAfter(minute);
    const std::int64_t passed = lastMinute_ ? minute - *lastMinute_ : 1;
    if (passed > static_cast<std::int64_t>(kHistorySamples))
        clear();
    else
        for (std::int64_t gap = 1; gap < passed; ++gap)
            push({});
    if (passed == 0)
        return;
    lastMinute_ = minute;
    Sample sample;
    for (std::size_t i = 0; i < kCurves.size(); ++i)
        if (const auto number = moment.numbers[i]; number && std::isfinite(*number))
            sample.numbers[i] = static_cast<float>(*number);
    for (std::size_t i = 0; i < kHeldLimits.size(); ++i) {
        sample.causes[i] = indexIn(causes_, moment.holders[i].cause);
        sample.members[i] = indexIn(members_, moment.holders[i].member);
    }
    push(sample);
}

std::string History::json(std::string_view site, std::string_view bank) const {
    JsonText json;
    json.beginObject().key("site").text(site).key("bank").text(bank);
    json.key("interval_s").whole(kSeconds).key("end");
    if (lastMinute_)
        json.whole(*lastMinute_ * kSeconds);
    else
        json.null();
    json.key("count").whole(static_cast<std::int64_t>(count_));
    for (std::size_t curve = 0; curve < kCurves.size(); ++curve) {
        json.key(kCurves[curve].name).beginList();
        for (std::size_t i = 0; i < count_; ++i)
            json.number(at(i).numbers[curve], kCurves[curve].decimals);
        json.endList();
    }
    writeWords(json, "causes", causes_);
    writeWords(json, "members", members_);
    const auto indices = [&](std::string_view limit, const char* what, std::size_t which,
                             const auto& list) {
        json.key(std::string(limit) + what).beginList();
        for (std::size_t i = 0; i < count_; ++i)
            json.index((at(i).*list)[which]);
        json.endList();
    };
    for (std::size_t limit = 0; limit < kHeldLimits.size(); ++limit) {
        indices(kHeldLimits[limit], "_cause", limit, &Sample::causes);
        indices(kHeldLimits[limit], "_member", limit, &Sample::members);
    }
    return json.endObject().take();
}

bool History::restore(std::string_view text, WallTime now) {
    rapidjson::Document root;
    root.Parse(text.data(), text.size());
    if (root.HasParseError() || !root.IsObject())
        return false;
    const auto number = [&root](const char* name) {
        const rapidjson::Value* value = memberOf(root, name);
        return value != nullptr && value->IsInt64() ? value->GetInt64() : -1;
    };
    const std::int64_t last = number("end") / kSeconds;
    const std::int64_t count = number("count");
    const std::int64_t age = minuteOf(now) - last;
    const auto most = static_cast<std::int64_t>(kHistorySamples);
    const bool isOfTheDay = age < most && count + age >= 1; // below 0: the clock is behind
    if (number("interval_s") != kSeconds || count < 1 || count > most || !isOfTheDay)
        return false;
    clear();
    for (std::int64_t i = 0; i < count; ++i)
        add(momentAt(root, static_cast<std::size_t>(i)),
            WallTime(std::chrono::minutes(last - count + 1 + i)));
    dropAfter(minuteOf(now));
    return true;
}

} // namespace busbar::web
