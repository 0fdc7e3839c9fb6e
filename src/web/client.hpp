// SPDX-License-Identifier: MIT
// One connection of the listener: what its library says of it, and what it is doing.
#pragma once

#include "core/now.hpp"
#include "web/request.hpp"
#include "web/streams.hpp"

#include <microhttpd.h>
#include <optional>
#include <string>

namespace busbar::web {

struct HttpSettings;

struct Client {
    MHD_Connection* handle{nullptr};
    int fd{-1};
    SteadyTime since{}; ///< it has connected, or its last answer was complete
    bool isStream{false};
    std::optional<SteadyTime> waits{}; ///< for documents, since then
    bool isSuspended{false};
    StreamReader reader{};
};

/// Of the socket of a connection; −1 if it is not known.
[[nodiscard]] int socketOf(MHD_Connection* connection);

/// What is wrong with a request, seen by its headers alone; nothing = it may go on.
[[nodiscard]] std::optional<Answer> refusalOf(MHD_Connection* connection, std::string_view method,
                                              std::string_view url, const HttpSettings& settings);

/// Of one that was not refused.
[[nodiscard]] Request requestOf(MHD_Connection* connection, std::string_view url);

/// Hands an answer to the library, with the headers that all have. False: the connection ends.
[[nodiscard]] bool queue(MHD_Connection* connection, const Answer& answer, std::string_view path,
                         const HttpSettings& settings);

/// The response of a stream: `read` is asked for bytes whenever there is room.
[[nodiscard]] bool queueStream(Client& client, MHD_ContentReaderCallback read, void* self,
                               const HttpSettings& settings);

} // namespace busbar::web
