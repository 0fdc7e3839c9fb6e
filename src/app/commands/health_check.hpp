// SPDX-License-Identifier: MIT
// How one process learns whether another, `busbar run`, is well: a small file that it keeps
// writing.
#pragma once

#include "core/now.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace busbar {

class App;

/// How often the file is written, at most.
inline constexpr std::chrono::seconds kHealthEvery{10};
/// Older than this, the loop that should write it hangs or has ended: two writes are missing.
inline constexpr std::chrono::seconds kHealthMost{30};

/// What the file says.
struct HealthNote {
    /// When it was written. On a clock that all processes of a machine share and that begins anew
    /// with each boot; a file in RAM does so, too.
    SteadyTime written{};
    std::string facts; ///< for people: one line without its end

    friend bool operator==(const HealthNote&, const HealthNote&) = default;
};

/// Shape: `busbar-health 1 <ms since boot>\n<facts>\n`; lines after these are passed over.
[[nodiscard]] std::string healthText(const HealthNote& note);
/// Nothing for a text of another shape, torn ones among them.
[[nodiscard]] std::optional<HealthNote> parseHealth(std::string_view text);

struct HealthVerdict {
    bool isWell = false;
    std::string line; ///< says why; no end of line
};
/// Well = written at most `kHealthMost` ago, whatever the facts say: a broker or a GX that is away
/// is nothing that a restart of Busbar would mend, and it would lose what holds the bank meanwhile.
/// A time in the future is that of another boot, so not well.
[[nodiscard]] HealthVerdict judgeHealth(const HealthNote& note, SteadyTime now);

/// `broker=connected heartbeat_s=2 bank=main stage=normal online=3/4`, the last three for each
/// bank; of several sites all of it for each, after `site=barn`.
[[nodiscard]] std::string healthFacts(App& app, const Now& now);

/// The file of a running program; it goes with the object. Belongs into RAM, because it is written
/// for as long as the program runs. One that cannot be written is said in the log once, and once
/// when it can again.
class HealthFile {
public:
    explicit HealthFile(std::string path) : path_(std::move(path)) {}
    ~HealthFile();
    HealthFile(const HealthFile&) = delete;
    HealthFile& operator=(const HealthFile&) = delete;
    HealthFile(HealthFile&&) = delete;
    HealthFile& operator=(HealthFile&&) = delete;

    [[nodiscard]] bool isDue(SteadyTime now) const {
        return !tried_ || now - *tried_ >= kHealthEvery;
    }
    void write(const HealthNote& note);

private:
    std::string path_;
    std::optional<SteadyTime> tried_;
    std::string lastError_;
};

} // namespace busbar
