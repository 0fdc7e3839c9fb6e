// SPDX-License-Identifier: MIT
// The text of the state file: tables of its fields, read and written by the same lines.
#include "app/kept/json_repair.hpp"
#include "app/kept/made_instances.hpp"
#include "app/kept/place_fields.hpp"
#include "app/kept/state.hpp"
#include "app/kept/state_fields.hpp"
#include "core/units/battery.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "busbar_state";
constexpr const char* kSiteKey = "site";
constexpr const char* kAnnouncedKey = "announced";
constexpr const char* kPublishedKey = "published";
constexpr const char* kChoicesKey = "choices_number";

using namespace state_fields;

/// As many as are ever announced (mqtt/ha/ha_discovery.hpp).
constexpr std::size_t kMostAnnounced = 256;
/// As many as are remembered (mqtt/results/result_leftovers.cpp).
constexpr std::size_t kMostPublished = 1024;

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

void writeValues(Writer& writer, const PathValues& values) {
    writer.StartObject();
    for (const auto& [path, value] : values) {
        writeText(writer, path);
        if (const auto number = value.number())
            writer.Double(*number);
        else if (const std::string* text = value.text())
            writeText(writer, *text);
        else
            writer.Null();
    }
    writer.EndObject();
}

/// All or none: half of a group may say what the whole does not.
bool readValues(const rapidjson::Value& json, PathValues& values) {
    if (!json.IsObject() || json.MemberCount() > kRowCount)
        return false;
    PathValues read;
    for (const auto& entry : json.GetObject()) {
        if (!entry.value.IsNumber() && !entry.value.IsString() && !entry.value.IsNull())
            return false;
        Value& value = read[textOf(entry.name)];
        if (entry.value.IsNumber())
            value = entry.value.GetDouble();
        else if (entry.value.IsString())
            value = textOf(entry.value);
    }
    values = std::move(read);
    return true;
}

using W = WritableState;
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
    {"balancing_failed_by", "a word of the documents' `obstacle`",
     [](Writer& w, const B& b) { writeText(w, toText(b.memory.balancing.failedBy.obstacle)); },
     [](const Json& j, B& b) { return readWord(j, kBalancingObstacleTexts, b.memory.balancing.failedBy.obstacle); }},
    {"balancing_failed_by_detail", "a text",
     [](Writer& w, const B& b) { writeText(w, b.memory.balancing.failedBy.detail); },
     [](const Json& j, B& b) { return readText(j, b.memory.balancing.failedBy.detail); }},
});
constexpr auto kWritableOthers = std::to_array<OtherField<W>>({
    {"custom_name", "a text",
     [](Writer& w, const W& s) { writeText(w, s.customName); },
     [](const Json& j, W& s) { return readName(j, s.customName); }},
    {"values", "an object of paths, and numbers, texts or null",
     [](Writer& w, const W& s) { writeValues(w, s.values); },
     [](const Json& j, W& s) { return readValues(j, s.values); }},
    {"lags_s", "an object of paths and numbers",
     [](Writer& w, const W& s) { writeValues(w, s.lags_s); },
     [](const Json& j, W& s) { return readValues(j, s.lags_s); }},
});
constexpr auto kWritableNumbers = std::to_array<NumberField<W>>({
    {"written_at", 0.0, 1e11, // far beyond any date
     [](const W& s) { return s.writtenAt; },
     [](W& s, std::optional<double> value) { s.writtenAt = value; }},
    {"instance", double{kPublishedInstance}, double{kLastPublishedInstance},
     [](const W& s) { return s.instance ? std::optional<double>(*s.instance) : std::nullopt; },
     [](W& s, std::optional<double> value) { s.instance = static_cast<int>(value.value_or(kPublishedInstance)); }},
});
// clang-format on

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
    doubt.isServiceUnknown = service != nullptr && !readTexts(*service, batteries, kMostRemembered);
    doubt.isUnconfirmed = doubt.isServiceUnknown;
    for (const Ceiling* ceiling : kCeilings) {
        bool& isUnknown = doubt.*ceiling->isUnknown;
        isUnknown = member(json, ceiling->stateKey.data()) != nullptr && !(taken.*ceiling->value_A);
        doubt.isUnconfirmed = doubt.isUnconfirmed || isUnknown;
    }
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

void takeIds(const Json& document, const char* key, std::size_t most, std::set<std::string>& taken,
             Messages& dropped) {
    const Json* ids = member(document, key);
    if (ids != nullptr && !readTexts(*ids, taken, most))
        dropped.push_back(std::string(key) + ": " + shown(*ids) +
                          " is not wholly taken, allowed is a list of at most " +
                          std::to_string(most) + " ids");
}

void takeBanks(const Json& document, ParsedState& parsed) {
    readEach(document, "banks", "", parsed.dropped,
             [&](const std::string& id, const Json& json, const std::string& place) {
                 parsed.state.banks[id] = readBank(json, place, parsed.dropped);
                 SiteMemory owners;
                 readNumbers(json, owners, siteNumbers(), place, parsed.dropped);
                 if (owners != SiteMemory{})
                     parsed.ownersOfBanks[id] = owners;
             });
    const Json* banks = member(document, "banks");
    parsed.areBanksReadable = banks == nullptr || banks->IsObject();
    if (banks != nullptr && banks->IsObject())
        parsed.doubts = doubtsIn(*banks, parsed.state);
}

void takeSites(const Json& document, ParsedState& parsed) {
    readEach(document, "sites", "", parsed.dropped,
             [&](const std::string& portal, const Json& json, const std::string& place) {
                 readNumbers(json, parsed.state.sites[portal], siteNumbers(), place,
                             parsed.dropped);
             });
    std::erase_if(parsed.state.sites,
                  [](const auto& entry) { return entry.second == SiteMemory{}; });
}

void takeWritables(const Json& document, ParsedState& parsed) {
    readEach(document, "writables", "", parsed.dropped,
             [&](const std::string& id, const Json& json, const std::string& place) {
                 W& writable = parsed.state.writables[id];
                 readOthers<W>(json, writable, kWritableOthers, place, parsed.dropped);
                 readNumbers<W>(json, writable, kWritableNumbers, place, parsed.dropped);
             });
}

} // namespace

std::string stateText(const State& state) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    writer.Key(kVersionKey);
    writer.Int(kVersion);
    if (!state.site.empty()) {
        writer.Key(kSiteKey);
        writeText(writer, state.site);
    }
    if (state.choicesNumber) {
        writer.Key(kChoicesKey);
        writer.Uint64(*state.choicesNumber);
    }
    writer.Key(kAnnouncedKey);
    writeTexts(writer, state.announced);
    writer.Key(kPublishedKey);
    writeTexts(writer, state.published);
    writePlaces(writer, state);
    writer.Key("banks");
    writer.StartObject();
    for (const auto& [id, bank] : state.banks) {
        writeText(writer, id);
        writeBank(writer, bank);
    }
    writer.EndObject();
    writeEach<SiteMemory>(writer, "sites", state.sites, {}, siteNumbers());
    writeEach<W>(writer, "writables", state.writables, kWritableOthers, kWritableNumbers);
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
    if (const rapidjson::Value* site = member(document, kSiteKey); site != nullptr)
        parsed.state.site = textOf(*site);
    takeIds(document, kAnnouncedKey, kMostAnnounced, parsed.state.announced, parsed.dropped);
    takeIds(document, kPublishedKey, kMostPublished, parsed.state.published, parsed.dropped);
    takePlaces(document, parsed.state, parsed.dropped);
    if (const rapidjson::Value* number = member(document, kChoicesKey);
        number != nullptr && number->IsUint64())
        parsed.state.choicesNumber = number->GetUint64();
    takeBanks(document, parsed);
    takeSites(document, parsed);
    takeWritables(document, parsed);
    return parsed;
}

} // namespace busbar
