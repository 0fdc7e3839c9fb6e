// SPDX-License-Identifier: MIT
// The state file.
#include "app/kept/state.hpp"

#include "base/file.hpp"
#include "base/flash.hpp"
#include "base/log.hpp"
#include "base/set_aside.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace busbar {

namespace {

constexpr auto kRetryAfter = std::chrono::minutes(1); // a full disk does not change by the second

/// What would open a limit after a power cut is not left in the file for longer.
constexpr auto kOpeningPace = std::chrono::minutes(1);

/// What the file holds of it would open what is closed now: a number of a limit that is higher, or
/// that is not known any more.
bool wouldOpen(const PathValues& file, const PathValues& now) {
    return std::ranges::any_of(file, [&now](const auto& kept) {
        if (!kept.first.starts_with("/Info/") && !kept.first.starts_with("/Io/"))
            return false;
        const auto found = now.find(kept.first);
        const auto number = found == now.end() ? std::nullopt : found->second.number();
        return kept.second.isKnown() && (!number || *number < kept.second.number());
    });
}

std::string environment(const char* name) {
    const char* value =
        std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody in this process sets variables
    return value == nullptr ? "" : value;
}

} // namespace

bool keepsState(const std::string& folder) {
    constexpr std::array<const char*, 3> kFiles = {kStateFile, "/choices.1", "/choices.2"};
    return std::ranges::any_of(kFiles,
                               [&folder](const char* file) { return isThere(folder + file); });
}

StateStore::StateStore(const std::string& folder) {
    if (!folder.empty())
        file_ = folder + kStateFile;
    isOnFlash_ = isOnFlash(folder);
}

std::chrono::milliseconds StateStore::saveEvery(std::chrono::milliseconds wanted) const {
    constexpr std::chrono::milliseconds kOnFlash = std::chrono::hours(1);
    constexpr std::chrono::milliseconds kElsewhere = std::chrono::minutes(5);
    if (wanted > std::chrono::milliseconds(0))
        return wanted;
    return isOnFlash_ ? kOnFlash : kElsewhere;
}

void StateStore::load() {
    std::string error;
    const auto text = readWholeFile(file_, kLargestState, error);
    if (text)
        takeText(*text);
    else if (isThere(file_))
        keepAside("cannot be read: " + error);
}

void StateStore::takeText(const std::string& text) {
    ParsedState parsed = parseState(text);
    for (const std::string& message : parsed.dropped)
        log::warn("state_value_ignored file={} reason=\"{}\"", file_, message);
    if (!parsed.error.empty()) {
        keepAside(parsed.error);
        return;
    }
    if (!parsed.dropped.empty()) {
        const std::string copy = asideName(file_);
        const std::string error = replaceFile(copy, text);
        isInTheWay_ = !error.empty();
        log::warn("state_kept file={} {}", file_, isInTheWay_ ? error : "as " + copy);
    }
    state = parsed.state;
    saved_ = state;
    ownersOfBanks_ = std::move(parsed.ownersOfBanks);
    choices_.source =
        parsed.areBanksReadable ? StateChoices::Source::Read : StateChoices::Source::Unreadable;
    choices_.number = state.choicesNumber;
    for (const auto& [bank, kept] : state.banks)
        choices_.banks[bank] = kept.memory.controls;
    for (const auto& [bank, doubt] : parsed.doubts)
        choices_.banks[bank].doubt = doubt;
}

void StateStore::keepAside(const std::string& reason) {
    choices_.source = StateChoices::Source::Unreadable;
    const SetAside aside = setAside(file_);
    isInTheWay_ = !aside.error.empty();
    log::warn("state_ignored file={} reason=\"it {}\" {}", file_, reason,
              isInTheWay_ ? aside.error : "kept as " + aside.name);
}

void StateStore::save() {
    if (state != saved_)
        write();
}

void StateStore::saveSparingly(const std::map<std::string, SavePace>& paces, SteadyTime now) {
    if (!savedAt_)
        savedAt_ = now;
    if (failedAt_ && now - *failedAt_ < kRetryAfter)
        return;
    const auto sinceSave = std::chrono::duration_cast<std::chrono::milliseconds>(now - *savedAt_);
    if (!isWorthWriting(paces, sinceSave))
        return;
    failedAt_ = write() ? std::nullopt : std::optional(now);
    if (!failedAt_)
        savedAt_ = now;
}

std::string settingsEntryOf(const State& saved, const std::string& bank, std::string_view service,
                            std::string_view site) {
    const std::string byBank = "busbar_" + bank;
    const auto known = saved.banks.find(bank);
    if (known != saved.banks.end())
        return known->second.settingsEntry.empty() ? byBank : known->second.settingsEntry;
    if (!site.empty())
        return "busbar_" + std::string(site) + "_" + bank;
    const bool isNamedAfterBank = service == "busbar" || service == byBank;
    return isNamedAfterBank ? byBank : byBank + "_" + std::string(service);
}

bool StateStore::areWritablesWorthWriting(std::chrono::milliseconds sinceSave) const {
    if (state.writables.size() != saved_.writables.size())
        return true;
    return std::ranges::any_of(state.writables, [&](const auto& entry) {
        const auto before = saved_.writables.find(entry.first);
        if (before == saved_.writables.end() ||
            before->second.customName != entry.second.customName ||
            before->second.instance != entry.second.instance)
            return true;
        const auto pace = wouldOpen(before->second.values, entry.second.values)
                              ? kOpeningPace
                              : saveEvery(std::chrono::milliseconds(0));
        return before->second != entry.second && sinceSave >= pace;
    });
}

bool StateStore::isWorthWriting(const std::map<std::string, SavePace>& paces,
                                std::chrono::milliseconds sinceSave) const {
    if (state.banks.size() != saved_.banks.size() || state.announced != saved_.announced ||
        state.published != saved_.published || state.site != saved_.site ||
        state.place != saved_.place || state.left != saved_.left ||
        state.choicesNumber != saved_.choicesNumber || state.sites != saved_.sites)
        return true;
    if (areWritablesWorthWriting(sinceSave))
        return true;
    return std::ranges::any_of(state.banks, [&](const auto& entry) {
        const auto before = saved_.banks.find(entry.first);
        const auto pace = paces.find(entry.first);
        return before == saved_.banks.end() ||
               before->second.customName != entry.second.customName ||
               before->second.settingsEntry != entry.second.settingsEntry ||
               isWorthSaving(before->second.memory, entry.second.memory,
                             pace == paces.end() ? SavePace{} : pace->second, sinceSave);
    });
}

void StateStore::takeOverOwners(const std::vector<std::string>& banks) {
    SiteMemory taken;
    for (const auto& [bank, owners] : ownersOfBanks_) {
        const bool isConfigured = std::ranges::find(banks, bank) != banks.end();
        if (isConfigured && owners.ownersFeedIn)
            taken.ownersFeedIn = owners.ownersFeedIn;
        if (!banks.empty() && bank == banks.front())
            taken.ownersDvcc = owners.ownersDvcc;
        else if (!isConfigured || owners.ownersDvcc != DvccValues{})
            log::warn(
                "owners_value_ignored bank={} the state file holds a value of the GX's feed-in "
                "or DVCC setting for a bank that is not the one in charge; look there whether "
                "they are as you want them",
                bank);
    }
    ownersOfBanks_.clear();
    if (!state.sites.empty() || taken == SiteMemory{})
        return;
    keep(state.sites, "", taken);
    saved_.sites = state.sites; // it is on disk, in the old form
}

/// True if it was written.
bool StateStore::write() {
    const std::string error = replaceKept(file_, isInTheWay_, stateText(state));
    if (error.empty())
        saved_ = state;
    said(error);
    return error.empty();
}

void StateStore::said(const std::string& error) {
    if (error == lastError_)
        return;
    if (error.empty())
        log::info("state_saved_again file={}", file_);
    else
        log::warn("state_not_saved reason=\"{}\" going on without", error);
    lastError_ = error;
}

std::string replaceKept(const std::string& file, bool& isInTheWay, const std::string& text) {
    if (file.empty())
        return "there is no folder for it: give state_dir, STATE_DIRECTORY, XDG_STATE_HOME or HOME";
    if (isInTheWay) {
        if (std::string error = setAside(file).error; !error.empty())
            return error;
        isInTheWay = false;
    }
    return replaceFile(file, text);
}

std::string stateFolderOf(const StatePlaces& places) {
    if (!places.stateDirectory.empty())
        return places.stateDirectory;
    if (places.isGx)
        return places.hasOldState ? "/data/conf/busbar" : "/data/conf/busbar/state";
    if (places.isRoot)
        return "/var/lib/busbar";
    if (!places.xdgStateHome.empty())
        return places.xdgStateHome + "/busbar";
    return places.home.empty() ? "" : places.home + "/.local/state/busbar";
}

std::string defaultStateFolder() {
    const std::string old = "/data/conf/busbar";
    return stateFolderOf({.stateDirectory = environment("STATE_DIRECTORY"),
                          .isGx = ::access("/data/conf", F_OK) == 0,
                          .hasOldState = keepsState(old) && !keepsState(old + "/state"),
                          .isRoot = ::geteuid() == 0,
                          .xdgStateHome = environment("XDG_STATE_HOME"),
                          .home = environment("HOME")});
}

} // namespace busbar
