// SPDX-License-Identifier: MIT
// One battery as Venus OS sees it: a service com.victronenergy.battery.<name> on a connection of
// its own.
#pragma once

#include "base/event_loop.hpp"
#include "core/snapshot.hpp"
#include "dbus/battery_items.hpp"
#include "dbus/bus_connection.hpp"
#include "dbus/bus_item_tree.hpp"
#include "dbus/bus_name.hpp"
#include "dbus/change_teller.hpp"
#include "dbus/local_settings.hpp"
#include "dbus/settings.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::dbus {

/// Where a published battery is on its way to the bus.
enum class BusState : std::uint8_t {
    Off,        ///< not started, stopped, or `bus` is `none`
    Connecting, ///< no connection; trying
    Resolving,  ///< waiting for localsettings to give the device instance
    Ready, ///< nothing is missing but the wish to be on the bus, the first values or a free name
    OnBus, ///< the name is ours; clients see the battery
};

[[nodiscard]] constexpr std::string_view toText(BusState state) {
    constexpr std::array<std::string_view, 5> kTexts = {"off", "connecting", "resolving", "ready",
                                                        "on_bus"};
    return kTexts.at(static_cast<std::size_t>(state));
}

struct BatteryIdentity {
    /// Under which device instance and custom name are kept in localsettings; stable for ever,
    /// unique per published battery, such as `busbar_main`. Characters that localsettings does not
    /// take are replaced.
    std::string uid;
    std::string customName; ///< until the owner gives another: from the configuration or the app's
                            ///< own store
};

struct BatteryCallbacks {
    /// The name that clients see changed, by the owner or because localsettings had another one.
    std::function<void(const std::string& name)> nameChanged;
    /// localsettings does not keep the name that the owner gave: the app must, and hand it in with
    /// the identity at the next start.
    std::function<void(const std::string& name)> storeName;
    /// localsettings keeps the name that clients see: the app needs no copy.
    std::function<void()> nameKept;
    /// A client has set an extra that has `choices`.
    std::function<void(const std::string& path, int choice)> chosen{};
    /// A client sets a row of the path table: what it is answered, 0 = taken. Without it no row can
    /// be set.
    std::function<int(std::string_view path, const Value& value)> written{};
    /// The battery appeared on the bus (true) or left it (false).
    std::function<void(bool isOnBus)> onBusChanged;
};

struct BusHealth {
    std::uint64_t signals = 0; ///< ItemsChanged sent
    std::uint64_t items = 0;   ///< changed paths in them
    std::uint64_t writes = 0;  ///< SetValue accepted
    std::uint64_t refusedWrites = 0;
    std::uint64_t reconnects = 0; ///< connections that were lost
    std::uint64_t queued = 0;     ///< messages the bus has not taken yet
};

/// Everything on the bus is asynchronous; values are kept while there is no bus and shown when it
/// is back. The name is requested last: connected, instance known, values published at least once,
/// and wanted. The paths /DeviceInstance and /CustomName are this class's own, whatever the
/// snapshot says. May not be destroyed from inside one of its callbacks; its destructor calls none.
class BatteryService {
public:
    BatteryService(EventLoop& loop, const BusSettings& settings, const BatteryIdentity& identity,
                   BatteryCallbacks callbacks = {});
    ~BatteryService();
    BatteryService(const BatteryService&) = delete;
    BatteryService& operator=(const BatteryService&) = delete;
    BatteryService(BatteryService&&) = delete;
    BatteryService& operator=(BatteryService&&) = delete;

    /// Connects; an absent bus is tried again and again, not an error.
    void start();
    /// Gives the name back and closes; waits half a second at most. What was published is forgotten
    /// by nobody: `start` again shows it.
    void stop() noexcept;

    /// Compares with what was published before and tells the bus what changed, in one signal.
    /// Extras that are new become paths, extras that are missing become unknown. An extra whose
    /// path is not valid, is a branch or belongs to the table is left out, which is logged once. An
    /// extra with `choices` may be set by clients and keeps what they set. What is `beside` has
    /// paths that snapshots do not have; each of these values stays until it is among them again.
    void publish(const Snapshot& snapshot, const std::vector<Item>& beside = {});
    /// What was published last, on the bus or not; the rows of this class's own are not in it.
    [[nodiscard]] const Snapshot& shown() const { return items_.shown(); }
    /// The owner gives it another name, elsewhere than on the bus. False, and nothing happens: what
    /// the bus does not take either (core/units/display_name.hpp).
    [[nodiscard]] bool rename(const std::string& name);
    /// Whether clients shall see the battery; false at first. The connection stays.
    void setOnBus(bool wanted);

    [[nodiscard]] BusState state() const;
    [[nodiscard]] BusHealth health() const;
    [[nodiscard]] std::optional<int> deviceInstance() const { return settings_.instance(); }
    [[nodiscard]] const std::string& customName() const { return customName_; }
    [[nodiscard]] const std::string& serviceName() const { return name_.text(); }

private:
    [[nodiscard]] LocalSettings::Events settingsEvents();
    void onConnected(sd_bus& bus);
    void onLost();
    void tellOnBus(bool isOnBus);
    int onNameWritten(Value& wanted);
    void showName(const std::string& name);
    void reconsiderName();

    BatteryCallbacks callbacks_;
    bool hasBus_;
    std::string customName_;
    BusItemTree tree_;
    BatteryItems items_;
    LocalSettings settings_;
    BusName name_;
    BusConnection connection_;
    ChangeTeller teller_;
    std::optional<int> nextInstance_; ///< to be shown when the name is given back
    bool isStarted_ = false;
    bool isToldOnBus_ = false;
    bool isWanted_ = false;
    bool hasPublished_ = false;
};

} // namespace busbar::dbus
