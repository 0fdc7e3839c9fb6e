// SPDX-License-Identifier: MIT
// The text of the state file: tables of its fields, read and written by the same lines.
#include "app/state.hpp"
#include "core/battery.hpp"
#include "core/display_name.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace busbar {

namespace {

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "busbar_state";
constexpr const char* kAnnouncedKey = "announced";
constexpr const char* kChoicesKey = "choices_number";

const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using Messages = std::vector<std::string>;

std::string textOf(const rapidjson::Value& json) {
    return {json.GetString(), json.GetStringLength()};
}

/// End of the text literal that begins at `at`.
std::size_t endOfText(const std::string& text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\')
            ++at;
    return std::min(at + 1, text.size());
}

/// The end of the digits from `at` on; `at` itself where there are none.
std::size_t endOfDigits(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of("0123456789", at), text.size());
}

/// A number as JSON has them, which a double holds.
bool isNumber(std::string_view text) {
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    std::size_t end = endOfDigits(text, first);
    if (end == first || (text[first] == '0' && end > first + 1))
        return false;
    for (const std::string_view marks : {".", "eE"}) {
        if (end == text.size() || marks.find(text[end]) == std::string_view::npos)
            continue;
        const bool hasSign =
            marks != "." && end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
        const std::size_t digits = end + (hasSign ? 2 : 1);
        end = endOfDigits(text, digits);
        if (end == digits)
            return false;
    }
    double value = 0.0;
    return end == text.size() &&
           std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

bool isWord(std::string_view text) {
    return text == "true" || text == "false" || text == "null";
}

bool isOfWord(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.';
}

/// Puts what is neither a word of JSON nor a number that a double holds (NaN, -Infinity, 1e999)
/// into quotes: the parser would refuse the whole text for one of them.
std::string withoutWrongNumbers(const std::string& text) {
    std::string result;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
        end = at + 1;
        if (text[at] == '"')
            end = endOfText(text, at);
        while (isOfWord(text[at]) && end < text.size() && isOfWord(text[end]))
            ++end;
        const std::string_view piece = std::string_view(text).substr(at, end - at);
        const bool isWrong = isOfWord(text[at]) && !isWord(piece) && !isNumber(piece);
        result.append(isWrong ? "\"" : "").append(piece).append(isWrong ? "\"" : "");
    }
    return result;
}

/// What is shown of a value that is not taken. Not the inside of an object or list, which may be
/// deeper than the stack.
std::string shown(const rapidjson::Value& json) {
    constexpr std::size_t kLongest = 40;
    if (json.IsObject() || json.IsArray())
        return json.IsObject() ? "an object" : "a list";
    if (json.IsString())
        return "\"" + textOf(json).substr(0, kLongest) + "\"";
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    json.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

template <class Owner>
void writeNumbers(Writer& writer, const Owner& owner, std::span<const NumberField<Owner>> fields) {
    for (const auto& field : fields) {
        const auto value = field.get(owner);
        if (!value || !field.allows(*value))
            continue;
        writer.Key(field.key.data(), static_cast<rapidjson::SizeType>(field.key.size()));
        writer.Double(*value);
    }
}

template <class Owner>
void readNumbers(const rapidjson::Value& json, Owner& owner,
                 std::span<const NumberField<Owner>> fields, const std::string& place,
                 Messages& dropped) {
    for (const auto& field : fields) {
        const rapidjson::Value* value = member(json, field.key.data());
        if (value == nullptr)
            continue;
        if (value->IsNumber() && field.allows(value->GetDouble()))
            field.set(owner, value->GetDouble());
        else
            dropped.push_back(refusal(place + std::string(field.key), shown(*value), field.lowest,
                                      field.highest));
    }
}

/// A value that is no number: its key, what is allowed, how it is written, how it is read. `read`
/// is false if the value is not taken.
template <class Owner>
struct OtherField {
    const char* key{nullptr};
    std::string_view allowed;
    void (*write)(Writer&, const Owner&);
    bool (*read)(const rapidjson::Value&, Owner&);
};

void writeText(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

bool readText(const rapidjson::Value& json, std::string& text) {
    if (json.IsString())
        text = textOf(json);
    return json.IsString();
}

/// What of it can be a name.
bool readName(const rapidjson::Value& json, std::string& name) {
    if (json.IsString())
        name = fittedName(textOf(json));
    return json.IsString();
}

/// As many as are ever announced (mqtt/ha_discovery.hpp).
constexpr std::size_t kMostAnnounced = 256;

void writeTexts(Writer& writer, const std::set<std::string>& texts) {
    writer.StartArray();
    for (const std::string& text : texts)
        writeText(writer, text);
    writer.EndArray();
}

/// Takes what is good; false if something was not.
bool readTexts(const rapidjson::Value& json, std::set<std::string>& texts, std::size_t most) {
    if (!json.IsArray())
        return false;
    bool isAllTaken = true;
    for (const auto& entry : json.GetArray()) {
        const bool isGood = entry.IsString() && texts.size() < most;
        if (isGood)
            texts.insert(textOf(entry));
        isAllTaken = isAllTaken && isGood;
    }
    return isAllTaken;
}

template <class Enum, std::size_t Count>
bool readWord(const rapidjson::Value& json, const std::array<std::string_view, Count>& words,
              Enum& target) {
    if (!json.IsString())
        return false;
    const auto found = std::ranges::find(words, std::string_view(textOf(json)));
    if (found == words.end())
        return false;
    target = static_cast<Enum>(found - words.begin());
    return true;
}

void writeCells(Writer& writer, const WeakCells& cells) {
    writer.StartObject();
    for (const CellTally& entry : cells.tallies) {
        writeText(writer, entry.cell);
        writer.Double(entry.seconds);
    }
    writer.EndObject();
}

/// Takes what is good; false if something was not.
bool readCells(const rapidjson::Value& json, WeakCells& cells) {
    if (!json.IsObject())
        return false;
    bool isAllTaken = true;
    for (const auto& entry : json.GetObject()) {
        const bool isGood = entry.value.IsNumber() && entry.value.GetDouble() >= 0.0 &&
                            entry.value.GetDouble() <= kMostCellSeconds &&
                            cells.tallies.size() < kMostTallies && !textOf(entry.name).empty() &&
                            entry.name.GetStringLength() <= kLongestCellId;
        if (isGood)
            cells.tallies.push_back({textOf(entry.name), entry.value.GetDouble()});
        isAllTaken = isAllTaken && isGood;
    }
    return isAllTaken;
}

using M = MemberMemory;
using B = BankState;
using R = RememberedBattery;
using Json = rapidjson::Value;

constexpr std::string_view kCells = "at most 16 cells, each with 0 … 4000000000 seconds";

// clang-format off
constexpr auto kMemberOthers = std::to_array<OtherField<M>>({
    {"is_full", "true or false",
     [](Writer& w, const M& m) { w.Bool(m.counter.isFull); },
     [](const Json& j, M& m) { return j.IsBool() && (m.counter.isFull = j.GetBool(), true); }},
    {"lowest_cells", kCells,
     [](Writer& w, const M& m) { writeCells(w, m.stats.lowest); },
     [](const Json& j, M& m) { return readCells(j, m.stats.lowest); }},
    {"lowest_cell", "a text",
     [](Writer& w, const M& m) { writeText(w, m.stats.lowest.named); },
     [](const Json& j, M& m) { return readText(j, m.stats.lowest.named); }},
    {"highest_cells", kCells,
     [](Writer& w, const M& m) { writeCells(w, m.stats.highest); },
     [](const Json& j, M& m) { return readCells(j, m.stats.highest); }},
    {"highest_cell", "a text",
     [](Writer& w, const M& m) { writeText(w, m.stats.highest.named); },
     [](const Json& j, M& m) { return readText(j, m.stats.highest.named); }},
    {"is_lost", "true or false",
     [](Writer& w, const M& m) { w.Bool(m.isLost); },
     [](const Json& j, M& m) { return j.IsBool() && (m.isLost = j.GetBool(), true); }},
    {"is_stopped", "true or false",
     [](Writer& w, const M& m) { w.Bool(m.isStopped); },
     [](const Json& j, M& m) { return j.IsBool() && (m.isStopped = j.GetBool(), true); }},
});
constexpr auto kBookOthers = std::to_array<OtherField<R>>({
    {"serial", "a text",
     [](Writer& w, const R& r) { writeText(w, r.serial); },
     [](const Json& j, R& r) { return readText(j, r.serial); }},
    {"connection", "a text",
     [](Writer& w, const R& r) { writeText(w, r.connection); },
     [](const Json& j, R& r) { return readText(j, r.connection); }},
    {"name", "a text",
     [](Writer& w, const R& r) { writeText(w, r.name); },
     [](const Json& j, R& r) { return readText(j, r.name); }},
    {"product", "a text",
     [](Writer& w, const R& r) { writeText(w, r.product); },
     [](const Json& j, R& r) { return readText(j, r.product); }},
    {"wanted_name", "a text",
     [](Writer& w, const R& r) { writeText(w, r.wantedName); },
     [](const Json& j, R& r) { return readText(j, r.wantedName); }},
    {"given_name", "a text",
     [](Writer& w, const R& r) { writeText(w, r.givenName); },
     [](const Json& j, R& r) { return readText(j, r.givenName); }},
    {"path_name", "a text",
     [](Writer& w, const R& r) { writeText(w, r.pathName); },
     [](const Json& j, R& r) { return readText(j, r.pathName); }},
});
constexpr auto kBankOthers = std::to_array<OtherField<B>>({
    {"out_of_service", "a list of at most 64 ids of batteries",
     [](Writer& w, const B& b) { writeTexts(w, b.memory.controls.outOfService); },
     [](const Json& j, B& b) { return readTexts(j, b.memory.controls.outOfService, kMostRemembered); }},
    {"custom_name", "a text",
     [](Writer& w, const B& b) { writeText(w, b.customName); },
     [](const Json& j, B& b) { return readName(j, b.customName); }},
    {"settings_entry", "a text",
     [](Writer& w, const B& b) { writeText(w, b.settingsEntry); },
     [](const Json& j, B& b) { return readName(j, b.settingsEntry); }},
    {"balancing_stage", "idle, raised, holding or done",
     [](Writer& w, const B& b) { writeText(w, toText(b.memory.balancing.stage)); },
     [](const Json& j, B& b) { return readWord(j, kBalancingStageTexts, b.memory.balancing.stage); }},
    {"balancing_last_result", "none, succeeded or failed",
     [](Writer& w, const B& b) { writeText(w, toText(b.memory.balancing.lastResult)); },
     [](const Json& j, B& b) { return readWord(j, kBalancingResultTexts, b.memory.balancing.lastResult); }},
});
// clang-format on

template <class Owner>
void writeOthers(Writer& writer, const Owner& owner, std::span<const OtherField<Owner>> fields) {
    for (const auto& field : fields) {
        writer.Key(field.key);
        field.write(writer, owner);
    }
}

template <class Owner>
void readOthers(const rapidjson::Value& json, Owner& owner,
                std::span<const OtherField<Owner>> fields, const std::string& place,
                Messages& dropped) {
    for (const auto& field : fields) {
        const rapidjson::Value* value = member(json, field.key);
        if (value != nullptr && !field.read(*value, owner))
            dropped.push_back(place + field.key + ": " + shown(*value) +
                              " is not taken, allowed is " + std::string(field.allowed));
    }
}

/// An object with one entry per name; anything else is not taken.
template <class Read>
void readEach(const rapidjson::Value& json, const char* key, const std::string& place,
              Messages& dropped, Read read) {
    const rapidjson::Value* entries = member(json, key);
    if (entries == nullptr)
        return;
    if (!entries->IsObject()) {
        dropped.push_back(place + key + ": " + shown(*entries) +
                          " is not taken, allowed is an object");
        return;
    }
    for (const auto& entry : entries->GetObject()) {
        const std::string name = textOf(entry.name);
        std::string entryPlace = place + key;
        entryPlace.append(".").append(name);
        if (entry.value.IsObject())
            read(name, entry.value, entryPlace + ".");
        else
            dropped.push_back(entryPlace + ": " + shown(entry.value) +
                              " is not taken, allowed is an object");
    }
}

/// An object with one entry per id.
template <class Owner>
void writeEach(Writer& writer, const char* key, const std::map<std::string, Owner>& entries,
               std::span<const OtherField<Owner>> others,
               std::span<const NumberField<Owner>> numbers) {
    writer.Key(key);
    writer.StartObject();
    for (const auto& [id, entry] : entries) {
        writeText(writer, id);
        writer.StartObject();
        writeOthers(writer, entry, others);
        writeNumbers(writer, entry, numbers);
        writer.EndObject();
    }
    writer.EndObject();
}

void writeBank(Writer& writer, BankState bank) {
    bank.memory = sane(bank.memory).memory;
    writer.StartObject();
    writeOthers<B>(writer, bank, kBankOthers);
    writeNumbers(writer, bank.memory, bankNumbers());
    writeEach<M>(writer, "members", bank.memory.members, kMemberOthers, memberNumbers());
    writeEach<R>(writer, "book", bank.memory.book, kBookOthers, bookNumbers());
    writer.EndObject();
}

BankState readBank(const rapidjson::Value& json, const std::string& place, Messages& dropped) {
    BankState bank;
    readOthers<B>(json, bank, kBankOthers, place, dropped);
    readNumbers(json, bank.memory, bankNumbers(), place, dropped);
    readEach(json, "members", place, dropped,
             [&](const std::string& id, const rapidjson::Value& entry, const std::string& at) {
                 M& memory = bank.memory.members[id];
                 readOthers<M>(entry, memory, kMemberOthers, at, dropped);
                 readNumbers(entry, memory, memberNumbers(), at, dropped);
             });
    readEach(json, "book", place, dropped,
             [&](const std::string& id, const rapidjson::Value& entry, const std::string& at) {
                 R& battery = bank.memory.book[id];
                 readOthers<R>(entry, battery, kBookOthers, at, dropped);
                 readNumbers(entry, battery, bookNumbers(), at, dropped);
             });
    SaneMemory checked = sane(std::move(bank.memory));
    bank.memory = std::move(checked.memory);
    for (const std::string& message : checked.dropped)
        dropped.push_back(place + message);
    return bank;
}

/// What stands there and was not taken.
ControlsDoubt doubtIn(const rapidjson::Value& json, const Controls& taken) {
    std::set<std::string> batteries;
    const rapidjson::Value* service = member(json, "out_of_service");
    ControlsDoubt doubt;
    doubt.isChargeUnknown = member(json, "ceiling_charge_A") != nullptr && !taken.maxCharge_A;
    doubt.isDischargeUnknown =
        member(json, "ceiling_discharge_A") != nullptr && !taken.maxDischarge_A;
    doubt.isServiceUnknown = service != nullptr && !readTexts(*service, batteries, kMostRemembered);
    doubt.isUnconfirmed =
        doubt.isChargeUnknown || doubt.isDischargeUnknown || doubt.isServiceUnknown;
    return doubt;
}

ParsedState withError(std::string error) {
    ParsedState parsed;
    parsed.error = std::move(error);
    return parsed;
}

/// Of each bank of which something could not be taken.
std::map<std::string, ControlsDoubt> doubtsIn(const rapidjson::Value& banks, const State& taken) {
    std::map<std::string, ControlsDoubt> doubts;
    for (const auto& entry : banks.GetObject()) {
        const std::string id = textOf(entry.name);
        const auto bank = taken.banks.find(id);
        const ControlsDoubt doubt = bank == taken.banks.end()
                                        ? kAllInDoubt
                                        : doubtIn(entry.value, bank->second.memory.controls);
        if (doubt.isUnconfirmed)
            doubts[id] = doubt;
    }
    return doubts;
}

} // namespace

std::string stateText(const State& state) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    writer.Key(kVersionKey);
    writer.Int(kVersion);
    if (state.choicesNumber) {
        writer.Key(kChoicesKey);
        writer.Uint64(*state.choicesNumber);
    }
    writer.Key(kAnnouncedKey);
    writeTexts(writer, state.announced);
    writer.Key("banks");
    writer.StartObject();
    for (const auto& [id, bank] : state.banks) {
        writeText(writer, id);
        writeBank(writer, bank);
    }
    writer.EndObject();
    writeEach<SiteMemory>(writer, "sites", state.sites, {}, siteNumbers());
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

ParsedState parseState(const std::string& text) {
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseFullPrecisionFlag;
    const std::string parsable = withoutWrongNumbers(text);
    rapidjson::Document document;
    document.Parse<kFlags>(parsable.data(), parsable.size());
    if (document.HasParseError() || !document.IsObject())
        return withError("is not a whole JSON object");
    const rapidjson::Value* version = member(document, kVersionKey);
    if (version == nullptr || !version->IsInt())
        return withError("is no state of Busbar");
    if (version->GetInt() != kVersion)
        return withError("is of version " + std::to_string(version->GetInt()) +
                         ", this program knows version " + std::to_string(kVersion));
    ParsedState parsed;
    if (const rapidjson::Value* ids = member(document, kAnnouncedKey);
        ids != nullptr && !readTexts(*ids, parsed.state.announced, kMostAnnounced))
        parsed.dropped.push_back(std::string(kAnnouncedKey) + ": " + shown(*ids) +
                                 " is not wholly taken, allowed is a list of at most 256 ids");
    if (const rapidjson::Value* number = member(document, kChoicesKey);
        number != nullptr && number->IsUint64())
        parsed.state.choicesNumber = number->GetUint64();
    readEach(document, "banks", "", parsed.dropped,
             [&](const std::string& id, const rapidjson::Value& json, const std::string& place) {
                 parsed.state.banks[id] = readBank(json, place, parsed.dropped);
                 SiteMemory owners;
                 readNumbers(json, owners, siteNumbers(), place, parsed.dropped);
                 if (owners != SiteMemory{})
                     parsed.ownersOfBanks[id] = owners;
             });
    readEach(
        document, "sites", "", parsed.dropped,
        [&](const std::string& portal, const rapidjson::Value& json, const std::string& place) {
            readNumbers(json, parsed.state.sites[portal], siteNumbers(), place, parsed.dropped);
        });
    std::erase_if(parsed.state.sites,
                  [](const auto& entry) { return entry.second == SiteMemory{}; });
    const rapidjson::Value* banks = member(document, "banks");
    parsed.areBanksReadable = banks == nullptr || banks->IsObject();
    if (banks != nullptr && banks->IsObject())
        parsed.doubts = doubtsIn(*banks, parsed.state);
    return parsed;
}

} // namespace busbar
