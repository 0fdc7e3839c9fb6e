// SPDX-License-Identifier: MIT
// Everything one GX has said, with the proof of freshness: mark and sweep, link, leaving and coming
// back.
#pragma once

#include "core/gx/gx_state.hpp"
#include "core/gx/plant.hpp"
#include "core/made/made_key.hpp"
#include "core/units/battery.hpp"

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

/// All batteries of one GX. Freshness works by *mark and sweep*: every value is marked with the
/// number of the newest full publish that was asked for; when that publish is complete, what has an
/// older mark is gone. A battery is *usable* when the link lives, a sweep at or after the last
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
    void noteOtherPublish() { otherPublish_ = true; }
    /// Only a full publish can help now.
    void wishSweep() { wantsSweep_ = true; }

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

    /// Instances whose values nobody looks at (`echoes` in roster.hpp): what they have said is
    /// forgotten, and of what they say only who they are is taken. One that leaves, or that is not
    /// among them any more, is heard again, as a whole.
    void ignore(std::set<int> instances);
    [[nodiscard]] bool isIgnored(int instance) const { return ignored_.contains(instance); }
    /// The value of such a battery need not be put.
    [[nodiscard]] bool drops(int instance, std::string_view path) const;
    /// Instances of those that take part in some bank: only what they cut is urgent.
    void setMembers(std::set<int> instances) { members_ = std::move(instances); }

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
        ++rosterVersion_;
        changed_ = true;
    }

    /// Those of the GX, without made ones; see `batteries`.
    [[nodiscard]] auto found() const {
        return std::ranges::subrange(batteries_.begin(), batteries_.lower_bound(kMadeFrom));
    }
    /// By instance, made ones last; one that left, and whose instance has another occupant since,
    /// is kept under a number below −1 with what is held of it: that is its own, not the
    /// instance's.
    [[nodiscard]] const std::map<int, Battery>& batteries() const { return batteries_; }
    [[nodiscard]] const GxState& gx() const { return gx_; }
    /// Chargers, inverters and meters that are there; who reads them looks at `isFresh`.
    [[nodiscard]] const Plant& plant() const { return plant_; }
    [[nodiscard]] bool linkUp() const { return linkUp_; }
    /// Since when the link is down or what it brought is not proven again.
    [[nodiscard]] std::optional<SteadyTime> linkLost() const { return linkLost_; }
    /// Anything at all came from the GX, a heartbeat at least; `put` and `leave` are signs, too.
    void noteSign(const Now& now) {
        lastSign_ = now.steady;
        ++signs_;
    }
    [[nodiscard]] SteadyTime lastSign() const { return lastSign_; }
    /// How many signs there were: who looks twice knows whether one came in between.
    [[nodiscard]] std::uint64_t signs() const { return signs_; }
    /// True between a lost link (or a doubt) and the sweep that settles it.
    [[nodiscard]] bool inDoubt() const { return !linkUp_ || completed_ < trustFrom_; }
    [[nodiscard]] Sweep sweep() const { return sweep_; }
    /// False until the first full publish has ended: there is nothing to conclude from yet.
    [[nodiscard]] bool everComplete() const { return completed_ > 0; }
    /// True while two services seem to share the instance.
    [[nodiscard]] bool isDuplicate(const Battery& battery) const;
    /// True if the last sweep that ended marked this battery's description (product name or
    /// instance).
    [[nodiscard]] bool wasRepublished(int instance) const;
    /// The same for a device of the plant.
    [[nodiscard]] bool wasRepublished(const PlantKey& key) const;

    /// Changes whenever who is there, a name or another identifying value changed.
    [[nodiscard]] std::uint64_t rosterVersion() const { return rosterVersion_; }
    /// True once after something changed.
    [[nodiscard]] bool takeChanged() { return std::exchange(changed_, false); }
    /// True once after something that may cut a limit (urgency.hpp), of a member or of the link:
    /// evaluate without waiting.
    [[nodiscard]] bool takeUrgent() { return std::exchange(urgent_, false); }
    /// True once after something only a full publish can repair.
    [[nodiscard]] bool takeWantsSweep() { return std::exchange(wantsSweep_, false); }

private:
    void appear(Battery& battery, const Now& now);
    void noteIdentity(Battery& battery, RowIndex index, const Value& value);
    void noteTwice(Slot& slot, bool isNew) const;
    [[nodiscard]] bool isAnsweredTwice(const Battery& battery) const;
    void noteDoubled();
    void noteSharing(Battery& battery, RowIndex index, const Value& value);
    void keepFormer(const Battery& battery);
    [[nodiscard]] bool isBackElsewhere(int key, const Battery& former) const;
    void beginAnew(Battery& battery);
    void noteMove(Battery& battery, Place place, const Now& now);
    void dropUnmarked(Battery& battery);
    void markLeft(Battery& battery);
    void forgiveDuplicates();
    void settleOne(Battery& battery, const Now& now);
    [[nodiscard]] bool isProven(const Battery& battery, const Now& now) const;
    [[nodiscard]] bool isWholeAgain(const Battery& battery) const;
    [[nodiscard]] const Battery& formerOf(const Battery& battery) const;
    void noteFilling(Battery& battery, bool isProven, const Now& now) const;
    void noteUsable(Battery& battery, const Now& now);
    void notePlantIdentity(PlantDevice& device, std::size_t path, const Value& value);
    void dropUnmarkedPlant();
    void settlePlant();
    void forgetGx(Sweep olderThan);
    void noteUrgent(const Battery& battery);
    [[nodiscard]] auto foundOnes() {
        return std::ranges::subrange(batteries_.begin(), batteries_.lower_bound(kMadeFrom));
    }

    /// By instance; below −1 those whose instance another has come to before they were heard again.
    std::map<int, Battery> batteries_;
    std::set<int> ignored_;
    PartOf partOf_;
    std::set<int> members_;
    Plant plant_;
    GxState gx_;
    /// Per item: the newest sweep during or after which it arrived.
    std::array<Sweep, kGxItemCount> gxSweeps_{};
    SteadyTime lastSign_{};
    std::uint64_t signs_{0};
    bool linkUp_{false};
    std::optional<SteadyTime> linkLost_;
    Sweep sweep_{0};
    Sweep trustFrom_{1};
    Sweep completed_{0};
    Sweep cleanSweeps_{0}; ///< completed ones, without those that were abandoned
    bool sweepOpen_{false};
    bool otherPublish_{false}; ///< somebody else's ended within ours
    std::uint64_t rosterVersion_{1};
    bool changed_{false};
    bool urgent_{false};
    bool wantsSweep_{false};
};

} // namespace busbar
