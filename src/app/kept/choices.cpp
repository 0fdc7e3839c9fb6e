// SPDX-License-Identifier: MIT
// Which record of the owner's choices counts, and how the two are kept.
#include "app/kept/choices.hpp"

#include "app/kept/state.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/set_aside.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

constexpr std::size_t kLargestChoices =
    std::size_t{256} * 1024; // 64 batteries of 16 banks take a tenth
constexpr auto kRetryChoicesAfter = std::chrono::minutes(1); // as the state file

enum class Found : std::uint8_t { Absent, Whole, Damaged };

Found foundOf(const std::string& path, ParsedChoices& parsed) {
    std::string error;
    const auto text = readWholeFile(path, kLargestChoices, error);
    if (!text && !isThere(path))
        return Found::Absent;
    parsed = text ? parseChoices(*text) : ParsedChoices{{}, {}, "cannot be read: " + error};
    return parsed.error.empty() ? Found::Whole : Found::Damaged;
}

bool isNewer(const ParsedChoices& a, const ParsedChoices& b) {
    return a.number.value_or(0) > b.number.value_or(0);
}

/// One without a number that can be read may be of any age.
bool isPerhapsNewer(const ParsedChoices& damaged, const ParsedChoices& whole) {
    return !damaged.number || isNewer(damaged, whole);
}

/// What one record knows of a bank; of one that it does not have, nothing.
Controls knownOf(const Choices& record, const std::string& bank) {
    const auto found = record.find(bank);
    Controls known = found == record.end() ? Controls{{}, {}, {}, kAllInDoubt} : found->second;
    known.doubt.isUnconfirmed = true;
    return known;
}

bool isSameChoice(const Controls& a, const Controls& b) {
    return a.outOfService == b.outOfService &&
           std::ranges::all_of(kCeilings, [&](const Ceiling* ceiling) {
               return a.*ceiling->value_A == b.*ceiling->value_A;
           });
}

/// What a state file says beside another record. That it says nothing answers no doubt: it has no
/// words for one. What of it cannot be read says nothing either.
Controls besides(const Controls& known, Controls ofState) {
    ControlsDoubt doubt{.isUnconfirmed = true, .isServiceUnknown = known.doubt.isServiceUnknown};
    for (const Ceiling* ceiling : kCeilings) {
        if (ofState.doubt.*ceiling->isUnknown)
            ofState.*ceiling->value_A = known.*ceiling->value_A;
        doubt.*ceiling->isUnknown = known.doubt.*ceiling->isUnknown && !(ofState.*ceiling->value_A);
    }
    if (ofState.doubt.isServiceUnknown)
        ofState.outOfService.insert(known.outOfService.begin(), known.outOfService.end());
    ofState.doubt = doubt;
    return ofState;
}

bool isAnyChosen(const Choices& choices) {
    return std::ranges::any_of(choices, [](const auto& entry) {
        const Controls& controls = entry.second;
        return !controls.outOfService.empty() ||
               std::ranges::any_of(kCeilings, [&controls](const Ceiling* ceiling) {
                   return (controls.*ceiling->value_A).has_value();
               });
    });
}

} // namespace

ChoicesStore::ChoicesStore(const std::string& folder) {
    if (folder.empty())
        return;
    files_[0].path = folder + "/choices.1";
    files_[1].path = folder + "/choices.2";
}

void ChoicesStore::load(const StateChoices& state) {
    std::array<ParsedChoices, 2> read;
    std::array<Found, 2> found{};
    number_ = state.number.value_or(0);
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
        files_.at(i).isDue = found.at(i) != Found::Whole || isNewer(*newest, read.at(i));
    }
    if (newest != nullptr) {
        take(*newest, read, state);
    } else {
        if (std::ranges::find(found, Found::Damaged) != found.end())
            doubt(read, state);
        else
            takeState(state);
        change();
    }
    sayDoubt();
}

/// What may have been said after the newest whole one: then that is not the last word.
void ChoicesStore::take(const ParsedChoices& newest, const std::array<ParsedChoices, 2>& read,
                        const StateChoices& state) {
    choices_ = newest.banks;
    for (const ParsedChoices& other : read) {
        if (other.error.empty() || !isPerhapsNewer(other, newest))
            continue;
        for (const auto& [bank, controls] : other.banks)
            choices_.try_emplace(bank);
        for (auto& [bank, controls] : choices_)
            controls = strictest(controls, knownOf(other.banks, bank));
    }
    if (!state.number || *state.number > newest.number.value_or(0))
        heedState(state);
    if (choices_ != newest.banks)
        change();
}

/// Of the bank that an earlier version, or a disk that took only this file, gave a choice last.
void ChoicesStore::heedState(const StateChoices& state) {
    for (const auto& [bank, controls] : state.banks) {
        const auto known = choices_.find(bank);
        const Controls before = known == choices_.end() ? Controls{} : known->second;
        const Controls said = besides(before, controls);
        if (!isSameChoice(before, said))
            choices_[bank] = strictest(before, said);
    }
}

/// What is in force is not what the files hold.
void ChoicesStore::change() {
    ++number_;
    for (File& file : files_) {
        file.isDue = true;
        file.failedAt.reset();
    }
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
    change();
}

void ChoicesStore::save(std::optional<SteadyTime> now) {
    const auto isDue = [&now](const File& file) {
        const bool waits = now && file.failedAt && *now - *file.failedAt < kRetryChoicesAfter;
        return file.isDue && !waits;
    };
    if (std::ranges::none_of(files_, isDue))
        return;
    const std::string text = choicesText(choices_, number_);
    for (File& file : files_)
        if (isDue(file))
            write(file, text, now);
    const auto failed = std::ranges::find_if(files_, &File::isDue);
    said(failed == files_.end() ? "" : failed->error, !files_[0].isDue || !files_[1].isDue);
}

void ChoicesStore::write(File& file, const std::string& text, std::optional<SteadyTime> now) {
    file.error = replaceKept(file.path, file.isInTheWay, text);
    file.isDue = !file.error.empty();
    file.failedAt = file.isDue ? now : std::nullopt;
}

void ChoicesStore::said(const std::string& error, bool isKeptOnce) {
    if (error == lastError_)
        return;
    if (error.empty())
        log::info("choices_saved_again file={}", files_[0].path);
    else
        log::error("choices_not_saved reason=\"{}\" {}", error,
                   isKeptOnce ? "only one of the two files holds what the owner sets"
                              : "what the owner sets now holds until the end of this run");
    lastError_ = error;
}

} // namespace busbar
