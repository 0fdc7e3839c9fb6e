// SPDX-License-Identifier: MIT
// A whole system for one test: broker, bus, simulated GX, Busbar, and somebody who looks at the
// bus.
#pragma once

#include "bus_view.hpp"
#include "busbar_process.hpp"
#include "simulated_gx.hpp"
#include "support/private_broker.hpp"
#include "support/private_bus.hpp"
#include "support/wait.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar::test {

inline constexpr const char* kService = "com.victronenergy.battery.busbar";

/// Options of the configuration file by their keys, "gx.url", with their values as JSON.
using Options = std::map<std::string, std::string>;
/// Nested as the file wants it.
[[nodiscard]] std::string configText(const Options& options);
/// A JSON string of a text without quotes and control characters.
[[nodiscard]] std::string jsonText(const std::string& text);

struct PlantSettings {
    BrokerConfig broker{};
    mqtt::VenusServerSettings gx{.portalId = kPortal};
    std::function<void(mqtt::BrokerSettings&)> login{}; ///< how the GX gets into its broker
};

/// Broker, bus and GX run from the start, Busbar when told. Everything is driven by `until`.
class Plant {
public:
    explicit Plant(const PlantSettings& settings = {});

    ScratchDir dir;
    PrivateBroker broker;
    PrivateBus bus;
    SimulatedGx gx;
    std::optional<BusView> view;
    std::optional<BusbarProcess> busbar;
    /// In force for `writeConfig`: this plant's broker and bus, no ramp, short pauses.
    Options options;

    std::string writeConfig(const Options& more = {}) const;
    /// Writes the configuration and starts `busbar run`.
    void start(const Options& more = {}, const Variables& environment = {});
    /// The same, until the service is on the bus. False if it does not come.
    [[nodiscard]] bool startAndWait(const Options& more = {});

    /// GX and view go on while the condition does not hold; its last answer.
    bool until(const std::function<bool()>& condition, std::chrono::milliseconds limit = kPatience);
    /// The broker has everything that the GX has published so far. False if it does not come.
    [[nodiscard]] bool settle();
    /// They go on for this long: only where a test must see that something does *not* happen.
    void goOn(std::chrono::milliseconds span);

    [[nodiscard]] bool isOnBus(const std::string& service = kService);
    /// Nothing for unknown values and for a service that is not there.
    [[nodiscard]] std::optional<double> number(const std::string& path,
                                               const std::string& service = kService);
    [[nodiscard]] std::string text(const std::string& path, const std::string& service = kService);
    /// The path is there and says that it does not know.
    [[nodiscard]] bool isUnknown(const std::string& path, const std::string& service = kService);
    /// Condition for `until`: the number is within half of a last digit.
    [[nodiscard]] std::function<bool()> shows(const std::string& path, double expected,
                                              const std::string& service = kService);
    /// Condition: the log has this text.
    [[nodiscard]] std::function<bool()> says(const std::string& text);
    /// Since Busbar was started: what a program needs on this machine, as busy as it is now.
    [[nodiscard]] std::chrono::steady_clock::duration sinceStart() const;
    /// For the message of a failed check.
    [[nodiscard]] std::string log() const { return busbar ? busbar->log() : std::string(); }

private:
    std::chrono::steady_clock::time_point started_{};
};

/// Pack A: 10 A, 60 %, CCL 50, DCL 80, CVL 56.0; pack B: 20 A, 80 %, CCL 40, DCL 100, CVL 55.5.
/// Together: 30 A, 70 %, CCL 80 (B), DCL 160 (A), CVL 55.5.
inline const Pack kPackA{};
inline const Pack kPackB{.instance = 2,
                         .name = "B",
                         .current_A = 20.0,
                         .soc_pct = 80.0,
                         .maxCharge_V = 55.5,
                         .maxCharge_A = 40.0,
                         .maxDischarge_A = 100.0,
                         .minCell_V = 3.30,
                         .maxCell_V = 3.35};

} // namespace busbar::test
