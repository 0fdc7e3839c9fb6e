// SPDX-License-Identifier: MIT
// From the text of a configuration file, and environment variables, to a Config or all that is
// wrong with it.
#pragma once

#include "config/config.hpp"
#include "config/issue.hpp"
#include "config/use.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// Name → value. An empty value counts as not set, as compose files leave it.
using Environment = std::map<std::string, std::string>;

struct ReadResult {
    std::optional<Config> config;  ///< only if there is no error; warnings may still be there
    std::vector<Issue> issues;     ///< in the order of the text
    std::vector<MadeTree> trees{}; ///< of each site of `config`
};

/// JSON with comments and trailing commas, options nested by the dots of their keys:
///
///     { "gx": { "url": "mqtt://venus.local" }, "hold_s": 20, "banks": [ { "id": "a" }, { "id": "b"
///     } ] }
///
/// Options of a bank at the top level hold for every bank; an entry of `banks` overrides them. No
/// `banks` = one bank. `sites` in place of `banks` are several, each with its own `gx`, `banks` and
/// so on; what stands at the top level holds for all of them. A variable (`BUSBAR_GX__URL`)
/// overrides what stands at the top level, not what an entry of `sites` or `banks` says; then it
/// warns. A bank without `dbus.service` is `busbar` if it is the first, else `busbar_<id>`, of a
/// further site `busbar_<site>_<id>`: adding one does not rename those that are there. Variables
/// that are no option are left alone, with a warning if they nearly are one.
[[nodiscard]] ReadResult readConfig(std::string_view text, const Environment& environment = {});

/// Missing, unreadable, no file (text_file.hpp), empty: one issue without a position.
[[nodiscard]] ReadResult readConfigFile(const std::filesystem::path& file,
                                        const Environment& environment = {});

} // namespace busbar::config
