// SPDX-License-Identifier: MIT
// Keys of dbus-mqtt-battery, and the pace in which it is fed.
#include "mqtt/results/driver_json.hpp"

#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "mqtt/results/json_writing.hpp"
#include "mqtt/results/turn.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

/// Far below the driver's time-out, which is 60 s by default.
constexpr std::chrono::milliseconds kLongestSilence = 10s;

/// The driver's default: after this long without a message its battery is off the GX.
constexpr std::chrono::milliseconds kDriverPatience = 60s;

constexpr std::array kNeeded = {row("/Dc/0/Power"), row("/Dc/0/Voltage"), row("/Soc")};
/// What a closing message repeats.
constexpr std::array kRepeated = {row("/Dc/0/Power"), row("/Dc/0/Voltage"), row("/Dc/0/Current"),
                                  row("/Dc/0/Temperature"), row("/Soc")};

/// A key of the driver: the group's object (empty = the root), and the row whose last part is the
/// key's name. Rows of a group stand together.
struct DriverKey {
    std::string_view group;
    RowIndex row;
};

// clang-format off
/// The keys that dbus-mqtt-battery documents ("JSON keys") as far as there is a row for them.
constexpr auto kKeys = std::to_array<DriverKey>({
    {"", row("/Soc")}, {"", row("/Soh")}, {"", row("/Capacity")}, {"", row("/InstalledCapacity")},
    {"", row("/ConsumedAmphours")}, {"", row("/TimeToGo")}, {"", row("/Balancing")}, {"", row("/Heating")},
    {"", row("/State")}, {"", row("/CurrentAvg")},

    {"Dc", row("/Dc/0/Power")}, {"Dc", row("/Dc/0/Voltage")}, {"Dc", row("/Dc/0/Current")}, {"Dc", row("/Dc/0/Temperature")},

    {"Alarms", row("/Alarms/LowVoltage")}, {"Alarms", row("/Alarms/HighVoltage")}, {"Alarms", row("/Alarms/LowSoc")},
    {"Alarms", row("/Alarms/HighChargeCurrent")}, {"Alarms", row("/Alarms/HighDischargeCurrent")}, {"Alarms", row("/Alarms/HighCurrent")},
    {"Alarms", row("/Alarms/CellImbalance")}, {"Alarms", row("/Alarms/HighChargeTemperature")}, {"Alarms", row("/Alarms/LowChargeTemperature")},
    {"Alarms", row("/Alarms/LowCellVoltage")}, {"Alarms", row("/Alarms/HighCellVoltage")}, {"Alarms", row("/Alarms/LowTemperature")},
    {"Alarms", row("/Alarms/HighTemperature")}, {"Alarms", row("/Alarms/HighInternalTemperature")}, {"Alarms", row("/Alarms/FuseBlown")},
    {"Alarms", row("/Alarms/BmsCable")}, {"Alarms", row("/Alarms/InternalFailure")}, {"Alarms", row("/Alarms/StateOfHealth")},

    {"Info", row("/Info/ChargeRequest")}, {"Info", row("/Info/MaxChargeVoltage")}, {"Info", row("/Info/MaxChargeCurrent")},
    {"Info", row("/Info/MaxDischargeCurrent")}, {"Info", row("/Info/BatteryLowVoltage")}, {"Info", row("/Info/HeatingCurrent")},
    {"Info", row("/Info/HeatingPower")}, {"Info", row("/Info/ChargeMode")}, {"Info", row("/Info/ChargeLimitation")},
    {"Info", row("/Info/DischargeLimitation")},

    {"History", row("/History/ChargeCycles")}, {"History", row("/History/MinimumVoltage")}, {"History", row("/History/MaximumVoltage")},
    {"History", row("/History/TotalAhDrawn")}, {"History", row("/History/AverageDischarge")}, {"History", row("/History/ChargedEnergy")},
    {"History", row("/History/DischargedEnergy")}, {"History", row("/History/DeepestDischarge")}, {"History", row("/History/LastDischarge")},
    {"History", row("/History/FullDischarges")}, {"History", row("/History/HighVoltageAlarms")}, {"History", row("/History/LowVoltageAlarms")},
    {"History", row("/History/MinimumCellVoltage")}, {"History", row("/History/MaximumCellVoltage")},
    {"History", row("/History/MinimumTemperature")}, {"History", row("/History/MaximumTemperature")},
    {"History", row("/History/TimeSinceLastFullCharge")},

    {"System", row("/System/MinVoltageCellId")}, {"System", row("/System/MaxVoltageCellId")}, {"System", row("/System/MinTemperatureCellId")},
    {"System", row("/System/MaxTemperatureCellId")}, {"System", row("/System/MinCellVoltage")}, {"System", row("/System/MaxCellVoltage")},
    {"System", row("/System/MinCellTemperature")}, {"System", row("/System/MaxCellTemperature")}, {"System", row("/System/MOSTemperature")},
    {"System", row("/System/NrOfCellsPerBattery")}, {"System", row("/System/NrOfModulesOnline")}, {"System", row("/System/NrOfModulesOffline")},
    {"System", row("/System/NrOfModulesBlockingCharge")}, {"System", row("/System/NrOfModulesBlockingDischarge")},

    {"Voltages", row("/Voltages/Sum")}, {"Voltages", row("/Voltages/Diff")},

    {"Io", row("/Io/AllowToCharge")}, {"Io", row("/Io/AllowToDischarge")}, {"Io", row("/Io/AllowToBalance")}, {"Io", row("/Io/AllowToHeat")},
});
// clang-format on

std::string_view nameOf(const DriverKey& key) {
    const std::string_view path = kRows.at(key.row).path;
    return path.substr(path.rfind('/') + 1);
}

bool isSendable(const BankView& view) {
    return view.report.stage == Stage::Normal && std::ranges::all_of(kNeeded, [&](RowIndex i) {
               return view.snapshot[i].number().has_value();
           });
}

/// Opens the group's object when a key of another group comes.
void enterGroup(JsonWriter& json, std::string_view& open, std::string_view group) {
    if (open == group)
        return;
    if (!open.empty())
        json.EndObject();
    writeKey(json, group);
    json.StartObject();
    open = group;
}

std::string documentOf(const Snapshot& snapshot, RowsSent& sent) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    std::string_view open;
    for (const DriverKey& key : kKeys) {
        const Value& value = snapshot[key.row];
        if (!value.isKnown() && !sent.at(key.row) && key.row != rows::kTimeToGo)
            continue;
        enterGroup(json, open, key.group);
        writeKey(json, nameOf(key));
        writeTyped(json, kRows.at(key.row).quantity, value);
        sent.at(key.row) = true;
    }
    json.EndObject(); // there is always a group: Dc was needed
    json.EndObject();
    return textOf(buffer);
}

/// While it rides through, the bank says itself what may be drawn.
bool mayBeDrawn(const BankReport& report) {
    return report.stage == Stage::Normal || report.discharge.cause == Cause::RideThrough;
}

/// What the driver has never been told stays untold.
void shut(Snapshot& snapshot, std::initializer_list<RowIndex> rows, const RowsSent& sent) {
    for (const RowIndex index : rows)
        if (sent.at(index) || snapshot[index].isKnown())
            snapshot[index] = 0.0;
}

/// The bank as it is, with what it measured `before` in place of what it does not know any more,
/// and shut.
Snapshot closed(const BankView& view, const std::array<Value, kRowCount>& before,
                const RowsSent& sent) {
    Snapshot snapshot = view.snapshot;
    for (const RowIndex index : kRepeated)
        if (!snapshot[index].isKnown())
            snapshot[index] = before.at(index);
    shut(snapshot, {row("/Info/MaxChargeCurrent"), row("/Io/AllowToCharge")}, sent);
    if (!mayBeDrawn(view.report))
        shut(snapshot, {row("/Info/MaxDischargeCurrent"), row("/Io/AllowToDischarge")}, sent);
    return snapshot;
}

} // namespace

std::optional<std::string> driverDocument(const BankView& view, RowsSent& sent) {
    return isSendable(view) ? std::optional(documentOf(view.snapshot, sent)) : std::nullopt;
}

DriverJson::DriverJson(DriverJsonSettings settings, ResultsPort port)
    : settings_(std::move(settings)), port_(std::move(port)) {}

void DriverJson::disconnected() {
    isConnected_ = false;
    last_.reset();
    if (open_)
        open_->isClosed = false;
}

bool DriverJson::isDue(const BankView& view, const Now& now) const {
    const auto interval = std::min(settings_.interval, kLongestSilence);
    if (!last_ || isTurn(last_->at + interval, interval, now))
        return true;
    return isCut(shownLimits(view.report), last_->limits);
}

void DriverJson::offer(const BankView& view, const Now& now) {
    if (settings_.topic.empty() || !isConnected_)
        return;
    if (!isSendable(view))
        close(view, now);
    else if (isDue(view, now))
        send(view, now);
}

void DriverJson::send(const BankView& view, const Now& now) {
    RowsSent sent = rowsSent_;
    std::string payload = documentOf(view.snapshot, sent);
    const bool isOld = !last_ || now.steady - last_->at >= kLongestSilence;
    if (!isOld && payload == last_->payload)
        return;
    if (!port_.publish(settings_.topic, payload, 0, false))
        return;
    rowsSent_ = sent;
    open_ = {.rows = view.snapshot.rows, .at = now.steady};
    last_ = {std::move(payload), now.steady, shownLimits(view.report)};
}

/// Nobody will say more: neither may the driver go on with the last limits, nor is it known what
/// the bank would allow without data.
void DriverJson::end() {
    if (!isConnected_ || !open_ || open_->isClosed)
        return;
    Snapshot snapshot;
    snapshot.rows = open_->rows;
    shut(snapshot,
         {row("/Info/MaxChargeCurrent"), row("/Io/AllowToCharge"), row("/Info/MaxDischargeCurrent"),
          row("/Io/AllowToDischarge")},
         rowsSent_);
    open_->isClosed = port_.publish(settings_.topic, documentOf(snapshot, rowsSent_), 0, false);
}

/// Later than the driver's patience it would bring back a battery that has left.
void DriverJson::close(const BankView& view, const Now& now) {
    if (!open_ || open_->isClosed)
        return;
    if (now.steady - open_->at >= kDriverPatience) {
        open_.reset();
        return;
    }
    RowsSent sent = rowsSent_;
    const Snapshot snapshot = closed(view, open_->rows, sent);
    std::string payload = documentOf(snapshot, sent);
    if (!port_.publish(settings_.topic, payload, 0, false))
        return;
    rowsSent_ = sent;
    open_->isClosed = true;
    last_ = {std::move(payload), now.steady, {}};
}

} // namespace busbar::mqtt
