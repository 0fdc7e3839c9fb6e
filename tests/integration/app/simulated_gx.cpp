// SPDX-License-Identifier: MIT
// Wiring of the simulated GX, and what its batteries publish.
#include "simulated_gx.hpp"

#include "core/gx/gx_state.hpp"

#include <chrono>
#include <utility>

namespace busbar::test {

SimulatedGx::SimulatedGx(mqtt::BrokerSettings broker, mqtt::VenusServerSettings settings)
    : client_(std::move(broker), {}, box_), prefix_(settings.topicPrefix),
      bridge_(
          std::move(settings),
          [this](std::string_view topic, std::string_view payload, bool retain) {
              if (isSilent_)
                  return true;
              if (topic.ends_with("/full_publish_completed"))
                  publishTwin();
              client_.publish(topic, payload, 0, retain); // a bridge repeats nothing
              return true;
          },
          [this](const mqtt::WriteRequest& request) { write(request); }) {
    client_.connectNow(now());
}

Now SimulatedGx::now() {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

void SimulatedGx::connectNow() {
    client_.connectNow(now());
}

void SimulatedGx::pump() {
    box_.take(batch_);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        const Mail mail = batch_.at(i);
        if (mail.kind == MailKind::Connected) {
            client_.subscribe(bridge_.subscriptions());
            bridge_.announce();
            isReady_ = true;
        } else if (mail.kind == MailKind::Disconnected) {
            isReady_ = false;
        } else if (mail.kind == MailKind::Message && !isSilent_) {
            bridge_.message(mail.topic, mail.payload, now());
        }
    }
    if (echo_)
        echo_->pump();
    client_.tick(now());
    if (!isSilent_)
        bridge_.tick(now());
    box_.arm();
}

void SimulatedGx::add(const Pack& pack) {
    const std::map<std::string_view, Value> values = {
        {"/DeviceInstance", static_cast<double>(pack.instance)},
        {"/ProductName", "Test battery"},
        {"/CustomName", pack.name},
        {"/Serial", "SN-" + pack.name},
        {"/Mgmt/Connection", "ttyTEST" + pack.name},
        {"/State", 9.0},
        {"/Dc/0/Voltage", pack.voltage_V},
        {"/Dc/0/Current", pack.current_A},
        {"/Dc/0/Power", pack.voltage_V * pack.current_A},
        {"/Soc", pack.soc_pct},
        {"/InstalledCapacity", pack.capacity_Ah},
        {"/Info/MaxChargeVoltage", pack.maxCharge_V},
        {"/Info/MaxChargeCurrent", pack.maxCharge_A},
        {"/Info/MaxDischargeCurrent", pack.maxDischarge_A},
        {"/Io/AllowToCharge", 1.0},
        {"/Io/AllowToDischarge", 1.0},
        {"/System/MinCellVoltage", pack.minCell_V},
        {"/System/MaxCellVoltage", pack.maxCell_V},
        {"/System/MaxVoltageCellId", "C4"},
        {"/Alarms/LowVoltage", 0.0},
    };
    for (const auto& [path, value] : values)
        set(pack.instance, path, value);
}

void SimulatedGx::set(int instance, std::string_view path, const Value& value) {
    bridge_.setValue("battery", std::to_string(instance), path, value);
}

void SimulatedGx::setSetting(std::string_view path, double value) {
    settings_[std::string(path)] = value;
    const GxTopic* known = findGxTopic("settings", path);
    const WireType wire = known == nullptr ? WireType::Int : wireOf(known->item);
    const mqtt::ItemForm form{.wire = wire, .isWritable = true};
    bridge_.set(bridge_.item("settings", "0", path, form), value);
}

void SimulatedGx::setSystem(std::string_view path, const Value& value) {
    bridge_.setValue("system", "0", path, value);
}

double SimulatedGx::setting(std::string_view path) const {
    return settings_.at(std::string(path));
}

void SimulatedGx::write(const mqtt::WriteRequest& request) {
    ++settingWrites_;
    const auto number = request.value ? request.value->number() : std::nullopt;
    if (!isRefusing_ && number)
        setSetting(request.path, *number);
}

void SimulatedGx::setPayload(int instance, std::string_view path, std::string_view payload) {
    bridge_.setPayload(bridge_.item("battery", std::to_string(instance), path), payload);
}

void SimulatedGx::addTwin(const Pack& pack) {
    twin_ = {{topicOf(pack.instance, "/Serial"), R"({"value":"SN-)" + pack.name + "\"}"},
             {topicOf(pack.instance, "/CustomName"), R"({"value":")" + pack.name + "\"}"}};
    publishTwin();
}

void SimulatedGx::publishTwin() {
    for (const auto& [topic, payload] : twin_)
        client_.publish(topic, payload);
}

void SimulatedGx::vanish(int instance) {
    bridge_.removeService("battery", std::to_string(instance));
}

bool SimulatedGx::publish(std::string_view topic, std::string_view payload, bool retain) {
    return client_.publish(topic, payload, 0, retain);
}

std::string SimulatedGx::topicOf(int instance, std::string_view path) const {
    return prefix_ + "N/" + bridge_.portalId() + "/battery/" + std::to_string(instance) +
           std::string(path);
}

} // namespace busbar::test
