// SPDX-License-Identifier: MIT
// A site as Home Assistant's tests need it: readings, one bank or two, and a Home Assistant that
// sees what is published.
#pragma once

#include "core/bank.hpp"
#include "core/bank_view.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/identity_rows.hpp"
#include "core/units/readings.hpp"
#include "mqtt/ha/ha_discovery.hpp"
#include "mqtt/ha/ha_states.hpp"
#include "mqtt/results/result_topics.hpp"
#include "mqtt/results/results_json.hpp"
#include "support/ha_model.hpp"
#include "unit/core/made_readings.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace busbar::mqtt {

class HaSite {
public:
    explicit HaSite(std::vector<BankSettings> settings = {BankSettings()}) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        readings.completeSweep(now);
        for (BankSettings& bank : settings) {
            context.bankIds.push_back(bank.id);
            banks.emplace_back(std::move(bank));
        }
    }

    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    void putCells(int instance, std::uint16_t count) {
        for (std::uint16_t cell = 0; cell < count; ++cell)
            readings.put(instance, {Place::Kind::Cell, cell}, 3.3 + 0.001 * cell, now);
    }
    /// A battery that says all that a row can hold, or all but one.
    void addRich(int instance, std::uint16_t cells, std::optional<RowIndex> without = {}) {
        for (RowIndex index = 0; index < kRowCount; ++index) {
            const Row& r = kRows.at(index);
            const bool isIdentity = std::ranges::find(kIdentityRows, index) != kIdentityRows.end();
            if (isIdentity || r.path == "/NumberOfBmses" || index == without) // a sum of others
                continue;
            put(instance, index, r.quantity == Quantity::Text ? Value("text") : Value(r.highest));
        }
        made::putBasics(readings, instance, now);
        put(instance, row("/ProductId"), 0.0);
        put(instance, row("/Mgmt/ProcessName"), "driver");
        put(instance, row("/Capacity"), 100.0);
        put(instance, row("/InstalledCapacity"), 200.0);
        put(instance, row("/Dc/0/Power"), 264.0);
        put(instance, row("/Soc"), 71.5);
        put(instance, row("/State"), 9.0);
        put(instance, row("/Alarms/LowSoc"), 1.0);
        put(instance, row("/Alarms/HighTemperature"), 0.0);
        put(instance, row("/ProductName"), "Pack");
        put(instance, row("/Mgmt/Connection"), "ttyUSB" + std::to_string(instance));
        put(instance, row("/FirmwareVersion"), "1.2");
        putCells(instance, cells);
        readings.completeBattery(instance, now);
    }
    void addPoor(int instance) {
        made::putBasics(readings, instance, now);
        readings.completeBattery(instance, now);
    }

    void evaluate() {
        for (int second = 0; second < 15; ++second) { // until all have joined
            now = now + std::chrono::seconds(1);
            readings.settle(now);
            if (makeAll)
                makeAll();
            for (Bank& bank : banks)
                (void)bank.evaluate(readings, now);
        }
        reports.clear();
        for (const Bank& bank : banks)
            reports.push_back(bank.report());
    }
    [[nodiscard]] BankView view(std::size_t bank = 0) const {
        return {banks[bank].settings(),
                banks[bank].snapshot(),
                reports[bank],
                banks[bank].events(),
                controls,
                advice,
                readings.batteries(),
                true,
                true};
    }
    [[nodiscard]] std::vector<BankView> views() const {
        std::vector<BankView> all;
        for (std::size_t bank = 0; bank < banks.size(); ++bank)
            all.push_back(view(bank));
        return all;
    }

    [[nodiscard]] const MemberReport& member(std::size_t bank, int instance) const {
        return *std::ranges::find(reports[bank].members, instance, &MemberReport::instance);
    }

    /// What entities show, and who is there.
    void publishDocuments() {
        HaSettings settings;
        HaStates states(settings, context,
                        [this](const std::string& topic, const std::string& text) {
                            home.publish(topic, text);
                            return true;
                        });
        states.connected();
        states.offer(views(), now);
        home.publish(topics.status(), std::string(kOnline));
        for (const BankView& v : views())
            for (const MemberReport& member : v.report.members)
                if (hasDocument(member))
                    home.publish(topics.batteryStatus(member.id),
                                 std::string(isAvailable(member) ? kOnline : kOffline));
    }
    /// The messages of all banks and batteries, without pacing.
    void announceAll() {
        const HaDevices devices = devicesOf(context, views());
        for (const std::string& id : parentsFirst(devices))
            publishDevice(devices.at(id));
    }
    void publishDevice(const HaDevice& device) {
        home.publish("homeassistant/device/" + device.deviceId + "/config",
                     discoveryDocument(context, device));
    }

    Now now = made::start();
    Readings readings;
    std::function<void()> makeAll; ///< made batteries, before their banks
    std::vector<Bank> banks;
    std::vector<BankReport> reports;
    Controls controls;
    std::vector<Advice> advice;
    HaContext context{.version = "1.0", .bankIds = {}};
    ResultTopics topics{"busbar/home"};
    bench::HaModel home;
};

} // namespace busbar::mqtt
