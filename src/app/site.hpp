// SPDX-License-Identifier: MIT
// One GX and its banks, without sessions and buses: what run, watch and replay have in common.
#pragma once

#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "core/bank.hpp"
#include "core/dvcc.hpp"
#include "core/feed_in.hpp"
#include "core/readings.hpp"
#include "mqtt/venus_source.hpp"

#include <string>
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
    bool evaluate(const Now& now);

    /// New settings of a running bank.
    void setSettings(std::size_t bank, const BankSettings& settings, const Now& now);

    /// Moves feed-in handling by a cycle, after `evaluate` and after what it keeps in the banks'
    /// memory was saved. `saved` = the owner's value as the state file holds it. Writes to the GX.
    void controlFeedIn(std::optional<double> saved, const Now& now);
    /// Puts the owner's feed-in setting back, because the program ends.
    void restoreFeedIn();
    [[nodiscard]] const FeedInOutput& feedIn() const { return feedInNow_; }
    /// The bank that remembers the owner's feed-in setting: the first that may change it.
    [[nodiscard]] std::optional<std::size_t> feedInBank() const;

    /// The same for the owner's DVCC limits, which the first bank remembers: before the first
    /// cycle, …
    void startDvcc(const DvccValues& saved);
    /// … in each, after `evaluate`. `isWillArmed`: the session with the last will is connected.
    void controlDvcc(const DvccValues& saved, bool isWillArmed, const Now& now);
    /// False = the session did not take it.
    bool restoreDvcc();
    /// After `restoreDvcc`, when what it wrote has left: a GX that obeyed needs no more help, and
    /// what its owner changes from now on counts.
    void forgetDvcc();
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
    bool write(const DvccValues& values);
    [[nodiscard]] SourceNeeds needs() const;

    std::string siteName_;
    std::vector<std::string> services_; ///< per bank: last part of its bus name
    Readings readings_;
    mqtt::VenusSource source_;
    std::vector<Bank> banks_;
    DvccSettings dvccSettings_;
    DvccState dvcc_;
    DvccOutput dvccNow_;
    std::string knownPortal_;
    bool everEvaluated_{false};
    FeedInState feedIn_;
    FeedInOutput feedInNow_;
};

} // namespace busbar
