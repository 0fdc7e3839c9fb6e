// SPDX-License-Identifier: MIT
// Serials from what does not change.
#include "app/site/serial.hpp"

#include "app/version.hpp"
#include "base/fingerprint.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/made_settings.hpp"

#include <cstdint>

namespace busbar {

std::string serialOf(std::string_view portal, std::string_view site, std::string_view battery,
                     std::string_view service) {
    std::string all;
    for (const std::string_view part : {portal, site, battery, service})
        all.append(part).append("/");
    std::uint64_t hash = fingerprint(all);
    std::string digits;
    for (int i = 0; i < 12; ++i, hash >>= 4U)
        digits += "0123456789ABCDEF"[hash & 15U];
    return "BB" + digits;
}

Identity identityOf(const MadeSettings& made, std::string_view site) {
    Identity identity;
    identity.productName = nameOf(made);
    identity.serial = serialOf("", site, made.id, serviceOf(made));
    identity.version = std::string(kVersion);
    return identity;
}

} // namespace busbar
