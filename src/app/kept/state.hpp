// SPDX-License-Identifier: MIT
// What survives a restart: one small JSON file, written only when something changed.
#pragma once

#include "app/kept/choices.hpp"
#include "core/made/writable_settings.hpp"
#include "core/memory.hpp"
#include "core/now.hpp"
#include "core/site_memory.hpp"
#include "mqtt/results/left_topics.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Kept per bank, by its id.
struct BankState {
    std::string customName; ///< given by the owner where localsettings does not keep it
    BankMemory memory;
    /// Under which localsettings keeps device instance and name; empty in files up to version 0.3.
    std::string settingsEntry{};

    friend bool operator==(const BankState&, const BankState&) = default;
};

/// Below a folder.
inline constexpr const char* kStateFile = "/state.json";
inline constexpr std::size_t kLargestState = std::size_t{1024} * 1024;

/// Kept per made battery that is published, by its id; of one that is not written the name alone.
struct WritableState {
    std::string customName{}; ///< as that of a bank
    PathValues values{};      ///< what was written, where it shall be kept
    PathValues lags_s{};      ///< how long before the last good write, where it was before it
    /// Of the last good write; nothing = nobody has written.
    std::optional<double> writtenAt{}; // s since 1970
    /// Device instance that is asked for, in the layout of a GX too; nothing = none was given yet.
    std::optional<int> instance{};

    friend bool operator==(const WritableState&, const WritableState&) = default;
};

/// Where a site publishes on MQTT. What lies there retained is its own.
struct PublishedPlace {
    std::string broker{};    ///< its address; empty = none takes anything, or it is not known
    std::string root{};      ///< of documents, "<base>/<site>"; empty = there are none
    std::string discovery{}; ///< Home Assistant's prefix; empty = nothing was announced there
    std::string serial{};    ///< topic of the serial in the layout of a GX; empty = there is none

    friend bool operator==(const PublishedPlace&, const PublishedPlace&) = default;
};

struct State {
    std::string site{}; ///< whose it is; empty in files up to version 0.3
    std::map<std::string, BankState> banks;
    std::map<std::string, WritableState> writables{};
    SiteMemories sites;
    std::set<std::string> announced; ///< device ids that Home Assistant was told of
    /// Batteries, by id, on whose topics something may be retained.
    std::set<std::string> published{};
    PublishedPlace place{};               ///< of `announced`, `published` and `banks`
    std::vector<mqtt::LeftTopics> left{}; ///< of places before, until they are taken back
    /// Of the owner's choices in `banks`, see StateChoices.
    std::optional<std::uint64_t> choicesNumber;

    friend bool operator==(const State&, const State&) = default;
};

/// The entry in localsettings of a bank that is published as this service. Two Busbars on one bus
/// may have banks of one id, but not services of one name: one that is not named after the bank
/// gets an entry of its own, and so a device instance of its own. What an earlier run has used
/// stays, also where it did not write it down (up to version 0.3): the GX's choices name the
/// instance. `site`: of one of several sites but the first, else empty: it is part of a new entry.
[[nodiscard]] std::string settingsEntryOf(const State& saved, const std::string& bank,
                                          std::string_view service, std::string_view site = {});

/// Shape:
/// `{"busbar_state":1,"site":"home","choices_number":17,"announced":["busbar_home_main"],"published":["serial_1"],
/// "place":{"broker":"mqtt://127.0.0.1:1883","root":"busbar/home","discovery":"homeassistant","serial":""},
/// "left":[{"site":"barn","broker":"mqtt://127.0.0.1:1883","root":"busbar/barn","topics":["busbar/barn/status"]}],"banks":{"main":{"custom_name":"Bank","settings_entry":"busbar_main","balancing_stage":"idle",
/// "balancing_last_result":"none","charged_Ah":1.5,"last_full":1760000000,
/// "out_of_service":["serial_2"],"members":{"serial_1":{"is_full":false,"charge_Ah":120.5,"capacity_Ah":280,
/// "lowest_cells":{"C3":940.5},"lowest_cell":"C3","highest_cells":{},"highest_cell":""}},
/// "book":{"serial_1":{"serial":"1","connection":"ttyUSB0","name":"Pack A","product":"JK",
/// "instance":1,"last_seen":1760000000}}}},"sites":{"c0619ab00001":{"owners_feed_in":1,
/// "owners_max_charge_A":70,"owners_max_charge_V":57.6}},"writables":{"gw":{"custom_name":"",
/// "written_at":1760000000,"values":{"/Soc":50,"/Dc/0/Current":null}}}}`; all numbers of
/// `bankNumbers`, `memberNumbers`, `bookNumbers` and `siteNumbers` that are known, by their keys.
/// What `sane` drops is not written.
[[nodiscard]] std::string stateText(const State& state);

struct ParsedState {
    State state;
    std::string
        error; ///< empty, or why the text was not taken: torn, foreign, or of another version
    /// One per value that was not taken: "banks.main.members.serial_1.charge_Ah: -3 is not taken,
    /// allowed is 0 … 100000".
    std::vector<std::string> dropped;
    /// By bank id: the owner's values of the GX's settings, which stood there up to version 0.3.
    std::map<std::string, SiteMemory> ownersOfBanks;
    /// By bank id: which of the owner's choices stand there, but could not be taken.
    std::map<std::string, ControlsDoubt> doubts;
    bool areBanksReadable{false}; ///< false: nothing is known of any bank
};
/// What cannot be taken is left at its default; keys that are not known are passed over.
[[nodiscard]] ParsedState parseState(const std::string& text);

/// The file. Never fails the program: an unreadable or unwritable one is said once, and once when
/// it works again. One that could not be taken, or not wholly, is kept aside (base/set_aside.hpp)
/// before another takes its place; where that is impossible, nothing is written.
class StateStore {
public:
    /// `folder` empty = there is none, nothing is kept.
    explicit StateStore(const std::string& folder);

    void load();
    /// What the file said of the owner's choices when it was loaded.
    [[nodiscard]] const StateChoices& choices() const { return choices_; }
    /// Takes over what the file holds in the form up to version 0.3: the owner's values of the GX's
    /// settings, per bank. `banks`: those of the configuration, in order. As then, the DVCC limits
    /// count that the first of them remembers, and the feed-in setting of any; those of a bank that
    /// is not there any more may be of long ago, and are only named in the log.
    void takeOverOwners(const std::vector<std::string>& banks);
    /// Writes if the state differs from what the file holds.
    void save();
    /// Writes if the state differs enough: `isWorthSaving` for some bank at its pace (one without
    /// a pace at the default), another name or set of banks, an owner's value of a site. Written
    /// values at the default pace; after a minute, if the file would open what is closed now. A
    /// disk that failed is tried again after a minute.
    void saveSparingly(const std::map<std::string, SavePace>& paces, SteadyTime now);

    /// Where the owner gave no time (0): what a power cut may cost, by the memory it is kept on.
    [[nodiscard]] std::chrono::milliseconds saveEvery(std::chrono::milliseconds wanted) const;

    /// What the file holds, as far as this program has read or written it.
    [[nodiscard]] const State& saved() const { return saved_; }

    State state;

private:
    [[nodiscard]] bool isWorthWriting(const std::map<std::string, SavePace>& paces,
                                      std::chrono::milliseconds sinceSave) const;
    [[nodiscard]] bool areWritablesWorthWriting(std::chrono::milliseconds sinceSave) const;
    bool write();
    void said(const std::string& error);
    void takeText(const std::string& text);
    void keepAside(const std::string& reason);

    std::string file_;
    bool isOnFlash_{false};
    bool isInTheWay_{false}; ///< what is there is not kept aside yet, and must not be replaced
    StateChoices choices_;
    std::map<std::string, SiteMemory> ownersOfBanks_;
    State saved_;
    std::optional<SteadyTime> savedAt_; ///< sparing saves count from here
    std::optional<SteadyTime> failedAt_;
    std::string lastError_;
};

/// It has files of a run.
[[nodiscard]] bool keepsState(const std::string& folder);

/// Where a process may keep its state.
struct StatePlaces {
    std::string stateDirectory{}; ///< $STATE_DIRECTORY: systemd, the container, docker/gx/run
    bool isGx{false};             ///< has /data/conf
    bool hasOldState{false};      ///< a GX where 0.3 left its state, in the folder above
    bool isRoot{false};
    std::string xdgStateHome{};
    std::string home{};
};

/// $STATE_DIRECTORY, else /data/conf/busbar/state on a GX (as docker/gx/run; the folder above while
/// only that one has a state), else /var/lib/busbar for root, else $XDG_STATE_HOME/busbar or
/// ~/.local/state/busbar. Empty if there is none: a folder that anybody may write to is not one,
/// and a start would lose it. Then nothing is kept, which is said.
[[nodiscard]] std::string stateFolderOf(const StatePlaces& places);
/// Of this process.
[[nodiscard]] std::string defaultStateFolder();

/// Replaces a file of the state; what is in the way there, because it could not be read, is kept
/// aside first. Empty `file` = there is no folder. Empty = done, else what failed.
[[nodiscard]] std::string replaceKept(const std::string& file, bool& isInTheWay,
                                      const std::string& text);

} // namespace busbar
