// SPDX-License-Identifier: MIT
// What Home Assistant is told of banks and batteries, as an output.
#include "app/outputs/output_list.hpp"
#include "app/version.hpp"
#include "config/config.hpp"
#include "mqtt/ha/ha_states.hpp"
#include "mqtt/results/commands.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace busbar {

namespace {

constexpr int kAtLeastOnce = 1;

mqtt::HaContext contextOf(const config::Config& config) {
    mqtt::HaContext context;
    context.site = config.site;
    context.base = config.output.results.base + "/" + config.site;
    context.version = kVersion;
    for (const config::BankConfig& bank : config.banks)
        context.bankIds.push_back(bank.bank.id);
    context.takesCommands = mqtt::commandsInForce(config.output).areTaken;
    context.pageUrl = config.output.homeAssistant.pageUrl;
    context.hasBatteries = config.output.results.publishBatteries;
    context.expireAfter = std::max<std::chrono::seconds>(context.expireAfter,
                                                         3 * config.output.homeAssistant.interval);
    return context;
}

/// Announced devices are taken back when discovery is switched off, so it exists with results.
bool needsDiscovery(const OutputParts& parts) {
    return parts.config.output.results.isEnabled &&
           (parts.config.output.homeAssistant.isEnabled || !parts.announced.empty());
}

mqtt::HaStates::Publish retainedBy(const OutputParts& parts) {
    return [publish = parts.publish](const std::string& topic, const std::string& payload) {
        return publish(topic, payload, kAtLeastOnce, true);
    };
}

std::vector<BankView> viewsOf(const Offer& offer) {
    std::vector<BankView> views;
    views.reserve(offer.banks.size());
    for (const OfferedBank& bank : offer.banks)
        views.push_back(bank.view);
    return views;
}

class HomeAssistantOutput final : public Output {
public:
    explicit HomeAssistantOutput(const OutputParts& parts)
        : isWanted_(parts.isWanted), keepAnnounced_(parts.keepAnnounced),
          discovery_(parts.config.output.homeAssistant, contextOf(parts.config), parts.announced,
                     retainedBy(parts)),
          states_(parts.config.output.homeAssistant, contextOf(parts.config), retainedBy(parts)) {}

    void offer(const Offer& offer, const Now& now) override { states_.offer(viewsOf(offer), now); }

    void tick(const Offer& offer, const Now& now) override {
        discovery_.update(viewsOf(offer), isWanted_);
        discovery_.tick(now);
        if (keepAnnounced_)
            keepAnnounced_(discovery_.announced());
    }

    void withdraw() override {
        discovery_.withdraw();
        if (keepAnnounced_)
            keepAnnounced_(discovery_.announced());
    }

    [[nodiscard]] std::vector<std::string> filters() const override {
        return {discovery_.birthTopic()};
    }
    void connected(const Now& /*now*/) override {
        discovery_.connected();
        states_.connected();
    }
    void disconnected() override {
        discovery_.disconnected();
        states_.disconnected();
    }
    bool message(const Mail& mail, const Now& now) override {
        if (mail.topic != discovery_.birthTopic())
            return false;
        discovery_.takeBirth(mail.payload, now);
        return true;
    }

private:
    mqtt::HaDiscovery::IsWanted isWanted_;
    std::function<void(const std::set<std::string>&)> keepAnnounced_;
    mqtt::HaDiscovery discovery_;
    mqtt::HaStates states_;
};

/// Without documents there are no devices, and nobody to take announced ones back.
class NoHomeAssistant final : public Output {
public:
    explicit NoHomeAssistant(const OutputParts& parts) : keepAnnounced_(parts.keepAnnounced) {}
    void offer(const Offer& /*offer*/, const Now& /*now*/) override {}
    void tick(const Offer& /*offer*/, const Now& /*now*/) override {
        if (keepAnnounced_)
            keepAnnounced_({});
    }

private:
    std::function<void(const std::set<std::string>&)> keepAnnounced_;
};

} // namespace

std::unique_ptr<Output> makeHomeAssistantOutput(const OutputParts& parts) {
    if (!needsDiscovery(parts))
        return std::make_unique<NoHomeAssistant>(parts);
    return std::make_unique<HomeAssistantOutput>(parts);
}

} // namespace busbar
