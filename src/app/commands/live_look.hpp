// SPDX-License-Identifier: MIT
// A look at what the brokers of a configuration show now, that ends when it has been seen.
#pragma once

#include "app/run/app.hpp"

#include <functional>

namespace busbar {

/// An App with these publishes nothing, and ends when every site `hasShown` what there is and has
/// stayed so for two seconds, at the latest after `most_s`.
/// At the end `seen` is called once, after a last cycle, so that banks and readings agree.
[[nodiscard]] AppOptions lookOptions(double most_s, std::function<void(App&)> seen);

/// No more is to be expected: a full publish is complete and every battery that is there has
/// settled; or the broker was not reached twice, or shows several GX devices.
[[nodiscard]] bool hasShown(SiteRun& site);

} // namespace busbar
