// SPDX-License-Identifier: MIT
// What survives a restart: one small JSON file, written only when something changed.
#pragma once

#include <map>
#include <string>

namespace busbar {

/// Kept per bank, by its id.
struct BankState {
    std::string customName; ///< given by the owner where localsettings does not keep it

    friend bool operator==(const BankState&, const BankState&) = default;
};

struct State {
    std::map<std::string, BankState> banks;

    friend bool operator==(const State&, const State&) = default;
};

/// Shape: `{"busbar_state":1,"banks":{"main":{"custom_name":"Bank"}}}`.
[[nodiscard]] std::string stateText(const State& state);

struct ParsedState {
    State state;
    std::string
        error; ///< empty, or why the text was not taken: torn, foreign, or of another version
};
/// What cannot be taken is left at its default.
[[nodiscard]] ParsedState parseState(const std::string& text);

/// The file. Never fails the program: an unreadable or unwritable one is said once, and once when
/// it works again.
class StateStore {
public:
    /// `folder` empty = the platform's place, see `defaultStateFolder`.
    explicit StateStore(const std::string& folder);

    /// Reads; a file that is torn, foreign or of another version is left beside it as
    /// `state.json.bad`.
    void load();
    /// Writes if the state differs from what the file holds.
    void save();

    State state;

private:
    void said(const std::string& error);

    std::string file_;
    State saved_;
    std::string lastError_;
};

/// $STATE_DIRECTORY (systemd), else /data/conf/busbar on a GX, else /var/lib/busbar for root, else
/// $XDG_STATE_HOME/busbar or ~/.local/state/busbar.
[[nodiscard]] std::string defaultStateFolder();

} // namespace busbar
