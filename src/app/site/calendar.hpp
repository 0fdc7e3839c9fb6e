// SPDX-License-Identifier: MIT
// Local time of one site: of the zone that the owner gives, else of its GX.
#pragma once

#include "base/time_zone.hpp"
#include "core/now.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace busbar {

class Calendar {
public:
    /// `site`: its name, for the log; `folder`: of zone files.
    Calendar(std::string site, std::string folder);

    /// `wanted`: "auto" or a name, as in the configuration; `ofGx`: the GX's own setting, nothing
    /// while it is not known. Reads a zone file if that makes another zone; of one that has none
    /// here it goes on by UTC, and says so once.
    void follow(const std::string& wanted, const std::optional<std::string>& ofGx);

    /// What local time is ahead of UTC; 0 where no zone is known.
    [[nodiscard]] std::chrono::seconds aheadOfUtc(const Now& now) const;

private:
    std::string site_;
    std::string folder_;
    std::string name_{"UTC"};
    TimeZone zone_;
};

} // namespace busbar
