// SPDX-License-Identifier: MIT
// Judges texts by their size and the time, has them read, and writes what came of it as JSON.
#include "web/text_desk.hpp"

#include "web/json.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace busbar::web {

namespace {

constexpr std::string_view kCheck = "api/v1/check";
constexpr std::string_view kMigrate = "api/v1/migrate";

/// A text with more has none that matters any more.
constexpr std::size_t kMostMessages = 200;
constexpr std::size_t kMostReport = 64UL * 1024;

std::optional<TextPeer> peerOf(std::string_view from) {
    if (from == "dab")
        return TextPeer::Dab;
    return from == "bag" ? std::optional(TextPeer::Bag) : std::nullopt;
}

/// Nothing = it may be read.
std::optional<Answer> textRefusal(const Request& request) {
    if (!request.text)
        return errorAnswer(400, "say ?text=, percent-encoded");
    if (request.text->size() > kMostText)
        return errorAnswer(413,
                           "a text has 16 kB at most; busbar check and busbar migrate take more");
    if (request.path == kMigrate && !peerOf(request.from))
        return errorAnswer(400, "say ?from=dab or ?from=bag");
    return std::nullopt;
}

void writeMessage(JsonText& json, const TextMessage& message) {
    json.beginObject().key("severity").text(message.isWarning ? "warning" : "error");
    json.key("line").whole(static_cast<std::int64_t>(message.line));
    json.key("column").whole(static_cast<std::int64_t>(message.column));
    json.key("path").text(message.path).key("message").text(message.message).endObject();
}

std::string checkJson(const CheckedText& checked) {
    const std::size_t shown = std::min(checked.messages.size(), kMostMessages);
    JsonText json;
    json.beginObject().key("valid").truth(checked.isValid).key("messages").beginList();
    for (std::size_t i = 0; i < shown; ++i)
        writeMessage(json, checked.messages[i]);
    json.endList().key("left_out");
    json.whole(static_cast<std::int64_t>(checked.messages.size() - shown));
    json.key("notes").beginList();
    for (std::size_t i = 0; i < std::min(checked.notes.size(), kMostMessages); ++i)
        json.text(checked.notes[i]);
    return json.endList().endObject().take();
}

/// Whole lines of it.
std::string shortReport(const std::string& report) {
    if (report.size() <= kMostReport)
        return report;
    return report.substr(0, report.rfind('\n', kMostReport) + 1) +
           "(cut here; busbar migrate prints all of it)\n";
}

std::string migrateJson(const MigratedText& migrated) {
    JsonText json;
    json.beginObject().key("error");
    if (migrated.error.empty())
        json.null();
    else
        json.text(migrated.error);
    json.key("config").text(migrated.config);
    json.key("report").text(shortReport(migrated.report));
    return json.endObject().take();
}

} // namespace

bool TextDesk::isAsked(std::string_view path) {
    return path == kCheck || path == kMigrate;
}

Answer TextDesk::answer(const Request& request, const Now& now) {
    if (!readers_.check || !readers_.migrate)
        return errorAnswer(404, "no such page");
    if (auto refusal = textRefusal(request))
        return std::move(*refusal);
    if (now.steady < next_)
        return errorAnswer(429, "one text in 2 s: ask again");
    next_ = now.steady + kTextPause;
    if (request.path == kCheck)
        return {.body = checkJson(readers_.check(*request.text))};
    return {.body = migrateJson(readers_.migrate(*peerOf(request.from), *request.text, now))};
}

} // namespace busbar::web
