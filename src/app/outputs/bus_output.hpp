// SPDX-License-Identifier: MIT
// Banks and made batteries on D-Bus, as an output.
#pragma once

#include "app/kept/keeper.hpp"
#include "app/outputs/output.hpp"
#include "base/event_loop.hpp"
#include "core/made/written.hpp"
#include "dbus/battery_service.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
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

    /// Somebody sets a value of a writable battery.
    using Write = std::function<WriteResult(const std::string& id, const WrittenValue& value)>;

    /// `config` must outlive it. One service per bank, and per made battery that is published;
    /// `keeper` gives and takes their names. Made batteries are on the bus of the first bank.
    BusOutput(EventLoop& loop, const config::Config& config, Keeper& keeper,
              const ShowPage& showPage, const Write& write);

    void begin(const Earlier& earlier) override;
    void offer(const Offer& offer, const Now& now) override;
    void end() override;

    /// What the GX's screen says of banks is due, or may have changed: `offer` reads their reports.
    [[nodiscard]] bool readsReports(bool hasEvents, const Now& now) const;

    /// Under which clients know a bank.
    [[nodiscard]] const std::string& nameOf(std::size_t bank) const {
        return services_.at(bank).customName();
    }
    [[nodiscard]] const std::string& nameOfMade(std::size_t made) const {
        return made_.at(made).customName();
    }
    /// False: it is no name (core/units/display_name.hpp).
    bool rename(std::size_t bank, const std::string& name) {
        return services_.at(bank).rename(name);
    }
    /// Some limit of this bank is worse than what was said last.
    [[nodiscard]] bool isCutBy(std::size_t bank, const Snapshot& snapshot) const;
    /// The same of all made batteries.
    [[nodiscard]] bool isAnyCutBy(std::span<const OfferedMade> made) const;
    /// Sent, by all services.
    [[nodiscard]] std::uint64_t signals() const;

private:
    [[nodiscard]] bool isScreenDue(const Offer& offer, const Now& now);

    const config::Config& config_;
    std::optional<SteadyTime> screenShown_; ///< when the screens were told last
    std::deque<dbus::BatteryService> services_;
    std::deque<dbus::BatteryService> made_;
};

} // namespace busbar
