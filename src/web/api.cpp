// SPDX-License-Identifier: MIT
// The table of paths, and the JSON of each.
#include "web/api.hpp"

#include "web/board.hpp"
#include "web/json.hpp"
#include "web/metrics.hpp"
#include "web/plain.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <optional>

namespace busbar::web {

namespace {

const SitePage* siteNamed(const Board& board, std::string_view name) {
    const auto found = std::ranges::find(board.sites(), name, &SitePage::site);
    return found == board.sites().end() ? nullptr : &*found;
}

const Document* documentOf(const std::vector<Document>& documents, std::string_view id) {
    const auto found = std::ranges::find(documents, id, &Document::id);
    return found == documents.end() ? nullptr : &*found;
}

void writeDocuments(JsonText& json, std::string_view key, const std::vector<Document>& documents) {
    json.key(key).beginList();
    for (const Document& document : documents)
        json.raw(document.json());
    json.endList();
}

void writeSite(JsonText& json, const SitePage& site) {
    json.beginObject().key("site").text(site.site);
    json.key("status").text(site.isOnline ? "online" : "offline");
    writeDocuments(json, "banks", site.banks);
    writeDocuments(json, "batteries", site.batteries);
    json.key("events").beginList();
    for (const std::string& event : site.events)
        json.raw(event);
    json.endList().key("health").raw(site.health).endObject();
}

Answer state(const Request& /*request*/, const Board& board) {
    return {.body = stateJson(board)};
}

Answer sites(const Request& /*request*/, const Board& board) {
    JsonText json;
    json.beginObject().key("sites").beginList();
    for (const SitePage& site : board.sites()) {
        json.beginObject().key("site").text(site.site);
        json.key("status").text(site.isOnline ? "online" : "offline");
        for (const auto& [key, documents] :
             {std::pair("banks", &site.banks), std::pair("batteries", &site.batteries)}) {
            json.key(key).beginList();
            for (const Document& document : *documents)
                json.text(document.id);
            json.endList();
        }
        json.endObject();
    }
    return {.body = json.endList().endObject().take()};
}

/// The member `limits` of a bank's document as it is; empty = it has none.
std::string limitsIn(const Document& bank) {
    rapidjson::Document document;
    document.Parse(bank.body.data(), bank.body.size());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("limits"))
        return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document["limits"].Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

Answer limits(const Request& /*request*/, const Board& board) {
    JsonText json;
    json.beginObject().key("sites").beginList();
    for (const SitePage& site : board.sites()) {
        json.beginObject().key("site").text(site.site).key("banks").beginList();
        for (const Document& bank : site.banks) {
            json.beginObject().key("bank").text(bank.id);
            json.key("limits").raw(limitsIn(bank)).endObject();
        }
        json.endList().endObject();
    }
    return {.body = json.endList().endObject().take()};
}

Answer history(const Request& request, const Board& board) {
    const SitePage* site = request.site.empty() && !board.sites().empty()
                               ? &board.sites().front()
                               : siteNamed(board, request.site);
    if (site == nullptr)
        return errorAnswer(404, "no such site");
    std::string bank = request.bank;
    if (bank.empty() && !site->banks.empty())
        bank = site->banks.front().id;
    if (bank.empty() && !site->history.empty())
        bank = site->history.begin()->first;
    const auto found = site->history.find(bank);
    if (found == site->history.end())
        return errorAnswer(404, "no such bank");
    return {.body = found->second.json(site->site, bank)};
}

Answer metrics(const Request& /*request*/, const Board& board) {
    return {.type = "text/plain; version=0.0.4; charset=utf-8", .body = metricsText(board)};
}

Answer plain(const Request& /*request*/, const Board& board) {
    return {.type = "text/html; charset=utf-8", .body = plainPage(board)};
}

Answer stream(const Request& /*request*/, const Board& /*board*/) {
    return {.type = "text/event-stream", .isStream = true};
}

Answer alive(const Request& /*request*/, const Board& /*board*/) {
    return {.type = "text/plain; charset=utf-8", .body = "ok\n"};
}

Answer ready(const Request& /*request*/, const Board& board) {
    const bool isReady = board.isReady();
    return {.status = isReady ? 200 : 503,
            .type = "text/plain; charset=utf-8",
            .body = isReady ? "ready\n" : "not every GX has been read to its end yet\n"};
}

struct Route {
    std::string_view path;
    Answer (*answer)(const Request&, const Board&);
    bool needsDocuments{false};
};

constexpr auto kRoutes = std::to_array<Route>({
    {"api/v1/state", state, true},
    {"api/v1/stream", stream},
    {"api/v1/sites", sites, true},
    {"api/v1/limits", limits, true},
    {"api/v1/history", history, true},
    {"metrics", metrics, true},
    {"plain", plain, true},
    {"healthz", alive},
    {"readyz", ready},
});

const Route* routeOf(std::string_view path) {
    const auto* route = std::ranges::find(kRoutes, path, &Route::path);
    return route == kRoutes.end() ? nullptr : route;
}

/// `api/v1/sites/boat/banks/main` and `…/batteries/pack_a`: of the five, the last three parts.
struct DocumentPath {
    std::string_view site;
    std::string_view kind;
    std::string_view id;
};

std::optional<DocumentPath> documentPath(std::string_view path) {
    constexpr std::string_view kSites = "api/v1/sites/";
    if (!path.starts_with(kSites))
        return std::nullopt;
    path.remove_prefix(kSites.size());
    const std::size_t first = path.find('/');
    const std::size_t second = path.find('/', first == path.npos ? first : first + 1);
    if (second == path.npos || path.find('/', second + 1) != path.npos)
        return std::nullopt;
    return DocumentPath{path.substr(0, first), path.substr(first + 1, second - first - 1),
                        path.substr(second + 1)};
}

Answer documentAnswer(const DocumentPath& path, const Board& board) {
    const SitePage* site = siteNamed(board, path.site);
    if (site == nullptr)
        return errorAnswer(404, "no such site");
    const Document* document = path.kind == "banks"       ? documentOf(site->banks, path.id)
                               : path.kind == "batteries" ? documentOf(site->batteries, path.id)
                                                          : nullptr;
    return document != nullptr ? Answer{.body = document->json()}
                               : errorAnswer(404, "no such bank or battery");
}

Answer fileAnswer(const Request& request, const Asset& asset) {
    if (request.etag == asset.etag)
        return {.status = 304, .type = asset.type};
    if (!request.takesGzip)
        return errorAnswer(406, "files are served as gzip only; see /plain");
    return {.type = asset.type, .asset = &asset};
}

} // namespace

bool needsDocuments(std::string_view path) {
    const Route* route = routeOf(path);
    return route != nullptr ? route->needsDocuments
                            : documentPath(path).has_value() ||
                                  (path.empty() && findAsset("index.html") == nullptr);
}

std::string stateJson(const Board& board) {
    JsonText json;
    json.beginObject().key("busbar").beginObject();
    json.key("version").text(board.version).key("time");
    if (board.time.empty())
        json.null();
    else
        json.text(board.time);
    json.endObject().key("sites").beginList();
    for (const SitePage& site : board.sites())
        writeSite(json, site);
    return json.endList().endObject().take();
}

Answer answerTo(const Request& request, const Board& board) {
    if (const Route* route = routeOf(request.path))
        return route->answer(request, board);
    if (const auto path = documentPath(request.path))
        return documentAnswer(*path, board);
    if (const Asset* asset = findAsset(request.path.empty() ? "index.html" : request.path))
        return fileAnswer(request, *asset);
    return request.path.empty() ? plain(request, board) : errorAnswer(404, "no such page");
}

} // namespace busbar::web
