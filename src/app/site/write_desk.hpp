// SPDX-License-Identifier: MIT
// Where all writes to the writable batteries of a site arrive, whichever way they come.
#pragma once

#include "app/run/log_pace.hpp"
#include "core/made/written.hpp"
#include "core/now.hpp"
#include "core/snapshot.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace busbar {

class Composition;
struct MadeSettings;

/// What a writable battery of a site publishes by itself. Without a GX, too: nobody else is needed
/// for it.
[[nodiscard]] Snapshot writtenSnapshot(const Composition& made, const MadeSettings& battery,
                                       std::string_view site, const Now& now);

/// The last good write counts, from whichever side. What is refused changes nothing; it is counted,
/// and of each battery the first is said at once, from then on once a minute the last and how many
/// there were.
class WriteDesk {
public:
    /// Where a battery can be written to, for people; empty = nowhere.
    using Ways = std::function<std::string(const MadeSettings&)>;

    /// `label`: of the site in the log; empty where there is only one. `wake`: something good was
    /// written, so a cycle is wanted; called for each write.
    WriteDesk(Composition& made, std::string label, std::function<void(const Now&)> wake, Ways ways)
        : made_(made), label_(std::move(label)), wake_(std::move(wake)), ways_(std::move(ways)) {}

    /// `by`: where it came from, for the log: a topic, "dbus".
    WriteResult write(std::string_view by, std::string_view id, std::span<const WrittenValue> group,
                      const Now& now);
    /// Nothing could be read from it.
    void refuse(std::string_view by, std::string_view id, std::string_view why, const Now& now);
    /// Nobody has written for too long, or ever, or not to one of these paths: what brings it back
    /// has to be sure. False for one that does not exist.
    [[nodiscard]] bool isSilent(std::string_view id, std::span<const WrittenValue> group,
                                const Now& now) const;
    /// Once a second: says what waits, and who was never written to, expired or came back.
    void tick(const Now& now);

    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    struct Refusals {
        RepeatPace pace;
        std::string last; ///< by whom, and why
    };
    /// What is said of a battery when it becomes so.
    enum class Voice : std::uint8_t { Unsaid, Awaited, Expired, Heard };

    void say(const std::string& id, Refusals& refusals, const Now& now) const;
    void sayAwaited(const MadeSettings& made, bool isClosed) const;
    void sayExpired(const std::string& id, const Overdue& overdue) const;

    Composition& made_;
    std::string label_;
    std::function<void(const Now&)> wake_;
    Ways ways_;
    std::map<std::string, Refusals> refusals_; ///< by battery; "" = one that does not exist
    std::map<std::string, Voice> voices_;      ///< as it was said last, by battery
    std::uint64_t taken_{0};
    std::uint64_t refused_{0};
};

} // namespace busbar
