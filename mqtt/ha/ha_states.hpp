// SPDX-License-Identifier: MIT
// Publishes what the entities of banks and batteries show: documents of their own, lean and calm.
#pragma once

#include "core/bank_view.hpp"
#include "core/now.hpp"
#include "core/stage.hpp"
#include "mqtt/ha/ha_device.hpp"
#include "mqtt/ha/ha_fields.hpp"
#include "mqtt/ha/ha_steady.hpp"
#include "mqtt/results/limit_cut.hpp"
#include "mqtt/results/said_names.hpp"
#include "mqtt/settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace busbar::mqtt {

/// Retained. A document goes when it has changed, at most once in the interval; that of a bank at
/// once when a limit was cut or its stage changed, that of a battery before its status says that it
/// is there again. Without a change it is repeated each minute, because measurements expire.
///
/// Works without a clock, a network or a thread. What was not taken is tried again.
class HaStates {
public:
    /// Retained, QoS 1. False = not taken.
    using Publish = std::function<bool(const std::string& topic, const std::string& payload)>;

    HaStates(HaSettings settings, HaContext context, Publish publish);

    /// A session began: everything is due.
    void connected();
    void disconnected() { isConnected_ = false; }

    /// After each cycle; all banks, in the order of the configuration. If two report the same
    /// battery, it belongs to the first.
    void offer(std::span<const BankView> banks, const Now& now);

private:
    /// What was said of a device.
    struct Shown {
        std::optional<std::string> last; ///< taken by this session
        SteadyTime next{};               ///< not looked at before this
        SteadyTime repeat{};
        SaidNames said;
        HaSteady steady;
        // of a bank:
        ShownLimits limits;
        Stage stage{Stage::Starting};
        // of a battery:
        bool isThere{false};
        std::uint64_t round{0}; ///< it was offered last
    };
    void offerBank(const BankView& view, const Now& now);
    void offerBattery(const BankView& view, const MemberReport& member, const Now& now);
    bool send(Shown& shown, const std::string& deviceId, std::string document, const Now& now);
    void takeTurn(Shown& shown, const std::string& deviceId, bool isFirst, const Now& now) const;
    [[nodiscard]] static bool isDue(const Shown& shown, const Now& now);

    HaSettings settings_;
    HaContext context_;
    Publish publish_;
    HaFields ofBank_;
    HaFields ofBattery_;
    bool isConnected_{false};
    std::uint64_t round_{0};
    std::map<std::string, Shown, std::less<>> banks_;     ///< by id
    std::map<std::string, Shown, std::less<>> batteries_; ///< by id
};

} // namespace busbar::mqtt
