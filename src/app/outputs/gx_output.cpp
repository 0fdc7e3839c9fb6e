// SPDX-License-Identifier: MIT
// Moves the settings of the GX once a second, with the last will that closes them.
#include "app/outputs/gx_output.hpp"

#include "app/run/log.hpp"
#include "base/log.hpp"
#include "config/config.hpp"

namespace busbar {

namespace {

/// If it is not sure that the owner's settings went back, the next start writes them again, even
/// over what the owner has set since. Both sessions with the GX and the output's end within the 10
/// s that a container gets.
constexpr std::chrono::seconds kGoodbyeWithSettings{4};

void logOwned(const std::string& site, const OwnedEvent& event) {
    log::write(event.isProblem ? log::Level::Warn : log::Level::Info, "{}{} status={} {}",
               event.name, siteField(site), event.word, event.text);
}

} // namespace

void GxOutput::tick(const Offer& /*offer*/, const Now& now) {
    GxControl& gx = site_.gx();
    gx.control(keeper_.saved().sites, links_.isWillArmed(), now);
    if (!config_.dvcc.isEnabled)
        links_.disarmWill();
    links_.armWill(config_.gx, site_.source().writeTopic(GxItem::MaxChargeCurrent),
                   gx.dvcc().willCurrent_A, now);
    for (const OwnedEvent& event : gx.events())
        logOwned(label_, event);
}

void GxOutput::end() {
    isGivingBack_ = site_.gx().hasToGiveBack();
    isTaken_ = site_.gx().giveBack();
}

std::chrono::milliseconds GxOutput::patience() const {
    return isGivingBack_ ? kGoodbyeWithSettings : kGoodbye;
}

bool GxOutput::isDone(bool hasArrived) const {
    if (!isGivingBack_ || (hasArrived && isTaken_))
        return true;
    log::warn("settings_unconfirmed{} the GX did not confirm the settings given back; the next "
              "start writes them again",
              siteField(label_));
    return false;
}

} // namespace busbar
