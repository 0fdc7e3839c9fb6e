// SPDX-License-Identifier: MIT
// The bank as the JSON that the driver dbus-mqtt-battery takes, so that a GX gets it as a battery
// without Busbar on it.
#pragma once

#include "core/bank_view.hpp"
#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "mqtt/results/limit_cut.hpp"
#include "mqtt/results/results_port.hpp"
#include "mqtt/settings.hpp"

#include <array>
#include <optional>
#include <string>

namespace busbar::mqtt {

/// Rows that were sent before. The driver keeps a value for ever once its key stops coming, so
/// these go on as null when they become unknown.
using RowsSent = std::array<bool, kRowCount>;

/// `{"Soc":71.5,"Dc":{"Power":…,"Voltage":…},"Alarms":{…},"Info":{…},…}`: every key that the driver
/// knows and that the bank has, numbers in the type that the path has on D-Bus. Unknown rows are
/// left out, or null if they were sent before, or the time to go, which an earlier run may have
/// sent. Rows that it holds are noted in `sent`.
///
/// Nothing unless stage is normal and power, voltage and SoC are known, without which the driver
/// ignores a message: limits of a bank that is not measured any more must not look fresh.
[[nodiscard]] std::optional<std::string> driverDocument(const BankView& view, RowsSent& sent);

/// Publishes the document of one bank, QoS 0, not retained: a driver that starts must never get an
/// old one. A change goes after `interval`, a cut of a limit at once, and something every 10 s even
/// without a change.
///
/// Where there is no document any more, the driver would go on with the last limits until its
/// time-out (60 s by default), when it takes its battery off the GX. So a last message closes them:
/// charging 0 A, discharging 0 A unless the bank rides through or is still measured, and measured
/// values as they were last. After that, silence; a session that begins before that time-out is
/// over has it said again, because the last one may not have sent it any more.
class DriverJson {
public:
    DriverJson(DriverJsonSettings settings, ResultsPort port);

    /// A session began: the document is due.
    void connected() { isConnected_ = true; }
    void disconnected();
    /// After each cycle of the bank. What was not taken is tried again with the next.
    void offer(const BankView& view, const Now& now);
    /// The program ends: closes both directions, if the driver goes on with something.
    void end();

private:
    struct Sent {
        std::string payload;
        SteadyTime at{};
        ShownLimits limits;
    };
    /// What the driver goes on with.
    struct Open {
        std::array<Value, kRowCount> rows; ///< of the last document
        SteadyTime at{};
        bool isClosed{false}; ///< told so in this session
    };
    [[nodiscard]] bool isDue(const BankView& view, const Now& now) const;
    void send(const BankView& view, const Now& now);
    void close(const BankView& view, const Now& now);

    DriverJsonSettings settings_;
    ResultsPort port_;
    bool isConnected_{false};
    std::optional<Sent> last_; ///< of this session
    std::optional<Open> open_; ///< of any session
    RowsSent rowsSent_{};
};

} // namespace busbar::mqtt
