// SPDX-License-Identifier: MIT
// One GX and its banks, without sessions and buses: what run, watch and replay have in common.
#pragma once

#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "core/bank.hpp"
#include "core/dvcc.hpp"
#include "core/feed_in.hpp"
#include "core/readings.hpp"
#include "core/roster.hpp"
#include "core/site_memory.hpp"
#include "core/snapshot.hpp"
#include "mqtt/venus_source.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

/// Mail and time go in; banks with fresh snapshots come out. Not movable: the source writes into
/// the readings.
class Site {
public:
    Site(const config::Config& config, mqtt::SourcePort port, std::string echoSeed);
    ~Site() = default;
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;
    Site(Site&&) = delete;
    Site& operator=(Site&&) = delete;

    void take(const Mail& mail, const Now& now);
    /// Messages were dropped on their way.
    void overflow(const Now& now) { source_.overflow(now); }
    /// Once a second.
    void tick(const Now& now);

    /// True once: something changed that may cut a limit; evaluate without waiting.
    [[nodiscard]] bool takeUrgent() { return readings_.takeUrgent(); }
    /// True once: something changed.
    [[nodiscard]] bool takeChanged() { return readings_.takeChanged(); }

    /// Works out all banks. False while nothing can be concluded yet, because the first full
    /// publish has not come; then only their ladders of losses go on.
    bool evaluate(const Now& now, Pace pace = Pace::Cycle);

    /// New settings while running, with the same banks: all that is copied from a configuration is
    /// copied here. Where and how the GX is read counts from the next session on.
    void setSettings(const config::Config& config, const Now& now);
    /// The session of the readings is gone, and another one will follow.
    void disconnected(const Now& now) { source_.disconnected(now); }

    /// What an earlier run has left; before the first cycle.
    void restore(SiteMemories memories) { memories_ = std::move(memories); }
    /// What should survive a restart.
    [[nodiscard]] const SiteMemories& memories() const { return memories_; }

    /// Moves the settings of the GX that Busbar may change by a cycle, after `evaluate` and after
    /// `memories` were saved. `saved`: as the state file holds them. `isWillArmed`: the session
    /// with the last will is connected. Writes to the GX.
    void control(const SiteMemories& saved, bool isWillArmed, const Now& now);
    /// Busbar's values are in force there, or may come to be.
    [[nodiscard]] bool hasToGiveBack() const;
    /// Writes the owner's values, because the program or the session ends. False = the session did
    /// not take them.
    bool giveBack();
    /// After `giveBack`, when what it wrote has left: a GX that obeyed needs no more help, and what
    /// its owner changes from now on counts.
    void forgetGivenBack();
    [[nodiscard]] const FeedInOutput& feedIn() const { return feedInNow_; }
    [[nodiscard]] const DvccOutput& dvcc() const { return dvccNow_; }
    /// Where a client writes a setting of this GX; empty while the portal id is not known.
    [[nodiscard]] std::string writeTopic(GxItem item) const { return source_.writeTopic(item); }

    [[nodiscard]] std::vector<Bank>& banks() { return banks_; }
    [[nodiscard]] const std::vector<Bank>& banks() const { return banks_; }
    [[nodiscard]] const Readings& readings() const { return readings_; }
    [[nodiscard]] mqtt::VenusSource& source() { return source_; }
    [[nodiscard]] const mqtt::VenusSource& source() const { return source_; }

private:
    void knowPortal();
    void identifyBanks();
    void ignoreEchoes();
    [[nodiscard]] std::vector<Selector> listed() const;
    void noteMembers();
    void controlFeedIn(const SiteMemory& saved, SiteMemory& memory, const Now& now);
    void controlDvcc(const SiteMemory& saved, bool isWillArmed, SiteMemory& memory, const Now& now);
    bool write(const DvccValues& values);
    [[nodiscard]] SourceNeeds needs() const;

    std::string siteName_;
    std::vector<std::string> services_; ///< per bank: last part of its bus name
    OwnSerials ownSerials_;
    std::uint64_t rosterSeen_{0}; ///< in which echoes were looked for
    Readings readings_;
    mqtt::VenusSource source_;
    std::vector<Bank> banks_;
    DvccSettings dvccSettings_;
    DvccState dvcc_;
    DvccOutput dvccNow_;
    std::string knownPortal_; ///< whose settings are controlled
    SiteMemories memories_;
    bool everEvaluated_{false};
    FeedInState feedIn_;
    FeedInOutput feedInNow_;
};

} // namespace busbar
