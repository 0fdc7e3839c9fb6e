// SPDX-License-Identifier: MIT
// Reads of single batteries: as a whole when one speaks again, one path when one has fallen silent.
#pragma once

#include "core/units/readings.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// The bridge answers a read with the values and nothing else, and does not answer at all if the
/// service is not there or hangs (mqtt/VENUS.md). So the end is told by `/DeviceInstance`, which
/// never changes: it is asked for once more behind a whole battery, and alone of one that is
/// silent.
class BatteryReads {
public:
    /// Publishes a read; the text is what follows `R/<portal id>/`.
    using Ask = std::function<void(const std::string& tail)>;
    /// All values of that battery are about to come; false: they would not all be heard.
    using Widen = std::function<bool(int instance)>;

    BatteryReads(Ask ask, Widen widen) : ask_(std::move(ask)), widen_(std::move(widen)) {}

    /// A session begins.
    void startOver();
    /// A value of that battery arrived and was put into the readings.
    void heard(const Readings& readings, int instance, std::string_view path, const Now& now);
    /// Somebody's full publish ended: what came with it was the bridge's memory, and no answer.
    void fullPublishEnded(const Now& now);
    /// Once a second while the link is up: asks, and tells the readings what came of it.
    /// `bridgeSign`: the bridge's last sign of life.
    void tick(Readings& readings, SteadyTime bridgeSign, const Now& now);
    /// As a whole, without an answer so far.
    [[nodiscard]] bool isWholeOpen(int instance) const;

private:
    struct Read {
        SteadyTime askedAt{};
        SteadyTime lastEnd{};  ///< last `/DeviceInstance` since
        SteadyTime provenAt{}; ///< last complete answer
        int ends{0};
        bool isWhole{false};
        bool isFirst{false}; ///< whole, and the first since the battery spoke again
        bool isOpen{false};
    };

    void send(int instance, bool isWhole, const Now& now);
    void askWhole(const Battery& battery, const Now& now);
    void askSilent(const Readings& readings, const Battery& battery, const Now& now);
    void conclude(Readings& readings, int instance, SteadyTime bridgeSign, const Now& now);
    void giveUp(Readings& readings, int instance, const Read& read, const Now& now);

    Ask ask_;
    Widen widen_;
    std::map<int, Read> reads_; ///< by instance
    int budget_{0};             ///< reads that may still be sent in this second
    bool isAnswered_{false};    ///< this bridge has answered one: only then silence says something
};

} // namespace busbar::mqtt
