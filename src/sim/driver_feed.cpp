// SPDX-License-Identifier: MIT
// A report as paths and values, as a battery driver on a GX publishes them.
#include "sim/driver_feed.hpp"

#include "core/table/path_table.hpp"

#include <string>

namespace busbar::sim {

namespace {

using Getter = Value (*)(const PackReport&);

struct FeedLine {
    RowIndex index;
    Getter get;
};

Value flag(std::optional<bool> value) {
    return value ? Value(*value ? 1.0 : 0.0) : Value();
}

Value cellId(int cell) {
    return cell > 0 ? Value("C" + std::to_string(cell)) : Value();
}

Value blocking(std::optional<bool> allowed) {
    return allowed ? Value(*allowed ? 0.0 : 1.0) : Value();
}

Value spread(const PackReport& report) {
    return report.minCell_V && report.maxCell_V ? Value(*report.maxCell_V - *report.minCell_V)
                                                : Value();
}

// clang-format off
constexpr auto kLines = std::to_array<FeedLine>({
    {row("/Dc/0/Voltage"),                        [](const PackReport& r) { return Value(r.voltage_V); }},
    {row("/Dc/0/Current"),                        [](const PackReport& r) { return Value(r.current_A); }},
    {row("/Dc/0/Power"),                          [](const PackReport& r) { return Value(r.power_W); }},
    {row("/Dc/0/Temperature"),                    [](const PackReport& r) { return Value(r.temperature_C); }},
    {row("/Soc"),                                 [](const PackReport& r) { return Value(r.soc_pct); }},
    {row("/InstalledCapacity"),                   [](const PackReport& r) { return Value(r.capacity_Ah); }},
    {row("/Capacity"),                            [](const PackReport& r) { return Value(r.remaining_Ah); }},
    {row("/ConsumedAmphours"),                    [](const PackReport& r) { return Value(r.consumed_Ah); }},
    {row("/Info/MaxChargeVoltage"),               [](const PackReport& r) { return Value(r.maxCharge_V); }},
    {row("/Info/MaxChargeCurrent"),               [](const PackReport& r) { return Value(r.maxCharge_A); }},
    {row("/Info/MaxDischargeCurrent"),            [](const PackReport& r) { return Value(r.maxDischarge_A); }},
    {row("/Info/ChargeMode"),                     [](const PackReport& r) { return Value(std::string(toText(r.chargeMode))); }},
    {row("/Io/AllowToCharge"),                    [](const PackReport& r) { return flag(r.allowCharge); }},
    {row("/Io/AllowToDischarge"),                 [](const PackReport& r) { return flag(r.allowDischarge); }},
    {row("/Balancing"),                           [](const PackReport& r) { return flag(r.balancing); }},
    {row("/System/MinCellVoltage"),               [](const PackReport& r) { return Value(r.minCell_V); }},
    {row("/System/MinVoltageCellId"),             [](const PackReport& r) { return cellId(r.minCell); }},
    {row("/System/MaxCellVoltage"),               [](const PackReport& r) { return Value(r.maxCell_V); }},
    {row("/System/MaxVoltageCellId"),             [](const PackReport& r) { return cellId(r.maxCell); }},
    {row("/Voltages/Diff"),                       [](const PackReport& r) { return spread(r); }},
    {row("/System/MinCellTemperature"),           [](const PackReport& r) { return Value(r.minTemperature_C); }},
    {row("/System/MaxCellTemperature"),           [](const PackReport& r) { return Value(r.maxTemperature_C); }},
    {row("/System/NrOfModulesBlockingCharge"),    [](const PackReport& r) { return blocking(r.allowCharge); }},
    {row("/System/NrOfModulesBlockingDischarge"), [](const PackReport& r) { return blocking(r.allowDischarge); }},
    {row("/Alarms/HighCellVoltage"),              [](const PackReport& r) { return Value(r.highCellAlarm); }},
    {row("/Alarms/LowCellVoltage"),               [](const PackReport& r) { return Value(r.lowCellAlarm); }},
    {row("/Alarms/HighChargeCurrent"),            [](const PackReport& r) { return Value(r.chargeCurrentAlarm); }},
    {row("/Alarms/HighDischargeCurrent"),         [](const PackReport& r) { return Value(r.dischargeCurrentAlarm); }},
});
// clang-format on

/// Puts values of one service.
class Sender {
public:
    Sender(const ValueSink& sink, int instance) : sink_(sink), instance_(instance) {}

    void put(RowIndex index, Value value) const {
        sink_.put(instance_, {Place::Kind::Row, index}, std::move(value));
    }
    void putCell(std::size_t cell, Value value) const {
        sink_.put(instance_, {Place::Kind::Cell, static_cast<std::uint16_t>(cell)},
                  std::move(value));
    }

private:
    const ValueSink& sink_;
    int instance_;
};

/// What stays the same as long as the service lives.
void sendDescription(const Sender& sender, const PackSpec& pack) {
    sender.put(row("/DeviceInstance"), static_cast<double>(pack.instance));
    sender.put(row("/ProductName"), "Twin BMS");
    sender.put(row("/CustomName"), pack.name);
    if (!pack.serial.empty())
        sender.put(row("/Serial"), pack.serial);
    sender.put(row("/Mgmt/Connection"),
               pack.connection.empty() ? "twin " + std::to_string(pack.instance) : pack.connection);
    sender.put(row("/Connected"), 1.0);
    sender.put(row("/State"), 9.0);
    sender.put(row("/ErrorCode"), 0.0);
    sender.put(row("/System/NrOfModulesOnline"), 1.0);
    sender.put(row("/System/NrOfModulesOffline"), 0.0);
    if (!pack.cells.empty())
        sender.put(row("/System/NrOfCellsPerBattery"), static_cast<double>(pack.cells.size()));
}

/// `before` is what the GX has sent last; nullptr = nothing yet, or everything is sent again. What
/// a BMS never gave has no path; what it gave before and lost is unknown.
void sendValues(const Sender& sender, const PackReport& report, const PackReport* before) {
    for (const FeedLine& line : kLines) {
        Value value = line.get(report);
        if (before == nullptr ? value.isKnown() : value != line.get(*before))
            sender.put(line.index, std::move(value));
    }
    const std::size_t sentCells = before == nullptr ? 0 : before->cells_V.size();
    for (std::size_t k = 0; k < report.cells_V.size(); ++k)
        if (k >= sentCells || before->cells_V[k] != report.cells_V[k])
            sender.putCell(k, report.cells_V[k]);
    for (std::size_t k = report.cells_V.size(); k < sentCells; ++k)
        sender.putCell(k, {});
}

} // namespace

void DriverFeed::feedService(const PackSpec& pack, const PackReport& report, Sent& sent, bool all,
                             const ValueSink& sink) {
    if (report.silent)
        return;
    if (!report.online) {
        if (sent.isOnline)
            sink.leave(pack.instance);
        sent.isOnline = false;
        return;
    }
    const bool everything = all || !sent.isOnline;
    const Sender sender(sink, pack.instance);
    if (everything)
        sendDescription(sender, pack);
    sendValues(sender, report, everything ? nullptr : &sent.report);
    sent.isOnline = true;
    sent.report = report;
}

void DriverFeed::feed(const Twin& twin, bool all, const ValueSink& sink) {
    sent_.resize(twin.size());
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const PackReport& report = twin.bms(i).published();
        Sent& sent = sent_[i];
        if (tampering_.report) {
            PackReport tampered = report;
            tampering_.report(i, tampered);
            feedService(twin.pack(i), tampered, sent, all, sink);
        } else if (all || report.silent || report.online != sent.isOnline ||
                   report.number != sent.report.number) {
            feedService(twin.pack(i), report, sent, all, sink);
        }
    }
    const auto extras = tampering_.extras ? tampering_.extras() : std::vector<ExtraService>();
    sentExtras_.resize(extras.size());
    for (std::size_t i = 0; i < extras.size(); ++i)
        feedService(extras[i].spec, extras[i].report, sentExtras_[i], all, sink);
}

double startValue(const GxDefault& item, const Twin& twin) {
    if (item.item != GxItem::FeedIn)
        return item.value;
    return twin.spec().feedIn ? 1.0 : 0.0;
}

} // namespace busbar::sim
