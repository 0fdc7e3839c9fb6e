// SPDX-License-Identifier: MIT
// The settings of the GX that Busbar may change for a while and gives back: over-voltage feed-in
// and the DVCC limits.
#pragma once

#include "core/bank.hpp"
#include "core/gx/dvcc.hpp"
#include "core/gx/feed_in.hpp"
#include "core/gx/gx_state.hpp"
#include "core/gx/owned_setting.hpp"
#include "core/site_memory.hpp"
#include "core/units/readings.hpp"
#include "mqtt/venus/venus_source.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

/// Of the GX that is read now. What was written to another one says nothing about this one; each
/// owner's values are remembered by portal id.
class GxControl {
public:
    /// All three must outlive it.
    GxControl(const DvccSettings& settings, std::vector<Bank>& banks, const Readings& readings,
              mqtt::VenusSource& source);

    void setSettings(const DvccSettings& settings) { settings_ = settings; }
    /// What an earlier run has left; before the first cycle.
    void restore(SiteMemories memories) { memories_ = std::move(memories); }
    /// What should survive a restart.
    [[nodiscard]] const SiteMemories& memories() const { return memories_; }
    /// The GX is known to be this one.
    void know(const std::string& portal);
    /// An owner's value of the feed-in setting waits to be given back.
    [[nodiscard]] bool holdsFeedIn() const;

    /// Moves the settings by a cycle, after the banks were evaluated and after `memories` were
    /// saved. `saved`: as the state file holds them. `isWillArmed`: the session with the last will
    /// is connected. Writes to the GX.
    void control(const SiteMemories& saved, bool isWillArmed, const Now& now);
    /// Busbar's values are in force there, or may come to be.
    [[nodiscard]] bool hasToGiveBack() const;
    /// Writes the owner's values, because the program or the session ends. False = the session did
    /// not take them.
    bool giveBack();
    /// After `giveBack`, when what it wrote has left: a GX that obeyed needs no more help, and what
    /// its owner changes from now on counts.
    void forgetGivenBack();
    /// The last cycle's, of all settings.
    [[nodiscard]] const std::vector<OwnedEvent>& events() const { return events_; }
    [[nodiscard]] const DvccOutput& dvcc() const { return dvccNow_; }

private:
    void controlFeedIn(const SiteMemory& saved, SiteMemory& memory, const Now& now);
    void controlDvcc(const SiteMemory& saved, bool isWillArmed, SiteMemory& memory, const Now& now);
    bool write(GxItem item, std::optional<double> value);
    bool write(const DvccValues& values);
    void say(const std::vector<OwnedEvent>& events);

    DvccSettings settings_;
    std::vector<Bank>& banks_;
    const Readings& readings_;
    mqtt::VenusSource& source_;
    std::string portal_; ///< whose settings these are; empty until one was known
    SiteMemories memories_;
    DvccState dvcc_;
    DvccOutput dvccNow_;
    FeedInState feedIn_;
    OwnedOutput feedInNow_;
    std::vector<OwnedEvent> events_;
};

} // namespace busbar
