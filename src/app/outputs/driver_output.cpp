// SPDX-License-Identifier: MIT
// The banks for the driver dbus-mqtt-battery, as an output.
#include "app/outputs/output_list.hpp"
#include "config/config.hpp"
#include "mqtt/results/driver_json.hpp"

#include <cstddef>
#include <deque>

namespace busbar {

namespace {

class DriverOutput final : public Output {
public:
    explicit DriverOutput(const OutputParts& parts) {
        for (const config::BankConfig& bank : parts.config.banks)
            drivers_.emplace_back(bank.driver, mqtt::ResultsPort{parts.publish});
    }

    void offer(const Offer& offer, const Now& now) override {
        for (std::size_t i = 0; i < offer.banks.size(); ++i)
            drivers_.at(i).offer(offer.banks[i].view, now);
    }
    void connected(const Now& /*now*/) override {
        for (mqtt::DriverJson& driver : drivers_)
            driver.connected();
    }
    void disconnected() override {
        for (mqtt::DriverJson& driver : drivers_)
            driver.disconnected();
    }

    void end() override {
        for (mqtt::DriverJson& driver : drivers_)
            driver.end();
    }

private:
    std::deque<mqtt::DriverJson> drivers_; ///< one per bank; those without a topic say nothing
};

} // namespace

std::unique_ptr<Output> makeDriverOutput(const OutputParts& parts) {
    return std::make_unique<DriverOutput>(parts);
}

} // namespace busbar
