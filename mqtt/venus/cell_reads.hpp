// SPDX-License-Identifier: MIT
// Single cells that are read now and then, where that is chosen and nothing hangs on them.
#pragma once

#include "core/now.hpp"
#include "mqtt/venus/source_filters.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Half of what a battery sends are its cells. While these are calm they are subscribed to for a
/// moment each half minute, and read; else they are live. Between the two the battery's
/// `hasOldCells` says that they are not: from before the subscription ends until they have been
/// heard again. A battery that does not answer such a read has live cells for the rest of the
/// session, and everything is asked for again.
class CellReads {
public:
    CellReads(VenusBridge& bridge, SourceFilters& filters) : bridge_(bridge), filters_(filters) {}

    /// A session begins; all are live.
    void startOver();
    /// See calm_cells.hpp; as of the last evaluation.
    void setCalm(std::set<int> instances) { calm_ = std::move(instances); }
    /// A value of that battery came.
    void heard(int instance, std::string_view path);
    /// Once a second, while the link is up. `isBusy`: all values are asked for.
    void tick(bool isBusy, const Now& now);

private:
    struct Cells {
        std::string_view folder{}; ///< that they come in
        SteadyTime calmSince{};
        SteadyTime readAt{}; ///< when all of them were known last
        SteadyTime askedAt{};
        std::set<std::string, std::less<>> heard{}; ///< paths that came since then
        bool isCalm{false};
        bool isAsked{false};
        bool mustBeLive{false}; ///< does not answer
    };

    void follow(int instance, Cells& cells, bool isBusy, const Now& now);
    void rest(int instance, Cells& cells, const Now& now);
    void ask(int instance, Cells& cells, const Now& now);
    void conclude(const Battery& battery, Cells& cells, const Now& now);

    VenusBridge& bridge_;
    SourceFilters& filters_;
    std::set<int> calm_;
    std::map<int, Cells> cells_; ///< by instance
    int budget_{0};              ///< reads that may still be sent in this second
};

} // namespace busbar::mqtt
