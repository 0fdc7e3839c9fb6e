// SPDX-License-Identifier: MIT
// Everything one GX has said, with the proof of freshness: mark and sweep, link, leaving and coming
// back.
#pragma once

#include "core/gx/gx_state.hpp"
#include "core/gx/plant.hpp"
#include "core/made/made_key.hpp"
#include "core/units/battery.hpp"
#include "core/units/freshness.hpp"
#include "core/units/gx_readings.hpp"
#include "core/units/ignored.hpp"
#include "core/units/ledger.hpp"
#include "core/units/plant_readings.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

/// All that one GX says: the front of the parts that keep it. How sure it is, `Freshness` knows. A
/// battery is *usable* when the link lives, a sweep at or after the last
/// doubt proved it, and it has voltage and (current or power). One that speaks again after it was
/// gone joins when it is whole by its own measure (all that it gave before, or a finished read),
/// not in the middle of its burst.
class Readings {
public:
    /// A value arrived. Unknown for null and for what was not plausible; `isOdd` tells the latter.
    void put(int instance, Place place, Value value, const Now& now, bool isOdd = false);
    /// An empty payload arrived on one of the battery's topics: the service left.
    void leave(int instance, const Now& now);

    /// A full publish is being asked for: what arrives from here on is marked with the number
    /// returned.
    Sweep beginSweep();
    /// The full publish is complete: batteries and paths that did not arrive since beginSweep are
    /// gone.
    void completeSweep(const Now& now);
    /// Only this battery's values arrived completely (read one by one, or seen whole without an end
    /// marker).
    void completeBattery(int instance, const Now& now);
    /// True for a battery that has to be read as a whole before it counts: it speaks, but nothing
    /// has shown all of it since it was away, or it did not answer the last read.
    [[nodiscard]] bool wantsRead(const Battery& battery) const;
    /// Such a read was answered completely.
    void completeRead(int instance);
    /// A battery did not answer a read although the bridge lives: lost at once, until a read of it
    /// is answered. The bridge's own memory of it is no proof.
    void unanswered(int instance, const Now& now);
    /// The end mark of somebody else's full publish came: values of this sweep may be of both.
    void noteOtherPublish() { freshness_.noteOtherPublish(); }
    /// Only a full publish can help now.
    void wishSweep() { changes_.wantsSweep = true; }

    /// The publish did not complete and nothing more will be tried: batteries that were not
    /// completed one by one since beginSweep are not proven any more, if there was a doubt or
    /// `distrust` says that there is one now.
    void abandonSweep(bool distrust);

    /// Everything known so far may be outdated (link lost, gap, overflow): only a sweep that begins
    /// now proves it.
    void doubt();
    /// Another GX is read from now on.
    void startOver(const Now& now);
    /// The connection to the GX and its bridge: lost or back. Coming back is a doubt.
    void setLink(bool up, const Now& now);

    /// A state or setting of the GX arrived. False if the value was an impossible one.
    bool putGx(GxItem item, const Value& value);

    /// A value of a charger, inverter or meter arrived; `path` is an index into kPlantRows.
    void putPlant(const PlantKey& key, std::size_t path, Value value);
    /// An empty payload arrived on one of its topics: it left.
    void leavePlant(const PlantKey& key);
    /// Only this device's values arrived completely, read one by one.
    void completePlant(const PlantKey& key);

    /// Once per cycle, before banks look: works out who is usable, since when not, and forgets what
    /// is long gone.
    void settle(const Now& now);

    /// Its single cells are not live from now on, or are again (Unit::hasOldCells).
    void setOldCells(int instance, bool areOld);

    /// Instances whose values nobody looks at (`echoes` in roster.hpp): what they have said is
    /// forgotten, and of what they say only who they are is taken. One that leaves, or that is not
    /// among them any more, is heard again, as a whole.
    void ignore(std::set<int> instances);
    [[nodiscard]] bool isIgnored(int instance) const { return ignored_.contains(instance); }
    /// The value of such a battery need not be put.
    [[nodiscard]] bool drops(int instance, std::string_view path) const {
        return ignored_.drops(instance, path);
    }
    /// Instances of those that take part in some bank: only what they cut is urgent, and of that
    /// not what `slacks` says that it binds nothing.
    void setMembers(std::set<int> instances, std::shared_ptr<const Slacks> slacks = {}) {
        changes_.members = std::move(instances);
        changes_.slacks = std::move(slacks);
    }
    /// By instance: ids of the banks that count this battery, of those that several do.
    void setBanks(const std::map<int, std::string>& banks);

    /// A battery that is made of others (core/made): whoever makes it fills it, and nothing here
    /// changes it. `instance` from kMadeFrom on.
    [[nodiscard]] Battery& make(int instance);
    /// Made ones from this instance on are no more.
    void unmakeFrom(int instance);
    /// Ids of the made batteries that a battery is a part of, by its key.
    using PartOf = std::map<int, std::vector<std::string>>;
    void setPartOf(PartOf partOf);
    [[nodiscard]] std::vector<std::string> wholesOf(int key) const;
    /// Who is there, or what somebody is called, has changed.
    void noteRoster() {
        ++changes_.rosterVersion;
        changes_.isAny = true;
    }

    /// Those of the GX, without made ones; see `batteries`.
    [[nodiscard]] auto found() const { return foundOf(batteries_); }
    /// By instance, made ones last; one that left, and whose instance has another occupant since,
    /// is kept under a number below −1 with what is held of it: that is its own, not the
    /// instance's.
    [[nodiscard]] const std::map<int, Battery>& batteries() const { return batteries_; }
    [[nodiscard]] const GxState& gx() const { return gx_.state(); }
    /// Chargers, inverters and meters that are there; who reads them looks at `isFresh`.
    [[nodiscard]] const Plant& plant() const { return plant_.devices(); }
    [[nodiscard]] bool linkUp() const { return freshness_.isLinkUp(); }
    /// Since when the link is down or what it brought is not proven again.
    [[nodiscard]] std::optional<SteadyTime> linkLost() const { return freshness_.linkLost(); }
    /// Anything at all came from the GX, a heartbeat at least; `put` and `leave` are signs, too.
    void noteSign(const Now& now) { freshness_.noteSign(now); }
    [[nodiscard]] SteadyTime lastSign() const { return freshness_.lastSign(); }
    /// How many signs there were: who looks twice knows whether one came in between.
    [[nodiscard]] std::uint64_t signs() const { return freshness_.signs(); }
    /// True between a lost link (or a doubt) and the sweep that settles it.
    [[nodiscard]] bool inDoubt() const { return freshness_.inDoubt(); }
    [[nodiscard]] Sweep sweep() const { return freshness_.sweep(); }
    /// False until the first full publish has ended: there is nothing to conclude from yet.
    [[nodiscard]] bool everComplete() const { return freshness_.everComplete(); }
    /// True while two services seem to share the instance.
    [[nodiscard]] bool isDuplicate(const Battery& battery) const;
    /// True if the last sweep that ended marked this battery's description (product name or
    /// instance).
    [[nodiscard]] bool wasRepublished(int instance) const;
    /// The same for a device of the plant.
    [[nodiscard]] bool wasRepublished(const PlantKey& key) const;

    /// Changes whenever who is there, a name or another identifying value changed.
    [[nodiscard]] std::uint64_t rosterVersion() const { return changes_.rosterVersion; }
    /// True once after something changed.
    [[nodiscard]] bool takeChanged() { return std::exchange(changes_.isAny, false); }
    /// True once after something that may cut a limit (urgency.hpp), of a member or of the link:
    /// evaluate without waiting.
    [[nodiscard]] bool takeUrgent() { return std::exchange(changes_.isUrgent, false); }
    /// True once after something only a full publish can repair.
    [[nodiscard]] bool takeWantsSweep() { return std::exchange(changes_.wantsSweep, false); }

private:
    [[nodiscard]] Ledger ledger() {
        return {.batteries = batteries_, .freshness = freshness_, .changes = changes_};
    }

    /// By instance; below −1 those whose instance another has come to before they were heard again.
    std::map<int, Battery> batteries_;
    PartOf partOf_;
    Ignored ignored_;
    PlantReadings plant_;
    GxReadings gx_;
    Freshness freshness_;
    Changes changes_;
};

/// Unit::hasOldCells; false of nobody.
[[nodiscard]] bool hasOldCells(const Readings& readings, int instance);

} // namespace busbar
