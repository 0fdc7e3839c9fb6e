// SPDX-License-Identifier: MIT
// The owner's choices at run time, kept twice and apart from everything that may be lost.
#pragma once

#include "core/now.hpp"
#include "core/table/controls.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace busbar {

/// By bank id.
using Choices = std::map<std::string, Controls>;

/// Shape: lines `<check> <JSON>`, check = fingerprint of the JSON, 16 hex digits:
/// `… {"busbar_choices":1,"number":17}`, one
/// `… {"bank":"main","max_charge_A":50.0,"max_discharge_A":null,"out_of_service":["serial_2"]}` per
/// bank, and `… {"end":17}`. A choice that is not known has no key; `"unconfirmed":true` where
/// what stands there is only the strictest that was known. So each line counts for itself, and what
/// is left of a damaged file is what was written, or nothing.
[[nodiscard]] std::string choicesText(const Choices& choices, std::uint64_t number);

struct ParsedChoices {
    Choices banks;                       ///< of a file that is not whole: those that can be read
    std::optional<std::uint64_t> number; ///< counts the writes; the higher one is newer
    std::string error;                   ///< empty = the file is whole
};
[[nodiscard]] ParsedChoices parseChoices(const std::string& text);

/// What the state file says of the same, which held the choices alone up to version 0.3.
struct StateChoices {
    enum class Source : std::uint8_t { Absent, Read, Unreadable };
    Source source{Source::Absent};
    Choices banks;
    /// Of the choices that were in force when it was written (`ChoicesStore::number`); nothing from
    /// a version that keeps them nowhere else.
    std::optional<std::uint64_t> number{};
};

/// Two files, `choices.1` and `choices.2`, written one after the other, so that one of them is
/// whole at any time. Never fails the program.
///
/// What counts at a start: the newest whole file; one that is damaged or missing is made again from
/// the other, and kept aside. With neither of them: the state file, if it can be read; none of the
/// three is a first start. In every other case there were choices that nobody can read, or that are
/// not known to be the last: beside a whole file, one that is damaged and not known to be older, or
/// a state file that says something else and does not say that it is older, because version 0.3
/// knows only that one. Then the strictest that is known holds (`strictest`, of every part that can
/// be read), what is not known at all is closed (controls.hpp), and this lasts, restarts included,
/// until the owner confirms.
/// A dark house is the price, on purpose: the ceiling may be what a cable bears, and the battery
/// that was taken out may be the one that is broken; that the three files are lost at once is rare,
/// and one message of the owner ends it.
class ChoicesStore {
public:
    /// `folder` empty = there is none, nothing is kept.
    explicit ChoicesStore(const std::string& folder);

    void load(const StateChoices& state);
    /// What is known of this bank, from now on one of those that are kept.
    [[nodiscard]] const Controls& of(const std::string& bank);
    /// Kept by the next `save`.
    void note(const std::string& bank, const Controls& controls);
    /// Writes each file that lacks what has changed. One that failed is tried again after a minute,
    /// or when something changes, and leaves the other alone; said once, and once when it works
    /// again. No time = now or never.
    void save(std::optional<SteadyTime> now);
    /// Of what is in force, for the state file: grows with each change.
    [[nodiscard]] std::uint64_t number() const { return number_; }

private:
    struct File {
        std::string path;
        bool isInTheWay{false}; ///< unreadable, not yet kept aside: must not be replaced
        bool isDue{false};      ///< does not hold `choices_`
        std::optional<SteadyTime> failedAt{};
        std::string error{};
    };
    void take(const ParsedChoices& newest, const std::array<ParsedChoices, 2>& read,
              const StateChoices& state);
    void doubt(const std::array<ParsedChoices, 2>& read, const StateChoices& state);
    void takeState(const StateChoices& state);
    void heedState(const StateChoices& state);
    void change();
    void sayDoubt() const;
    void keepAside(File& file, const std::string& reason);
    void write(File& file, const std::string& text, std::optional<SteadyTime> now);
    void said(const std::string& error, bool isKeptOnce);

    std::array<File, 2> files_;
    Choices choices_;
    bool isRestInDoubt_{false}; ///< of banks that are not among `choices_` nothing is known
    std::uint64_t number_{0};
    std::string lastError_;
};

} // namespace busbar
