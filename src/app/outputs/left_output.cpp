// SPDX-License-Identifier: MIT
// Takes back what lies where this site, or one that is no more, has published before.
#include "app/kept/places.hpp"
#include "app/outputs/output_list.hpp"
#include "base/log.hpp"
#include "mqtt/results/take_back.hpp"

#include <deque>
#include <iterator>
#include <utility>

namespace busbar {

namespace {

using mqtt::TakeBack;

class LeftOutput final : public Output {
public:
    explicit LeftOutput(const OutputParts& parts) : forgetLeft_(parts.forgetLeft) {
        const std::string root = placeOf(parts.config).root;
        for (const mqtt::LeftTopics& left : parts.left)
            places_.emplace_back(left, root, mqtt::ResultsPort{parts.publish});
    }

    void begin(const Earlier& /*earlier*/) override {
        if (std::exchange(isSaid_, true))
            return;
        for (const TakeBack& place : places_)
            log::info("taking_back site={} root={} topics={} nobody publishes there any more",
                      place.left().site, place.left().root, place.left().topics.size());
    }
    void offer(const Offer& /*offer*/, const Now& /*now*/) override {}
    void tick(const Offer& /*offer*/, const Now& now) override {
        std::erase_if(places_, [&](TakeBack& place) { return isOver(place, now); });
    }

    [[nodiscard]] std::vector<std::string> filters() const override {
        std::vector<std::string> filters;
        for (const TakeBack& place : places_)
            if (place.filter())
                filters.push_back(*place.filter());
        return filters;
    }
    void connected(const Now& now) override {
        for (TakeBack& place : places_)
            place.connected(now);
    }
    void disconnected() override {
        for (TakeBack& place : places_)
            place.disconnected();
    }
    bool message(const Mail& mail, const Now& /*now*/) override {
        bool isTaken = false;
        for (TakeBack& place : places_)
            isTaken = place.heard(mail.topic, mail.payload) || isTaken;
        return isTaken;
    }

private:
    bool isOver(TakeBack& place, const Now& now) const {
        const TakeBack::Outcome outcome = place.tick(now);
        if (outcome == TakeBack::Outcome::Going)
            return false;
        const mqtt::LeftTopics& left = place.left();
        if (outcome == TakeBack::Outcome::Done)
            log::info("taken_back site={} root={} topics={}", left.site, left.root,
                      left.topics.size());
        else
            log::warn("left_inhabited site={} root={} somebody else says online there: nothing of "
                      "it is taken back",
                      left.site, left.root);
        if (forgetLeft_)
            forgetLeft_(left);
        return true;
    }

    std::function<void(const mqtt::LeftTopics&)> forgetLeft_;
    std::deque<TakeBack> places_;
    bool isSaid_{false};
};

} // namespace

std::unique_ptr<Output> makeLeftOutput(const OutputParts& parts) {
    if (parts.left.empty())
        return nullptr;
    return std::make_unique<LeftOutput>(parts);
}

} // namespace busbar
