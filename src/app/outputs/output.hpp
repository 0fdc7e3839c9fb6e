// SPDX-License-Identifier: MIT
// The port through which everything leaves that Busbar has to say.
#pragma once

#include "base/mailbox.hpp"
#include "core/bank_view.hpp"
#include "core/now.hpp"
#include "core/snapshot.hpp"
#include "mqtt/results/results.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace busbar {

/// One bank after a cycle.
struct OfferedBank {
    const BankView& view;
    const std::string& name; ///< under which clients know it
    bool isThere;            ///< whether it is published at all
};

/// One made battery that is published by itself, with what counts now.
struct OfferedMade {
    std::string id;
    std::string name; ///< under which clients know it
    Snapshot snapshot;
    bool isThere{true}; ///< whether it is published at all
};

/// All banks, in the order of the configuration; valid during the call.
struct Offer {
    std::span<const OfferedBank> banks;
    bool isConcluded{true}; ///< false: the GX was not read to its end yet, so values are none
    std::span<const OfferedMade> made{}; ///< concluded or not
};

/// What an earlier run has left where it published.
struct Earlier {
    std::vector<std::string> batteries{}; ///< offline until a bank reports them
    std::vector<std::string> gone{};      ///< batteries that nobody wants any more
    std::vector<std::string> goneBanks{};
};

/// One place where banks are shown: a bus, documents, a driver, the log. Knows no clock and waits
/// for nothing; what it could not say it says later by itself. All calls come from the loop.
///
/// `begin`, then after each cycle `offer` and once a second `tick`, at last `end`. One that speaks
/// on the MQTT session of the outputs is told of that session too.
class Output {
public:
    Output() = default;
    virtual ~Output() = default;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    Output(Output&&) = delete;
    Output& operator=(Output&&) = delete;

    /// Once, before anything is offered and before the session connects.
    virtual void begin(const Earlier& /*earlier*/) {}
    virtual void offer(const Offer& offer, const Now& now) = 0;
    /// Once a second, with what was offered last.
    virtual void tick(const Offer& /*offer*/, const Now& /*now*/) {}
    /// Says goodbye. The session, if there is one, ends afterwards.
    virtual void end() {}

    /// Topics to be heard (QoS 0), whenever the session connects.
    [[nodiscard]] virtual std::vector<std::string> filters() const { return {}; }
    /// What the broker shall publish when the session is lost; of all outputs the first has its
    /// way.
    [[nodiscard]] virtual std::optional<mqtt::Results::Will> will() const { return std::nullopt; }
    virtual void connected(const Now& /*now*/) {}
    virtual void disconnected() {}
    /// True if it was for this one.
    virtual bool message(const Mail& /*mail*/, const Now& /*now*/) { return false; }
};

} // namespace busbar
