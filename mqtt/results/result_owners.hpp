// SPDX-License-Identifier: MIT
// Which bank publishes which battery.
#pragma once

#include "core/stage.hpp"
#include "mqtt/results/limit_cut.hpp"
#include "mqtt/results/result_leftovers.hpp"
#include "mqtt/results/result_sender.hpp"
#include "mqtt/results/said_names.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar::mqtt {

struct BatteryEntry {
    std::string id;
    bool isWanted{false};           ///< the bank would publish it …
    bool isOurs{false};             ///< … and no earlier one does
    bool isKnown{false};            ///< its topics hold something, perhaps from an earlier session
    std::optional<bool> isOnline{}; ///< as published in this session
    SentDocument state{};
    SaidNames said{}; ///< of its document, in this run
};

struct BankEntry {
    SentDocument state;
    SaidNames said;               ///< of its document, in this run
    ShownLimits limits;           ///< of the last published document
    Stage stage{Stage::Starting}; ///< likewise
    std::size_t ownersSeen{0};
    std::vector<BatteryEntry> batteries; ///< as in the report, all of them
};

/// A battery that two banks report belongs to the first.
class ResultOwners {
public:
    /// `isPublished`: single batteries have topics at all.
    explicit ResultOwners(bool isPublished) : isPublished_(isPublished) {}

    [[nodiscard]] bool contains(const std::string& battery) const {
        return owners_.contains(battery);
    }
    /// Keeps `entry.batteries` in step with the report. Only when members or their owners change is
    /// there anything to do. What is left goes to `leftovers`.
    void follow(std::size_t bank, BankEntry& entry, const std::vector<MemberReport>& members,
                ResultLeftovers& leftovers);

private:
    void take(std::size_t bank, BatteryEntry& entry, ResultLeftovers& leftovers);
    void leave(std::size_t bank, BatteryEntry& entry, ResultLeftovers& leftovers);

    bool isPublished_;
    std::map<std::string, std::size_t> owners_; ///< battery id to bank
    std::size_t version_{1};
};

} // namespace busbar::mqtt
