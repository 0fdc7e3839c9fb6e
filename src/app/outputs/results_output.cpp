// SPDX-License-Identifier: MIT
// The documents of banks and batteries, and the health of the program, as an output.
#include "app/outputs/output_list.hpp"
#include "base/log.hpp"
#include "config/config.hpp"
#include "mqtt/venus/topic.hpp"

#include <utility>

namespace busbar {

namespace {

/// A second Busbar with our site's name speaks once a minute (Results::health).
constexpr auto kSayTakenAgain = std::chrono::hours(1);

class ResultsOutput final : public Output {
public:
    explicit ResultsOutput(const OutputParts& parts)
        : config_(parts.config), process_(parts.process), health_(parts.health),
          keepPublished_(parts.keepPublished),
          results_(parts.config.output.results, parts.config.site, {parts.publish}) {}

    void begin(const Earlier& earlier) override {
        for (const std::string& battery : earlier.batteries)
            results_.expect(battery);
        for (const std::string& battery : earlier.gone)
            results_.forget(battery);
        for (const std::string& bank : earlier.goneBanks)
            results_.forgetBank(bank);
    }

    void offer(const Offer& offer, const Now& now) override {
        for (std::size_t i = 0; i < offer.banks.size(); ++i)
            results_.offer(i, offer.banks[i].view, now);
        results_.finish(now);
        sayOverwritten();
    }

    void tick(const Offer& /*offer*/, const Now& now) override {
        if (keepPublished_)
            keepPublished_(results_.published());
        if (!health_ || !results_.isHealthDue(now))
            return;
        mqtt::Health health = health_(now);
        health.process = process_;
        results_.health(health, now);
    }

    [[nodiscard]] bool isShared() const override { return saidTaken_.has_value(); }
    void withdraw() override {
        std::vector<std::string> banks;
        for (const config::BankConfig& bank : config_.banks)
            banks.push_back(bank.bank.id);
        results_.withdraw(banks);
        if (keepPublished_)
            keepPublished_(results_.published());
    }
    void end() override { results_.shutDown(); }

    [[nodiscard]] std::optional<mqtt::Results::Will> will() const override {
        return results_.will();
    }

    [[nodiscard]] std::vector<std::string> filters() const override {
        std::vector<std::string> filters = results_.subscriptions();
        filters.push_back(results_.topics().health());
        return filters;
    }

    void connected(const Now& now) override { results_.connected(now); }
    void disconnected() override { results_.disconnected(); }

    bool message(const Mail& mail, const Now& now) override {
        if (!mqtt::tailBelow(results_.topics().root, mail.topic))
            return false; // most of what comes
        if (mail.topic != results_.topics().health())
            return results_.heard(mail.topic, mail.payload, mail.retained);
        takeHealth(mail, now);
        return true;
    }

private:
    /// What is retained may be our own last words, or those of one who has ended.
    void takeHealth(const Mail& mail, const Now& now) {
        const bool isOurs = mail.payload.find(process_) != std::string_view::npos;
        const bool wasSaid = saidTaken_ && now.steady - *saidTaken_ < kSayTakenAgain;
        if (mail.retained || mail.payload.empty() || isOurs || wasSaid)
            return;
        saidTaken_ = now.steady;
        log::error("site_taken: another Busbar publishes under {} as well; give one of them "
                   "another `site` (or `mqtt.base`)",
                   results_.topics().root);
    }

    void sayOverwritten() {
        for (const mqtt::StatusGuard::Notice& notice : results_.takeNotices())
            if (notice.isContested)
                log::error("status_contested topic={} somebody else writes it again and again; "
                           "give one of two Busbars another `site` (or `mqtt.base`)",
                           notice.topic);
            else
                log::warn("status_overwritten topic={} put right; an earlier run's last will does "
                          "that once",
                          notice.topic);
    }

    const config::Config& config_; ///< in force
    std::string process_;
    std::function<mqtt::Health(const Now&)> health_;
    std::function<void(const std::set<std::string>&)> keepPublished_;
    mqtt::Results results_;
    std::optional<SteadyTime> saidTaken_;
};

} // namespace

std::unique_ptr<Output> makeResultsOutput(const OutputParts& parts) {
    if (!parts.config.output.results.isEnabled)
        return nullptr;
    return std::make_unique<ResultsOutput>(parts);
}

} // namespace busbar
