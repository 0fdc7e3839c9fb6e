// SPDX-License-Identifier: MIT
// What the owner sends below <base>/set/, checked before anybody acts on it.
#pragma once

#include "core/table/control_table.hpp"
#include "mqtt/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Topics below `<base>/set/` are those of the table of controls (core/table/control_table.hpp):
///   bank/<bank>/max_charge_A       "120", "87.5", "none": ControlForm::Ampere
///   bank/<bank>/balance_now        "PRESS"
///   battery/<battery>/in_service   "ON", "OFF"
using CommandKind = ControlKind;

struct Command {
    CommandKind kind{CommandKind::MaxCharge};
    std::string id; ///< of the bank or battery
    /// A, kHighestCeiling_A for none; 1 or 0 for ON and OFF; nothing for buttons.
    std::optional<double> value;

    friend bool operator==(const Command&, const Command&) = default;
};

/// One of the two is there.
struct ParsedCommand {
    std::optional<Command> command;
    std::string refusal; ///< topic, payload and what is allowed, in one line without control
                         ///< characters
};

/// A beginning of it that cannot disturb a log; what is not plain ASCII is shown as "?".
[[nodiscard]] std::string shownText(std::string_view text);

/// The highest value that a control of this bank or battery takes, A; any number for controls
/// without one; nothing if there is no such bank, battery or control now.
using HighestValue = std::function<std::optional<double>(CommandKind kind, std::string_view id)>;

/// `tail` is the topic below `<base>/set/`. Refused: retained messages (a broker would repeat them
/// at every start), unknown topics, everything that is not exactly a payload from above, numbers
/// outside 0 … highest. Never throws; time and memory do not depend on the payload's size.
[[nodiscard]] ParsedCommand parseCommand(std::string_view tail, std::string_view payload,
                                         bool isRetained, const HighestValue& highest);

struct CommandsInForce {
    bool areTaken{false};
    std::string_view why; ///< part of a sentence
};

/// What the owner wants; else it depends on who may write to the broker of the results: on the
/// GX's own, whoever can command us can command the GX as well; on another one, a login keeps
/// everybody else out. A ceiling or a battery out of service outlives the one who set it.
[[nodiscard]] CommandsInForce commandsInForce(const OutputSettings& settings);

} // namespace busbar::mqtt
