// SPDX-License-Identifier: MIT
// Recordings of MQTT messages as JSON lines: reading, writing.
#pragma once

#include "core/now.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// One message. Shape of its line:
/// `{"t":12.5,"initial":false,"topic":"N/…","payload":"{\"value\":1}"}`; `t` in seconds from the
/// start, 0 to 10⁷ and never less than in the line before; `initial` may be absent.
struct Record {
    std::chrono::milliseconds at{0};
    bool isInitial{false}; ///< state at the start, not a change
    std::string topic;
    std::string payload;
    /// What the clock showed at t = 0; in the first line only: `"wall":1782907200`, seconds since
    /// 1970, or a date (wall_text.hpp).
    std::optional<WallTime> wall{};
};

/// What to do with a line that is none of these.
enum class OnBadLine : std::uint8_t {
    Skip, ///< remember it and go on
    Fail, ///< throw
};

/// Reads line by line; keeps one line in memory.
class RecordingReader {
public:
    /// `name` stands in front of the complaints: "lp.jsonl:12: no topic".
    RecordingReader(std::istream& in, std::string name, OnBadLine onBadLine);

    /// Nothing at the end. Empty lines do not count. Throws std::runtime_error for a bad line
    /// (OnBadLine::Fail) and if the file cannot be read on.
    [[nodiscard]] std::optional<Record> next();

    /// The first lines that were skipped, as text; `badLines` counts all.
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
    [[nodiscard]] std::size_t badLines() const { return badLines_; }
    /// "lp.jsonl:12: …" if the last line is the beginning of one, as power cuts, full disks and
    /// copies of what is still being written leave it. No bad line: all before it is good.
    [[nodiscard]] const std::string& cutOff() const { return cutOff_; }

private:
    [[nodiscard]] bool readLine();
    [[nodiscard]] std::string place() const;
    [[nodiscard]] bool isCutOff() const;
    void complain(std::string_view what);

    std::istream& in_;
    std::string name_;
    OnBadLine onBadLine_;
    std::string line_;
    bool isTooLong_{false};
    bool hasEnd_{false};  ///< the line has
    bool hasGood_{false}; ///< some line was
    std::string cutOff_;
    std::size_t number_{0};
    std::chrono::milliseconds last_{0};
    std::vector<std::string> complaints_;
    std::size_t badLines_{0};
};

/// A whole file; of one that is cut off, which is said on standard error, all up to there. Throws
/// std::runtime_error that names the file if it cannot be opened, or has a bad line.
[[nodiscard]] std::vector<Record> readRecording(const std::string& file);

/// Appends one line. False when the stream has failed (disk full); later calls try again. Payloads
/// and topics that are not UTF-8 lose the bytes that are not (U+FFFD stands for them): JSON has no
/// others.
[[nodiscard]] bool writeRecord(std::ostream& out, const Record& record);

} // namespace busbar
