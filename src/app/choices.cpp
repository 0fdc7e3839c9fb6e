// SPDX-License-Identifier: MIT
// Which record of the owner's choices counts, and how the two are kept.
#include "app/choices.hpp"

#include "app/state.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/set_aside.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

constexpr std::size_t kLargest = std::size_t{256} * 1024; // 64 batteries of 16 banks take a tenth
constexpr auto kRetryAfter = std::chrono::minutes(1);     // as the state file

enum class Found : std::uint8_t { Absent, Whole, Damaged };

Found foundOf(const std::string& path, ParsedChoices& parsed) {
    std::string error;
    const auto text = readWholeFile(path, kLargest, error);
    if (!text && !isThere(path))
        return Found::Absent;
    parsed = text ? parseChoices(*text) : ParsedChoices{{}, {}, "cannot be read: " + error};
    return parsed.error.empty() ? Found::Whole : Found::Damaged;
}

bool isNewer(const ParsedChoices& a, const ParsedChoices& b) {
    return a.number.value_or(0) > b.number.value_or(0);
}

/// What one record knows of a bank; of one that it does not have, nothing.
Controls knownOf(const Choices& record, const std::string& bank) {
    const auto found = record.find(bank);
    Controls known = found == record.end() ? Controls{{}, {}, {}, kAllInDoubt} : found->second;
    known.doubt.isUnconfirmed = true;
    return known;
}

bool isAnyChosen(const Choices& choices) {
    return std::ranges::any_of(choices, [](const auto& entry) {
        const Controls& controls = entry.second;
        return controls.maxCharge_A || controls.maxDischarge_A || !controls.outOfService.empty();
    });
}

} // namespace

ChoicesStore::ChoicesStore(const std::string& folder) {
    const std::string place = (folder.empty() ? defaultStateFolder() : folder) + "/choices.";
    files_[0].path = place + "1";
    files_[1].path = place + "2";
}

void ChoicesStore::load(const StateChoices& state) {
    std::array<ParsedChoices, 2> read;
    std::array<Found, 2> found{};
    for (std::size_t i = 0; i < files_.size(); ++i) {
        found.at(i) = foundOf(files_.at(i).path, read.at(i));
        number_ = std::max(number_, read.at(i).number.value_or(0));
    }
    const ParsedChoices* newest = nullptr;
    for (std::size_t i = 0; i < files_.size(); ++i)
        if (found.at(i) == Found::Whole && (newest == nullptr || isNewer(read.at(i), *newest)))
            newest = &read.at(i);
    for (std::size_t i = 0; i < files_.size(); ++i) {
        if (found.at(i) == Found::Damaged)
            keepAside(files_.at(i), read.at(i).error);
        else if (found.at(i) == Found::Absent && newest != nullptr)
            log::warn("choices_missing file={} made again from the other", files_.at(i).path);
        files_.at(i).isDue = newest == nullptr || read.at(i).number != newest->number;
    }
    if (newest != nullptr)
        take(*newest, read);
    else if (std::ranges::find(found, Found::Damaged) != found.end())
        doubt(read, state);
    else
        takeState(state);
    sayDoubt();
}

/// The damaged one may be newer than the whole one: then that is not the last word.
void ChoicesStore::take(const ParsedChoices& newest, const std::array<ParsedChoices, 2>& read) {
    choices_ = newest.banks;
    const auto isLater = [&newest](const ParsedChoices& other) { return isNewer(other, newest); };
    const auto later = std::ranges::find_if(read, isLater);
    if (later == read.end())
        return;
    for (const auto& [bank, controls] : later->banks)
        choices_.try_emplace(bank);
    for (auto& [bank, controls] : choices_)
        controls = strictest(controls, knownOf(later->banks, bank));
}

void ChoicesStore::doubt(const std::array<ParsedChoices, 2>& read, const StateChoices& state) {
    isRestInDoubt_ = true;
    for (const Choices* record : {&read[0].banks, &read[1].banks, &state.banks})
        for (const auto& [bank, controls] : *record)
            choices_[bank] = strictest(choices_.contains(bank) ? choices_[bank] : knownOf({}, bank),
                                       knownOf(*record, bank));
}

void ChoicesStore::takeState(const StateChoices& state) {
    choices_ = state.banks;
    isRestInDoubt_ = state.source == StateChoices::Source::Unreadable;
    if (isAnyChosen(choices_))
        log::warn("choices_missing taken from the state file");
}

void ChoicesStore::sayDoubt() const {
    const bool isAny = std::ranges::any_of(
        choices_, [](const auto& entry) { return entry.second.doubt.isUnconfirmed; });
    if (isAny || isRestInDoubt_)
        log::error("choices_unknown the owner's ceilings and batteries out of service cannot be "
                   "read, or were not confirmed since: the strictest that is known holds, and "
                   "what is not known at all is closed. Set them again and confirm with PRESS "
                   "on …/set/bank/<bank>/confirm_choices, or stop Busbar and delete {} and {}",
                   files_[0].path, files_[1].path);
}

void ChoicesStore::keepAside(File& file, const std::string& reason) {
    const SetAside aside = setAside(file.path);
    file.isInTheWay = !aside.error.empty();
    log::warn("choices_damaged file={} reason=\"it {}\" {}", file.path, reason,
              file.isInTheWay ? aside.error : "kept as " + aside.name);
}

const Controls& ChoicesStore::of(const std::string& bank) {
    return choices_.try_emplace(bank, isRestInDoubt_ ? knownOf({}, bank) : Controls{})
        .first->second;
}

void ChoicesStore::note(const std::string& bank, const Controls& controls) {
    const auto [entry, isNew] = choices_.try_emplace(bank, controls);
    if (!isNew && entry->second == controls)
        return;
    entry->second = controls;
    for (File& file : files_)
        file.isDue = true;
    failedAt_.reset();
}

void ChoicesStore::save(std::optional<SteadyTime> now) {
    const bool isDue = files_[0].isDue || files_[1].isDue;
    if (!isDue || (now && failedAt_ && *now - *failedAt_ < kRetryAfter))
        return;
    const std::string text = choicesText(choices_, ++number_);
    std::string error;
    for (File& file : files_)
        if (const std::string failed = write(file, text); !failed.empty())
            error = failed;
    failedAt_ = error.empty() ? std::nullopt : now;
    said(error);
}

std::string ChoicesStore::write(File& file, const std::string& text) {
    file.isDue = true; // the other one is written with a higher number
    if (file.isInTheWay)
        if (SetAside aside = setAside(file.path); !aside.error.empty())
            return aside.error;
    file.isInTheWay = false;
    std::string error = replaceFile(file.path, text);
    file.isDue = !error.empty();
    return error;
}

void ChoicesStore::said(const std::string& error) {
    if (error == lastError_)
        return;
    if (error.empty())
        log::info("choices_saved_again file={}", files_[0].path);
    else
        log::error("choices_not_saved reason=\"{}\" what the owner sets now holds until the end "
                   "of this run",
                   error);
    lastError_ = error;
}

} // namespace busbar
