// SPDX-License-Identifier: MIT
// Hands writes on and says what became of them.
#include "app/site/write_desk.hpp"

#include "app/run/log.hpp"
#include "app/site/serial.hpp"
#include "base/log.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/composition.hpp"
#include "core/made/made_settings.hpp"
#include "core/made/written_snapshot.hpp"
#include "mqtt/results/commands.hpp"

#include <utility>

namespace busbar {

Snapshot writtenSnapshot(const Composition& made, const MadeSettings& battery,
                         std::string_view site, const Now& now) {
    const Written* written = made.written(battery.id);
    return written == nullptr ? Snapshot{} : snapshotOf(*written, identityOf(battery, site), now);
}

WriteResult WriteDesk::write(std::string_view by, std::string_view id,
                             std::span<const WrittenValue> group, const Now& now) {
    Written* written = made_.written(id);
    WriteResult result = written == nullptr ? WriteResult{WriteProblem::NoBattery, {}, {}}
                                            : written->write(group, now);
    if (!result.isTaken()) {
        result.path = mqtt::shownText(result.path);
        refuse(by, id, toText(result), now);
        return result;
    }
    ++taken_;
    wake_(now);
    return result;
}

/// Ids that do not exist share a line: anybody may invent them.
void WriteDesk::refuse(std::string_view by, std::string_view id, std::string_view why,
                       const Now& now) {
    ++refused_;
    const std::string key = made_.written(id) != nullptr ? std::string(id) : std::string();
    Refusals& refusals = refusals_[key];
    refusals.last = "by=" + mqtt::shownText(by) + " reason=\"" + std::string(why) + "\"";
    refusals.pace.note();
    say(key, refusals, now);
}

bool WriteDesk::isSilent(std::string_view id, std::span<const WrittenValue> group,
                         const Now& now) const {
    const Written* written = made_.written(id);
    return written != nullptr && written->isSilent(group, now);
}

void WriteDesk::say(const std::string& id, Refusals& refusals, const Now& now) const {
    if (const auto times = refusals.pace.take(now))
        log::warn("write_refused{} battery={} times={} {} nothing of it is taken",
                  siteField(label_), id.empty() ? "unknown" : id, *times, refusals.last);
}

void WriteDesk::tick(const Now& now) {
    for (auto& [id, refusals] : refusals_)
        say(id, refusals, now);
    for (const MadeSettings& made : made_.settings()) {
        const Written* written = made_.written(made.id);
        if (written == nullptr)
            continue;
        const auto overdue = written->overdue(now);
        const Voice voice = !written->writtenAt() ? Voice::Awaited
                            : overdue             ? Voice::Expired
                                                  : Voice::Heard;
        const Voice before = std::exchange(voices_[made.id], voice);
        if (voice == before)
            continue;
        if (voice == Voice::Awaited)
            sayAwaited(made, written->isExpired(now));
        else if (voice == Voice::Expired)
            sayExpired(made.id, *overdue);
        else if (before != Voice::Unsaid)
            log::info("writable_back{} battery={} what is written counts", siteField(label_),
                      made.id);
    }
}

void WriteDesk::sayAwaited(const MadeSettings& made, bool isClosed) const {
    const std::string ways = ways_(made);
    log::info("writable_awaited{} battery={} nobody has written to it yet; its {} hold until then. "
              "{}{}",
              siteField(label_), made.id, isClosed ? "fail-safe values" : "values",
              ways.empty() ? "Nobody can: no command is taken, and it is not published"
                           : "Write to ",
              ways);
}

void WriteDesk::sayExpired(const std::string& id, const Overdue& overdue) const {
    log::warn("writable_expired{} battery={} {} for {} s; its fail-safe values hold",
              siteField(label_), id,
              overdue.path.empty() ? "nothing good was written"
                                   : std::string(overdue.path) + " was not written again",
              std::chrono::duration_cast<std::chrono::seconds>(overdue.after).count());
}

} // namespace busbar
