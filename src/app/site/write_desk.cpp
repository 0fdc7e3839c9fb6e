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

bool WriteDesk::isSilent(std::string_view id, const Now& now) const {
    const Written* written = made_.written(id);
    return written != nullptr && (!written->writtenAt() || written->isExpired(now));
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
        const bool isExpired = written->isExpired(now);
        if (std::exchange(isExpired_[made.id], isExpired) == isExpired)
            continue;
        if (isExpired)
            log::warn("writable_expired{} battery={} nothing good was written for {} s; its "
                      "fail-safe values hold",
                      siteField(label_), made.id,
                      std::chrono::duration_cast<std::chrono::seconds>(
                          made.writable.expire.value_or(std::chrono::milliseconds(0)))
                          .count());
        else
            log::info("writable_back{} battery={} what is written counts again", siteField(label_),
                      made.id);
    }
}

} // namespace busbar
