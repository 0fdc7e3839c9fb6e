// SPDX-License-Identifier: MIT
// A configuration to begin with, made from what a broker shows.
#pragma once

#include "app/commands/discovery.hpp"
#include "core/now.hpp"

#include <string>
#include <vector>

namespace busbar {

/// How the broker was reached.
struct StarterGx {
    std::string url{};
    std::string user{};
    std::string passwordFile{};
    std::string fingerprint{};
    std::string topicPrefix{};
};

/// With comments: what was found, and what to change. Passes `check`. Each GX is a site if there
/// are several; only those that were read completely are in it, at least one.
[[nodiscard]] std::string starterConfig(const StarterGx& gx, const std::vector<Discovery>& all,
                                        WallTime when);

} // namespace busbar
