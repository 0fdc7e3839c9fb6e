// SPDX-License-Identifier: MIT
// The outputs of a configuration on one MQTT session, and the commands that come back there.
#pragma once

#include "app/outputs/command_gate.hpp"
#include "app/outputs/outbound.hpp"
#include "app/outputs/output.hpp"
#include "app/outputs/output_list.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// What the outputs need from a session. Both are fire and forget; false = not taken.
struct OutputPort {
    CommandGate::Subscribe subscribe;
    Outbound::Publish publish;
};

/// All of `kOutputs` that the configuration wants. No broker, no clock. Without a session nothing
/// is rendered; what is due waits as a flag.
class SessionOutputs final : public Output {
public:
    /// `publish`, `rename` and `write` of `parts` are of no account: they become `port`'s and
    /// `actions`'.
    SessionOutputs(OutputParts parts, OutputPort port, OutputActions actions);

    void begin(const Earlier& earlier) override;
    void offer(const Offer& offer, const Now& now) override;
    void tick(const Offer& offer, const Now& now) override;
    void withdraw() override;
    void end() override;

    [[nodiscard]] std::vector<std::string> filters() const override;
    [[nodiscard]] std::optional<mqtt::Results::Will> will() const override;
    void connected(const Now& now) override;
    void disconnected() override; ///< commands that were not acted upon yet are forgotten
    bool message(const Mail& mail, const Now& now) override;

    /// When `act` has something to do: a command waits until it is proven not to be retained.
    [[nodiscard]] std::optional<SteadyTime> nextAct() const { return gate_.nextAct(); }
    void act(const Now& now) { gate_.act(now); }

private:
    CommandGate::Subscribe subscribe_;
    Outbound outbound_;
    CommandGate gate_;
    std::vector<std::unique_ptr<Output>> outputs_;
};

} // namespace busbar
