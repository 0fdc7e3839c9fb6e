// SPDX-License-Identifier: MIT
// The banks as batteries on D-Bus, as an output.
#pragma once

#include "app/kept/keeper.hpp"
#include "app/outputs/output.hpp"
#include "base/event_loop.hpp"
#include "dbus/battery_service.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// Stays on the bus as long as the program runs, whatever else a reload makes anew.
class BusOutput final : public Output {
public:
    /// The GX's screen asks a bank for the page of a battery.
    using ShowPage = std::function<void(std::size_t bank, int battery)>;

    /// One service per bank; `keeper` gives and takes their names.
    BusOutput(EventLoop& loop, const config::Config& config, Keeper& keeper,
              const ShowPage& showPage);

    void begin(const Earlier& earlier) override;
    void offer(const Offer& offer, const Now& now) override;
    void end() override;

    /// Under which clients know a bank.
    [[nodiscard]] const std::string& nameOf(std::size_t bank) const {
        return services_.at(bank).customName();
    }
    /// False: it is no name (core/units/display_name.hpp).
    bool rename(std::size_t bank, const std::string& name) {
        return services_.at(bank).rename(name);
    }
    /// Some limit of this bank is worse than what was said last.
    [[nodiscard]] bool isCutBy(std::size_t bank, const Snapshot& snapshot) const;
    /// Sent, by all services.
    [[nodiscard]] std::uint64_t signals() const;

private:
    std::deque<dbus::BatteryService> services_;
};

} // namespace busbar
