// SPDX-License-Identifier: MIT
// Requests and responses by libmicrohttpd.
#include "web/client.hpp"

#include "web/address.hpp"
#include "web/settings.hpp"
#include "web/text_desk.hpp"

#include <arpa/inet.h>
#include <array>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>

namespace busbar::web {

namespace {

/// As much as a stream is asked for at a time.
constexpr std::size_t kBlock = 4096;

struct ReleaseResponse {
    void operator()(MHD_Response* response) const noexcept { MHD_destroy_response(response); }
};
using Response = std::unique_ptr<MHD_Response, ReleaseResponse>;

const char* headerOf(MHD_Connection* connection, const char* name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/// Empty if it cannot be told.
std::string peerOf(MHD_Connection* connection) {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == nullptr || info->client_addr == nullptr)
        return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* address = nullptr;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the family says which it is
    if (info->client_addr->sa_family == AF_INET)
        address = &reinterpret_cast<const sockaddr_in*>(info->client_addr)->sin_addr;
    else
        address = &reinterpret_cast<const sockaddr_in6*>(info->client_addr)->sin6_addr;
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
    const char* shown = inet_ntop(info->client_addr->sa_family, address, text.data(), text.size());
    return shown == nullptr ? std::string() : std::string(shown);
}

bool hasBody(MHD_Connection* connection) {
    const char* length = headerOf(connection, "Content-Length");
    return (length != nullptr && std::string_view(length) != "0") ||
           headerOf(connection, "Transfer-Encoding") != nullptr;
}

std::string argumentOf(MHD_Connection* connection, const char* name) {
    const char* value = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
    return value == nullptr ? std::string() : unescape(value).value_or("");
}

void add(MHD_Response& response, const char* name, const std::string& value) {
    static_cast<void>(MHD_add_response_header(&response, name, value.c_str()));
}

/// The page takes scripts, data and pictures from here only.
void addCommonHeaders(MHD_Response& response, std::string_view type, std::string_view path,
                      const HttpSettings& settings) {
    add(response, "Content-Type", std::string(type));
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Referrer-Policy", "no-referrer");
    if (type.starts_with("text/html"))
        add(response, "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
            "base-uri 'none'; form-action 'none'");
    if (path.starts_with("api/") && !settings.cors.empty()) {
        add(response, "Access-Control-Allow-Origin", settings.cors);
        add(response, "Vary", "Origin");
    }
}

Response responseOf(const Answer& answer) {
    const auto bytes = answer.asset != nullptr ? answer.asset->gzip.size() : answer.body.size();
    const void* from = answer.asset != nullptr ? static_cast<const void*>(answer.asset->gzip.data())
                                               : static_cast<const void*>(answer.body.data());
    // The library's parameter is not const; what is persistent it does not write to.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    return Response(MHD_create_response_from_buffer(
        bytes, const_cast<void*>(from),
        answer.asset != nullptr ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY));
}

bool send(MHD_Connection* connection, int status, const Response& response) {
    return MHD_queue_response(connection, static_cast<unsigned>(status), response.get()) == MHD_YES;
}

} // namespace

int socketOf(MHD_Connection* connection) {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == nullptr ? -1 : info->connect_fd;
}

std::optional<Answer> refusalOf(MHD_Connection* connection, std::string_view method,
                                std::string_view url, const HttpSettings& settings) {
    if (method != "GET" && method != "HEAD")
        return errorAnswer(405, "read-only: GET and HEAD");
    if (hasBody(connection))
        return errorAnswer(400, "a request here has no body");
    const char* host = headerOf(connection, "Host");
    const bool isOurs = host != nullptr && isOurHost(host, settings.hosts);
    if (!isOurs && !isListed(settings.proxies, peerOf(connection)))
        return errorAnswer(421, "asked under a name that is not in http.hosts");
    if (!pathOf(url))
        return errorAnswer(404, "no such page");
    return std::nullopt;
}

Request requestOf(MHD_Connection* connection, std::string_view url) {
    Request request;
    request.path = pathOf(url).value_or("");
    request.site = argumentOf(connection, "site");
    request.bank = argumentOf(connection, "bank");
    if (TextDesk::isAsked(request.path)) {
        request.from = argumentOf(connection, "from");
        if (const char* text =
                MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "text"))
            request.text = unescapeText(text);
    }
    if (const char* etag = headerOf(connection, "If-None-Match"))
        request.etag = etag;
    request.takesGzip = takesGzip(headerOf(connection, "Accept-Encoding"));
    return request;
}

bool queue(MHD_Connection* connection, const Answer& answer, std::string_view path,
           const HttpSettings& settings) {
    const Response response = responseOf(answer);
    if (!response)
        return false;
    addCommonHeaders(*response, answer.type, path, settings);
    if (answer.asset != nullptr) {
        add(*response, "Content-Encoding", "gzip");
        add(*response, "ETag", std::string(answer.asset->etag));
    }
    const bool isFile = answer.asset != nullptr || answer.status == 304;
    add(*response, "Cache-Control", isFile ? "no-cache" : "no-store");
    if (answer.status >= 400) // who errs shall not keep a place
        add(*response, "Connection", "close");
    if (answer.status == 405)
        add(*response, "Allow", "GET, HEAD");
    if (answer.status == 429)
        add(*response, "Retry-After", "2");
    if (answer.status == 503)
        add(*response, "Retry-After", "5");
    return send(connection, answer.status, response);
}

bool queueStream(Client& client, MHD_ContentReaderCallback read, void* self,
                 const HttpSettings& settings) {
    const Response response(
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kBlock, read, self, nullptr));
    if (!response)
        return false;
    addCommonHeaders(*response, "text/event-stream", "api/v1/stream", settings);
    add(*response, "Cache-Control", "no-store");
    add(*response, "X-Accel-Buffering", "no"); // nginx holds streams back without
    return send(client.handle, 200, response);
}

} // namespace busbar::web
