// SPDX-License-Identifier: MIT
// What of a GX survives a restart: the owner's values of settings while Busbar's are in force
// there.
#pragma once

#include "core/gx/gx_state.hpp"

#include <map>
#include <optional>
#include <string>

namespace busbar {

/// Of one GX, whatever the banks are called: both settings are shared by all of them.
struct SiteMemory {
    std::optional<double> ownersFeedIn; ///< feed_in.hpp
    DvccValues ownersDvcc;              ///< dvcc.hpp

    friend bool operator==(const SiteMemory&, const SiteMemory&) = default;
};

/// By portal id. Under no id: what a version that did not write the id down has left; it belongs to
/// the GX that is met first.
using SiteMemories = std::map<std::string, SiteMemory>;

/// What is known of this GX; empty = nothing to give back.
[[nodiscard]] inline SiteMemory memoryOf(const SiteMemories& memories, const std::string& portal) {
    auto found = memories.find(portal);
    if (found == memories.end())
        found = memories.find("");
    return found == memories.end() ? SiteMemory{} : found->second;
}

/// Keeps it under this id, or forgets it if it is empty.
inline void keep(SiteMemories& memories, const std::string& portal, const SiteMemory& memory) {
    memories.erase("");
    if (memory == SiteMemory{})
        memories.erase(portal);
    else
        memories[portal] = memory;
}

} // namespace busbar
