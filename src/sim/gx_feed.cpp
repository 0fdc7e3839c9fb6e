// SPDX-License-Identifier: MIT
// Full publishes and changes of a twin's GX, without a broker in between.
#include "sim/gx_feed.hpp"

#include "core/table/named_rows.hpp"
#include "core/table/plant_rows.hpp"

#include <cmath>

namespace busbar::sim {

namespace {

void sendGx(const Twin& twin, Readings& readings) {
    for (const GxDefault& item : kGxDefaults)
        readings.putGx(item.item, startValue(item, twin));
}

/// A solar charger and a Multi, of which this twin's charger and load stand for.
constexpr PlantKey kSun{PlantClass::SolarCharger, 288};
constexpr PlantKey kMulti{PlantClass::Vebus, 276};

double rounded(double value, double step) {
    return std::round(value / step) * step;
}

void sendPlant(const Twin& twin, Readings& readings) {
    if (!twin.spec().meters)
        return;
    constexpr auto kCurrentPath = 0U;
    static_assert(kPlantRows[kCurrentPath] == rows::kCurrent);
    const PlantMeters& meters = *twin.spec().meters;
    readings.putPlant(kSun, kCurrentPath,
                      rounded(meters.chargerGain * twin.bus().charger_A, meters.step_A));
    readings.putPlant(kMulti, kCurrentPath,
                      rounded(-meters.loadGain * twin.bus().load_A, meters.step_A));
}

/// A broker out of reach cannot be asked; the next regular publish is also when it is back.
bool isWished(Readings& readings) {
    return readings.linkUp() && readings.takeWantsSweep();
}

/// A pack that is back has sent all its values at once: a read could bring no more.
void answerReads(Readings& readings) {
    for (const auto& [instance, battery] : readings.found())
        if (readings.wantsRead(battery))
            readings.completeRead(instance);
}

} // namespace

void GxFeed::feed(const Twin& twin, Readings& readings, const Now& now) {
    const bool isSweep = !swept_ || now.steady - *swept_ >= sweepEvery_ || isWished(readings);
    if (isSweep) {
        readings.setLink(true, now);
        static_cast<void>(readings.takeWantsSweep()); // this is the answer
        readings.beginSweep();
        swept_ = now.steady;
    }
    if (isSweep || feedIn_ != twin.spec().feedIn)
        sendGx(twin, readings);
    feedIn_ = twin.spec().feedIn;
    sendPlant(twin, readings);
    drivers_.feed(twin, isSweep,
                  {[&readings, &now](int instance, Place place, Value value) {
                       // As where MQTT arrives (VenusSource).
                       const bool wasKnown = value.isKnown();
                       Value fitting = plausible(place, std::move(value));
                       const bool isOdd = wasKnown && !fitting.isKnown();
                       readings.put(instance, place, std::move(fitting), now, isOdd);
                   },
                   [&readings, &now](int instance) { readings.leave(instance, now); }});
    if (isSweep)
        readings.completeSweep(now);
    answerReads(readings);
    readings.settle(now);
}

} // namespace busbar::sim
