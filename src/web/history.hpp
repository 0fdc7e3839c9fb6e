// SPDX-License-Identifier: MIT
// A day of one bank, a sample a minute: what it did, and which cause held each limit.
#pragma once

#include "core/now.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::web {

inline constexpr std::chrono::seconds kHistoryInterval{60};
inline constexpr std::size_t kHistorySamples = 1440; // a day
/// Causes and names of batteries that held a limit; what comes later in a day than so many others
/// is left out.
inline constexpr std::size_t kMostHistoryNames = 64;

/// A number of each sample, by its name in the API.
enum class Curve : std::uint8_t {
    Voltage,
    Current,
    Soc,
    ChargeLimit,
    DischargeLimit,
    ChargeVoltage,
    CellSpread,
};
struct CurveName {
    std::string_view name;
    int decimals;
};
inline constexpr auto kCurves = std::to_array<CurveName>({{"voltage_V", 2},
                                                          {"current_A", 1},
                                                          {"soc_pct", 1},
                                                          {"charge_limit_A", 1},
                                                          {"discharge_limit_A", 1},
                                                          {"charge_voltage_V", 2},
                                                          {"cell_spread_V", 3}});

/// CCL, DCL, CVL.
inline constexpr auto kHeldLimits =
    std::to_array<std::string_view>({"charge", "discharge", "charge_voltage"});

/// Who held a limit, and why.
struct Holder {
    std::string cause{};  ///< its word (WORDS.md); empty = not known
    std::string member{}; ///< empty = nobody in particular
};

/// What is noted of one moment; each number may be unknown.
struct Moment {
    std::array<std::optional<double>, kCurves.size()> numbers{};
    std::array<Holder, kHeldLimits.size()> holders{};

    [[nodiscard]] std::optional<double>& operator[](Curve curve) {
        return numbers.at(static_cast<std::size_t>(curve));
    }
};

/// The last 24 hours and not more: 1440 samples of about 75 bytes. Minutes without a sample are
/// gaps.
class History {
public:
    History();

    /// A sample is wanted: the minute of the wall clock has none yet.
    [[nodiscard]] bool isDue(WallTime now) const;
    /// The sample of this minute; once each. Of a clock that was put back, by a time server by a
    /// second or by hand by an hour, the minutes that are still to come are dropped; the day before
    /// them stays.
    void add(const Moment& moment, WallTime now);

    /// The object of the API (`site` and `bank` first). Also what is kept over a restart.
    [[nodiscard]] std::string json(std::string_view site, std::string_view bank) const;
    /// What `json` wrote, if it is of the day before `now`; of one that ends later, as on a machine
    /// whose clock is behind after a power cut, what is before `now`. All else leaves it as it is.
    /// False then.
    bool restore(std::string_view json, WallTime now);

    [[nodiscard]] std::size_t count() const { return count_; }

private:
    struct Sample {
        std::array<std::optional<float>, kCurves.size()> numbers{};
        std::array<std::uint8_t, kHeldLimits.size()> causes{};  ///< 0 = unknown, else index + 1
        std::array<std::uint8_t, kHeldLimits.size()> members{}; ///< 0 = nobody, else index + 1
    };
    [[nodiscard]] const Sample& at(std::size_t index) const; ///< 0 = the oldest
    void push(const Sample& sample);
    void dropAfter(std::int64_t minute);
    void clear();

    std::vector<Sample> ring_;
    std::size_t next_{0};
    std::size_t count_{0};
    std::optional<std::int64_t> lastMinute_; ///< since 1970
    std::vector<std::string> causes_;
    std::vector<std::string> members_;
};

} // namespace busbar::web
