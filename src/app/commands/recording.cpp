// SPDX-License-Identifier: MIT
// One JSON object per line: what makes a line good, and how it is written.
#include "app/commands/recording.hpp"

#include "app/view/wall_text.hpp"
#include "core/utf8.hpp"
#include "mqtt/venus/venus_json.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

namespace busbar {

namespace {

// The largest MQTT message that a Venus broker takes is 16 MiB; battery values have a hundred
// bytes.
constexpr std::size_t kLongestLine = std::size_t{1024} * 1024;
constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostComplaints = 20;
// Seconds, four months: played a hundred times slower it still fits a clock's nanoseconds.
constexpr double kLatest = 1e7;

constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

using Parsed = std::variant<Record, std::string_view>; // or what is wrong

const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string textOf(const rapidjson::Value& json) {
    return {json.GetString(), json.GetStringLength()};
}

std::string asJson(const rapidjson::Value& json) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    json.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::optional<WallTime> wallOf(const rapidjson::Value& json) {
    if (json.IsNumber())
        return wallTimeOf(json.GetDouble());
    return json.IsString() ? wallTimeOf(std::string_view(textOf(json))) : std::nullopt;
}

std::string_view faultOf(const rapidjson::Value& line) {
    const auto* at = member(line, "t");
    if (at == nullptr || !at->IsNumber() || !(at->GetDouble() >= 0.0 && at->GetDouble() <= kLatest))
        return "\"t\" is not a number of seconds from 0 to 10000000";
    const auto* topic = member(line, "topic");
    if (topic == nullptr || !topic->IsString() || topic->GetStringLength() == 0)
        return "\"topic\" is not a text";
    const auto* payload = member(line, "payload");
    if (payload == nullptr || (!payload->IsString() && !payload->IsObject()))
        return "\"payload\" is neither a text nor an object";

    const auto* initial = member(line, "initial");
    if (initial != nullptr && !initial->IsBool())
        return "\"initial\" is neither true nor false";
    if (const auto* wall = member(line, "wall"); wall != nullptr && !wallOf(*wall))
        return "\"wall\" is neither a number of seconds since 1970 nor a date, of 2000 to 2199";
    return {};
}

Record recordOf(const rapidjson::Value& line) {
    const auto* at = member(line, "t");
    const auto* payload = member(line, "payload");
    const auto* initial = member(line, "initial");
    const auto* wall = member(line, "wall");
    return {.at = std::chrono::milliseconds(std::llround(at->GetDouble() * 1000.0)),
            .isInitial = initial != nullptr && initial->GetBool(),
            .topic = textOf(*member(line, "topic")),
            .payload = payload->IsString() ? textOf(*payload) : asJson(*payload),
            .wall = wall != nullptr ? wallOf(*wall) : std::nullopt};
}

/// An object as payload is written out again by a function that calls itself for each level.
bool isTooDeep(std::string_view text) {
    std::size_t depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (inText && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            inText = !inText;
        else if (!inText && (text[i] == '{' || text[i] == '['))
            ++depth;
        else if (!inText && (text[i] == '}' || text[i] == ']') && depth > 0)
            --depth;
        if (depth > kDeepest)
            return true;
    }
    return false;
}

Parsed parseLine(const std::string& text) {
    if (isTooDeep(text))
        return "nested too deeply";
    rapidjson::Document line;
    line.Parse<kFlags>(text.data(), text.size());
    if (line.HasParseError() || !line.IsObject())
        return "not a JSON object";
    if (const auto fault = faultOf(line); !fault.empty())
        return fault;
    Record record = recordOf(line);
    if (!isUtf8(record.topic) ||
        !isUtf8(record.payload)) // RapidJSON takes a lone second half for a character
        return "a \\u escape is only half a character";
    return record;
}

} // namespace

RecordingReader::RecordingReader(std::istream& in, std::string name, OnBadLine onBadLine)
    : in_(in), name_(std::move(name)), onBadLine_(onBadLine) {}

bool RecordingReader::readLine() {
    line_.clear();
    isTooLong_ = false;
    ++number_;
    char c = 0;
    bool hasAny = false;
    hasEnd_ = false;
    while (in_.get(c) && (hasAny = true) && !(hasEnd_ = c == '\n')) {
        if (line_.size() < kLongestLine)
            line_.push_back(c);
        else
            isTooLong_ = true;
    }
    if (in_.bad())
        throw std::runtime_error(place() + "cannot be read");
    if (line_.ends_with('\r'))
        line_.pop_back();
    return hasAny;
}

std::string RecordingReader::place() const {
    return name_ + ":" + std::to_string(number_) + ": ";
}

bool RecordingReader::isCutOff() const {
    return !hasEnd_ && hasGood_ && line_.starts_with('{');
}

void RecordingReader::complain(std::string_view what) {
    std::string text = place() + std::string(what);
    if (onBadLine_ == OnBadLine::Fail)
        throw std::runtime_error(text);
    ++badLines_;
    if (complaints_.size() < kMostComplaints)
        complaints_.push_back(std::move(text));
}

std::optional<Record> RecordingReader::next() {
    while (readLine()) {
        if (line_.find_first_not_of(" \t") == std::string::npos)
            continue;
        Parsed parsed = isTooLong_ ? Parsed("longer than 1 MiB") : parseLine(line_);
        auto* record = std::get_if<Record>(&parsed);
        if (record == nullptr && isCutOff()) {
            cutOff_ = place() + "cut off in the middle; what is before it is taken";
        } else if (record == nullptr) {
            complain(std::get<std::string_view>(parsed));
        } else if (record->at < last_) {
            complain("\"t\" is less than in the line before");
        } else {
            last_ = record->at;
            hasGood_ = true;
            return std::move(*record);
        }
    }
    return std::nullopt;
}

std::vector<Record> readRecording(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw std::runtime_error("cannot open recording " + file + ": " +
                                 std::generic_category().message(errno));
    RecordingReader reader(in, file, OnBadLine::Fail);
    std::vector<Record> records;
    while (auto record = reader.next())
        records.push_back(std::move(*record));
    if (!reader.cutOff().empty())
        std::fputs(("busbar: " + reader.cutOff() + "\n").c_str(), stderr);
    return records;
}

bool writeRecord(std::ostream& out, const Record& record) {
    std::string line = R"({"t":)";
    mqtt::appendJsonNumber(line, static_cast<double>(record.at.count()) / 1000.0, WireType::Double);
    if (record.wall)
        line +=
            ",\"wall\":" +
            std::to_string(
                std::chrono::floor<std::chrono::seconds>(record.wall->time_since_epoch()).count());
    line += record.isInitial ? R"(,"initial":true,"topic":)" : R"(,"topic":)";
    mqtt::appendJsonText(line, record.topic);
    line += R"(,"payload":)";
    mqtt::appendJsonText(line, record.payload);
    line += "}\n";
    out.clear();
    out << line << std::flush;
    return out.good();
}

} // namespace busbar
