// SPDX-License-Identifier: MIT
// Between a site and its files.
#include "app/kept/keeper.hpp"

#include "app/kept/made_instances.hpp"
#include "base/log.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace busbar {

namespace {

/// Of values whose moment is not known, because a clock was wrong then or is now: longer than
/// anybody lets them count.
constexpr std::chrono::milliseconds kUnknownAge = std::chrono::hours(24 * 365);

std::chrono::milliseconds ageOf(const WritableState& kept, const Now& now) {
    const std::chrono::duration<double> at(kept.writtenAt.value_or(0.0));
    const auto age =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.wall.time_since_epoch() - at);
    return age < std::chrono::milliseconds(0) ? kUnknownAge : std::min(age, kUnknownAge);
}

/// A lag that is no number is the longest.
KeptValues keptOf(const WritableState& state) {
    KeptValues values;
    for (const auto& [path, value] : state.values) {
        const auto lag = state.lags_s.find(path);
        const double lag_s = lag == state.lags_s.end() ? 0.0 : lag->second.number().value_or(-1.0);
        const bool isKnown =
            lag_s >= 0.0 && lag_s < std::chrono::duration<double>(kUnknownAge).count();
        values[path] = {value,
                        isKnown ? std::chrono::milliseconds(static_cast<std::int64_t>(lag_s * 1000))
                                : kUnknownAge};
    }
    return values;
}

void noteKept(WritableState& state, const KeptValues& values) {
    state.values.clear();
    state.lags_s.clear();
    for (const auto& [path, kept] : values) {
        state.values[path] = kept.value;
        if (kept.lag > std::chrono::milliseconds(0))
            state.lags_s[path] = std::chrono::duration<double>(kept.lag).count();
    }
}

/// Whole seconds are near enough.
double unixTime(WallTime time) {
    return static_cast<double>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

} // namespace

void Keeper::restore(Site& site, const Now& now) {
    store_.load();
    choices_.load(store_.choices());
    std::vector<std::string> ids;
    for (Bank& bank : site.banks()) {
        const std::string& id = ids.emplace_back(bank.settings().id);
        BankMemory& memory = store_.state.banks[id].memory;
        memory.controls = choices_.of(id);
        bank.restore(memory);
    }
    former_.clear();
    for (const auto& [id, bank] : store_.state.banks)
        if (std::ranges::find(ids, id) == ids.end())
            former_.push_back(bank.memory);
    introduce(site.banks(), former_);
    numberMade(store_.state, site.made().settings());
    store_.takeOverOwners(ids);
    site.gx().restore(store_.state.sites);
    restoreWritables(site, now);
}

void Keeper::restoreWritables(Site& site, const Now& now) const {
    for (const MadeSettings& made : site.made().settings()) {
        const auto kept = store_.state.writables.find(made.id);
        Written* written = site.made().written(made.id);
        const bool isKept = kept != store_.state.writables.end() && kept->second.writtenAt &&
                            !kept->second.values.empty();
        if (written != nullptr && made.writable.persist && isKept)
            written->restore(keptOf(kept->second), ageOf(kept->second, now), now);
    }
}

void Keeper::keepMadeName(const std::string& id, const std::string& name) {
    if (std::exchange(store_.state.writables[id].customName, name) != name)
        store_.save();
}

/// What nobody wants to be kept is not; names of batteries that are gone stay, as those of banks.
/// Nothing is copied where nothing was written.
void Keeper::noteWritables(const Site& site) {
    for (const MadeSettings& made : site.made().settings()) {
        const Written* written = site.made().written(made.id);
        if (written == nullptr)
            continue;
        const bool isWanted = made.writable.persist && written->writtenAt();
        const auto at = isWanted ? std::optional(unixTime(*written->writtenAt())) : std::nullopt;
        WritableState& kept = store_.state.writables[made.id];
        const auto noted = noted_.find(made.id);
        if (noted != noted_.end() && noted->second == written->taken() && kept.writtenAt == at)
            continue;
        noted_.insert_or_assign(made.id, written->taken());
        noteKept(kept, isWanted ? written->kept() : KeptValues{});
        kept.writtenAt = at;
    }
}

std::string Keeper::settingsEntry(const std::string& bank, const std::string& service) {
    std::string& entry = store_.state.banks[bank].settingsEntry;
    std::string part = site_.isFirst() ? std::string() : site_.name;
    std::ranges::replace(part, '-', '_');
    entry = settingsEntryOf(store_.saved(), bank, service, part);
    log::info("settings_entry service={} entry={}", service, entry);
    return entry;
}

void Keeper::keepName(const std::string& bank, const std::string& name) {
    store_.state.banks[bank].customName = name;
    store_.save();
}

void Keeper::forgetName(const std::string& bank) {
    if (!std::exchange(store_.state.banks[bank].customName, {}).empty())
        store_.save();
}

/// What is to be kept of the banks.
void Keeper::note(const Site& site) {
    for (const Bank& bank : site.banks()) {
        store_.state.banks[bank.settings().id].memory = bank.memory();
        choices_.note(bank.settings().id, bank.controls());
    }
    store_.state.choicesNumber = choices_.number();
    store_.state.sites = site.gx().memories();
    noteWritables(site);
}

void Keeper::save(const Site& site, const Now& now) {
    note(site);
    choices_.save(now.steady);
    store_.saveSparingly(savePaces(site), now.steady);
}

void Keeper::saveAll(const Site& site) {
    note(site);
    choices_.save(std::nullopt);
    store_.save();
}

/// By bank id, of the settings in force.
std::map<std::string, SavePace> Keeper::savePaces(const Site& site) const {
    std::map<std::string, SavePace> paces;
    for (const Bank& bank : site.banks())
        paces[bank.settings().id] = {bank.settings().soc.saveStep_pct,
                                     store_.saveEvery(bank.settings().meters.saveEvery)};
    return paces;
}

} // namespace busbar
