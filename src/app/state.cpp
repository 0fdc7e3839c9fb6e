// SPDX-License-Identifier: MIT
// The state file.
#include "app/state.hpp"

#include "base/file.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace busbar {

namespace {

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "busbar_state";
constexpr std::size_t kLargest = std::size_t{1024} * 1024;

std::string environment(const char* name) {
    const char* value =
        std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody in this process sets variables
    return value == nullptr ? "" : value;
}

const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

BankState bankState(const rapidjson::Value& json) {
    BankState state;
    const rapidjson::Value* name = json.IsObject() ? member(json, "custom_name") : nullptr;
    if (name != nullptr && name->IsString())
        state.customName = {name->GetString(), name->GetStringLength()};
    return state;
}

} // namespace

std::string stateText(const State& state) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer writer(buffer);
    const auto text = [&](const std::string& value) {
        writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    writer.StartObject();
    writer.Key(kVersionKey);
    writer.Int(kVersion);
    writer.Key("banks");
    writer.StartObject();
    for (const auto& [id, bank] : state.banks) {
        text(id);
        writer.StartObject();
        writer.Key("custom_name");
        text(bank.customName);
        writer.EndObject();
    }
    writer.EndObject();
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

ParsedState parseState(const std::string& text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
        text.data(), text.size());
    if (document.HasParseError() || !document.IsObject())
        return {{}, "is not a whole JSON object"};
    const rapidjson::Value* version = member(document, kVersionKey);
    if (version == nullptr || !version->IsInt())
        return {{}, "is no state of Busbar"};
    if (version->GetInt() != kVersion)
        return {{},
                "is of version " + std::to_string(version->GetInt()) +
                    ", this program knows version " + std::to_string(kVersion)};
    ParsedState parsed;
    if (const rapidjson::Value* banks = member(document, "banks");
        banks != nullptr && banks->IsObject())
        for (const auto& bank : banks->GetObject())
            parsed.state.banks[{bank.name.GetString(), bank.name.GetStringLength()}] =
                bankState(bank.value);
    return parsed;
}

StateStore::StateStore(const std::string& folder)
    : file_((folder.empty() ? defaultStateFolder() : folder) + "/state.json") {}

void StateStore::load() {
    std::string error;
    const auto text = readWholeFile(file_, kLargest, error);
    if (!text) {
        if (!error.empty())
            spdlog::warn("state_unreadable file={} reason=\"{}\" starting without it", file_,
                         error);
        return;
    }
    ParsedState parsed = parseState(*text);
    state = parsed.state;
    saved_ = state;
    if (parsed.error.empty())
        return;
    const std::string aside = file_ + ".bad";
    const bool isKept = std::rename(file_.c_str(), aside.c_str()) == 0;
    spdlog::warn("state_ignored file={} reason=\"it {}\" {}", file_, parsed.error,
                 isKept ? "kept as " + aside : "and it could not be renamed");
}

void StateStore::save() {
    if (state == saved_)
        return;
    const std::string error = replaceFile(file_, stateText(state));
    if (error.empty())
        saved_ = state;
    said(error);
}

void StateStore::said(const std::string& error) {
    if (error == lastError_)
        return;
    if (error.empty())
        spdlog::info("state_saved_again file={}", file_);
    else
        spdlog::warn("state_not_saved reason=\"{}\" going on without", error);
    lastError_ = error;
}

std::string defaultStateFolder() {
    if (std::string folder = environment("STATE_DIRECTORY"); !folder.empty())
        return folder;
    if (::access("/data/conf", W_OK) == 0)
        return "/data/conf/busbar";
    if (::geteuid() == 0)
        return "/var/lib/busbar";
    if (std::string folder = environment("XDG_STATE_HOME"); !folder.empty())
        return folder + "/busbar";
    const std::string home = environment("HOME");
    return (home.empty() ? std::string("/tmp") : home + "/.local/state") + "/busbar";
}

} // namespace busbar
