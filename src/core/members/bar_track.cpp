// SPDX-License-Identifier: MIT
// Regression of the batteries' swings on those of the plant.
#include "core/members/bar_track.hpp"

#include <algorithm>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

using swing::kLongestGap;
using swing::kSlow;
using swing::kSpacing;
using swing::square;

/// Σ swing² over squared capacity, s: a fifth of a capacity per hour for 5 s, or a tenth for 20 s.
constexpr double kBarEnough = 0.2;
/// Above this, old information is thinned out: a switch that closes again must show.
constexpr double kBarMemory = 0.6;
/// Of the information, what swings in each direction must have brought.
constexpr double kEachWay = 0.2;
/// Loads that no device measures move the batteries alone; with more of that than this part of the
/// squares, nothing is decided.
constexpr double kExplained = 0.9;
constexpr double kRoughlyExplained = 0.5;

/// In slow means; by then 5 % of a step are left.
constexpr double kSettled = 3.0;

void thin(BarTrack& track, double most) {
    if (track.plant <= most)
        return;
    const double keep = most / track.plant;
    track.plant *= keep;
    track.heard *= keep;
    track.both *= keep;
    track.up *= keep;
}

void addSwing(BarTrack& track, const BarSample& sample, double span) {
    track.plant_A.move(sample.plant_A, span);
    track.heard_A.move(sample.heard_A, span);
    const double plantSwing_A = track.plant_A.swing();
    const double heardSwing_A = track.heard_A.swing();
    track.plant += square(plantSwing_A) * span;
    track.heard += square(heardSwing_A) * span;
    track.both += plantSwing_A * heardSwing_A * span;
    track.up += plantSwing_A > 0.0 ? square(plantSwing_A) * span : 0.0;
}

} // namespace

bool add(BarTrack& track, const BarSample& sample, const Now& now) {
    const bool isFirst = !track.at || now.steady - *track.at > kLongestGap;
    if (!isFirst && now.steady - *track.at < kSpacing)
        return false;
    if (isFirst) {
        track.plant_A.begin(sample.plant_A);
        track.heard_A.begin(sample.heard_A);
        track.begun = now.steady;
    } else {
        addSwing(track, sample, Seconds(now.steady - *track.at).count());
    }
    track.at = now.steady;
    thin(track, kBarMemory * square(sample.capacity_Ah));
    return true;
}

bool isEnough(const BarTrack& track, double capacity_Ah) {
    const double down = track.plant - track.up;
    return track.plant >= kBarEnough * square(capacity_Ah) &&
           std::min(track.up, down) >= kEachWay * track.plant &&
           square(track.both) >= kExplained * track.plant * track.heard;
}

bool isRoughlyKnown(const BarTrack& track, double capacity_Ah) {
    return track.plant >= kBarEnough * square(capacity_Ah) &&
           square(track.both) >= kRoughlyExplained * track.plant * track.heard;
}

bool areSettled(const BarTrack& track, const Now& now) {
    return Seconds(now.steady - track.begun).count() >= kSettled * kSlow;
}

double taken(const BarTrack& track) {
    return track.both / track.plant;
}

} // namespace busbar
