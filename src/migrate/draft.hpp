// SPDX-License-Identifier: MIT
// What comes of a peer's installation while it is translated: settings with their origin, and the
// report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::migrate {

/// Where a line of the report stands.
enum class Part : std::uint8_t { TakenOver, Differs, NoCounterpart };

/// What became of one thing that the peer was told.
struct Line {
    Part part = Part::TakenOver;
    std::string option; ///< as the peer calls it
    std::string text;   ///< one line, without its end
};

/// One option of ours.
struct Setting {
    std::string key;     ///< with the dots of `config/OPTIONS.md`: "limits.max_charge_A"
    std::string json;    ///< its value as JSON
    std::string comment; ///< where it comes from; one line
};

/// Grows while options are walked.
struct Draft {
    std::vector<Setting> settings;     ///< of one key the last counts
    std::vector<Line> lines;           ///< in the order in which they were said
    std::vector<std::string> mistakes; ///< what is wrong in the peer's files, the first 100
    std::size_t furtherMistakes = 0;   ///< those that are counted only

    void set(std::string_view key, std::string json, std::string comment);
    void say(Part part, std::string_view option, std::string text);
    /// A mistake is said once. Of a file that is none of the peer's the first ones say enough.
    void blame(std::string text);

    /// Nullptr if it is not set.
    [[nodiscard]] const Setting* find(std::string_view key) const;
};

/// A JSON configuration with the comments above its lines; `head` is the comment at its top, lines
/// without slashes.
[[nodiscard]] std::string configText(const Draft& draft, const std::vector<std::string>& head);

/// The report: mistakes, if there are any, and its three parts, which are always there.
[[nodiscard]] std::string reportText(const Draft& draft);

/// The shortest that reads as the same number: 3.45, 200.
[[nodiscard]] std::string numberText(double number);
/// `[3.5, 3.45]`
[[nodiscard]] std::string listText(const std::vector<double>& numbers);
/// A text as JSON, in quotes.
[[nodiscard]] std::string inQuotes(std::string_view text);
/// `["a", "b"]`
[[nodiscard]] std::string textsText(const std::vector<std::string>& texts);
/// A point of a curve, or a pair of anything.
struct CurvePoint {
    double at = 0.0;
    double factor = 0.0; ///< 0 … 1

    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};
/// `[[2.9, 0], [3, 1]]`
[[nodiscard]] std::string curveText(const std::vector<CurvePoint>& points);

} // namespace busbar::migrate
