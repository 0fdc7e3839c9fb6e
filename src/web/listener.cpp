// SPDX-License-Identifier: MIT
// libmicrohttpd as a source of the loop: its epoll descriptor, its timeout, its callbacks.
#include "web/listener.hpp"

#include "base/guarded.hpp"
#include "web/api.hpp"
#include "web/built_in.hpp"
#include "web/client.hpp"
#include "web/socket.hpp"

#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <utility>

namespace busbar::web {

namespace {

using namespace std::chrono_literals;

/// A request and its answer; the library's own timeout is for inactivity, and a byte now and then
/// is activity.
constexpr auto kMostAge = 15s;
/// … while most connections are taken.
constexpr auto kMostAgeInCrowd = 3s;
constexpr std::size_t kCrowd = 96;
/// For documents of now; then what there is.
constexpr auto kMostWait = 3s;
constexpr unsigned kInactive = 10; // seconds
/// Bytes of a connection: its request line and headers, and the head of its answer. Above 32 kB the
/// library maps them, so that what nobody writes to costs no memory.
constexpr std::size_t kMemory = 36UL * 1024;

struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const noexcept { MHD_stop_daemon(daemon); }
};

/// The library shall leave paths and arguments as they came.
std::size_t leaveEscaped(void* /*self*/, MHD_Connection* /*connection*/, char* text) {
    return std::strlen(text);
}

} // namespace

class Listener::Impl {
public:
    Impl(EventLoop& loop, Board& board, TextDesk& texts, const HttpSettings& settings);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    void setSettings(const HttpSettings& settings) { settings_ = settings; }
    void said(const Now& now);
    void tick(const Now& now);

private:
    static void noted(void* self, MHD_Connection* connection, void** context,
                      MHD_ConnectionNotificationCode code);
    static MHD_Result access(void* self, MHD_Connection* connection, const char* url,
                             const char* method, const char* version, const char* upload,
                             std::size_t* uploadSize, void** context);
    static void completed(void* self, MHD_Connection* connection, void** context,
                          MHD_RequestTerminationCode code);
    static ssize_t read(void* self, std::uint64_t position, char* buffer, std::size_t most);

    [[nodiscard]] bool answer(Client& client, const char* url, bool isHead);
    [[nodiscard]] bool openStream(Client& client, const Now& now);
    void countStreams();
    void resume(Client& client);
    void run();

    /// A client with the listener that it belongs to, for the library's callbacks.
    struct Entry {
        Impl& listener;
        Client client;
    };

    EventLoop& loop_;
    Board& board_;
    TextDesk& texts_;
    HttpSettings settings_;
    Frames frames_;
    std::map<MHD_Connection*, Entry> clients_;
    Timer timer_;
    std::unique_ptr<MHD_Daemon, StopDaemon> daemon_;
    std::optional<IoWatch> watch_;
    bool isStopping_{false};
    bool isRoomAgain_{false};
};

Listener::Impl::Impl(EventLoop& loop, Board& board, TextDesk& texts, const HttpSettings& settings)
    : loop_(loop), board_(board), texts_(texts), settings_(settings),
      timer_(loop, [this](const Now&) { run(); }) {
    const auto address = parseListen(settings.listen);
    if (!address)
        throw std::runtime_error("no address to listen at");
    Descriptor socket = listeningSocket(*address);
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    if (address->isIpv6())
        flags |= MHD_USE_IPv6;
    daemon_.reset(MHD_start_daemon(
        flags, 0, nullptr, nullptr, &Impl::access, this, MHD_OPTION_LISTEN_SOCKET, socket.get(),
        MHD_OPTION_CONNECTION_LIMIT, kMostConnections, MHD_OPTION_CONNECTION_TIMEOUT, kInactive,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMemory, MHD_OPTION_UNESCAPE_CALLBACK, &leaveEscaped,
        nullptr, MHD_OPTION_NOTIFY_CONNECTION, &Impl::noted, this, MHD_OPTION_NOTIFY_COMPLETED,
        &Impl::completed, this, MHD_OPTION_END));
    const MHD_DaemonInfo* info =
        daemon_ ? MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD) : nullptr;
    if (info == nullptr || info->epoll_fd < 0)
        throw std::runtime_error("libmicrohttpd did not start");
    socket.release(); // the daemon closes it
    watch_.emplace(loop_, info->epoll_fd, EPOLLIN, [this](const Now&, std::uint32_t) { run(); });
    run();
}

/// A suspended connection would be waited for.
Listener::Impl::~Impl() {
    isStopping_ = true;
    timer_.disarm();
    watch_.reset();
    for (auto& [handle, entry] : clients_)
        resume(entry.client);
    static_cast<void>(MHD_run(daemon_.get()));
    daemon_.reset();
    board_.setStreams(0);
}

void Listener::Impl::noted(void* self, MHD_Connection* connection, void** /*context*/,
                           MHD_ConnectionNotificationCode code) {
    auto& listener = *static_cast<Impl*>(self);
    guarded(listener.loop_.faults(), "http", 0, [&] {
        if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
            listener.isRoomAgain_ |= listener.clients_.size() >= kMostConnections;
            listener.clients_.erase(connection);
            listener.countStreams();
            return 0;
        }
        Client client;
        client.handle = connection;
        client.fd = socketOf(connection);
        client.since = listener.loop_.now().steady;
        if (client.fd >= 0)
            limitClient(client.fd);
        listener.clients_.emplace(connection, Entry{listener, std::move(client)});
        return 0;
    });
}

MHD_Result Listener::Impl::access(void* self, MHD_Connection* connection, const char* url,
                                  const char* method, const char* /*version*/,
                                  const char* /*upload*/, std::size_t* /*uploadSize*/,
                                  void** context) {
    auto& listener = *static_cast<Impl*>(self);
    const int isFine = guarded(listener.loop_.faults(), "http", 0, [&] {
        const auto entry = listener.clients_.find(connection);
        if (entry == listener.clients_.end())
            return 0;
        if (*context == nullptr) { // by the headers alone: a body is never read
            *context = &entry->second;
            if (const auto refusal = refusalOf(connection, method, url, listener.settings_))
                return queue(connection, *refusal, {}, listener.settings_) ? 1 : 0;
            return 1;
        }
        return listener.answer(entry->second.client, url, std::string_view(method) == "HEAD") ? 1
                                                                                              : 0;
    });
    return isFine != 0 ? MHD_YES : MHD_NO;
}

bool Listener::Impl::answer(Client& client, const char* url, bool isHead) {
    const Now now = loop_.now();
    const Request request = requestOf(client.handle, url);
    if (needsDocuments(request.path) && !isStopping_) {
        board_.ask(now);
        if (!client.waits)
            client.waits = now.steady;
        if (!board_.isFresh(now) && now.steady - *client.waits < kMostWait) {
            client.isSuspended = true;
            MHD_suspend_connection(client.handle);
            return true;
        }
    }
    client.waits.reset();
    const Answer answer =
        TextDesk::isAsked(request.path) ? texts_.answer(request, now) : answerTo(request, board_);
    if (!answer.isStream)
        return queue(client.handle, answer, request.path, settings_);
    if (isHead)
        return queue(client.handle, {.type = answer.type}, request.path, settings_);
    if (board_.streams() >= kMostStreams || isStopping_)
        return queue(client.handle, errorAnswer(503, "too many streams"), request.path, settings_);
    return openStream(client, now);
}

bool Listener::Impl::openStream(Client& client, const Now& now) {
    client.isStream = true;
    client.reader = {};
    countStreams();
    if (!frames_.newest() && board_.isFresh(now))
        frames_.make(stateJson(board_), board_.changes(), now);
    return queueStream(client, &Impl::read, &clients_.at(client.handle), settings_);
}

/// `self`: the entry. The library asks again when the connection is resumed.
ssize_t Listener::Impl::read(void* self, std::uint64_t /*position*/, char* buffer,
                             std::size_t most) {
    auto& [listener, client] = *static_cast<Entry*>(self);
    if (listener.isStopping_)
        return MHD_CONTENT_READER_END_OF_STREAM;
    const std::string_view bytes = client.reader.next(listener.frames_, most);
    if (bytes.empty()) {
        client.isSuspended = true;
        MHD_suspend_connection(client.handle);
        return 0;
    }
    std::memcpy(buffer, bytes.data(), bytes.size());
    return static_cast<ssize_t>(bytes.size());
}

void Listener::Impl::completed(void* self, MHD_Connection* connection, void** /*context*/,
                               MHD_RequestTerminationCode /*code*/) {
    auto& listener = *static_cast<Impl*>(self);
    guarded(listener.loop_.faults(), "http", 0, [&] {
        const auto entry = listener.clients_.find(connection);
        if (entry == listener.clients_.end())
            return 0;
        entry->second.client.isStream = false;
        entry->second.client.waits.reset();
        entry->second.client.since = listener.loop_.now().steady;
        listener.countStreams();
        return 0;
    });
}

void Listener::Impl::countStreams() {
    std::size_t count = 0;
    for (const auto& [handle, entry] : clients_)
        count += entry.client.isStream ? 1 : 0;
    board_.setStreams(count);
    if (count == 0)
        frames_.forget();
}

void Listener::Impl::resume(Client& client) {
    if (!std::exchange(client.isSuspended, false))
        return;
    MHD_resume_connection(client.handle);
}

/// Resuming alone wakes nothing, and each turn moves the next timeout. When the last of too many
/// has gone, it is the next turn that listens again.
void Listener::Impl::run() {
    do {
        isRoomAgain_ = false;
        static_cast<void>(MHD_run(daemon_.get()));
    } while (isRoomAgain_);
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (MHD_get_timeout(daemon_.get(), &wait_ms) == MHD_YES)
        timer_.arm(std::chrono::milliseconds(wait_ms));
    else
        timer_.disarm();
}

void Listener::Impl::said(const Now& now) {
    const bool isFresh = board_.isFresh(now);
    bool isFrame = false;
    if (isFresh && board_.streams() > 0 && frames_.isDue(board_.changes(), now)) {
        frames_.make(stateJson(board_), board_.changes(), now);
        isFrame = true;
    }
    bool isAnyResumed = false;
    for (auto& [handle, entry] : clients_) {
        Client& client = entry.client;
        if (client.isSuspended && (client.isStream ? isFrame : isFresh)) {
            resume(client);
            isAnyResumed = true;
        }
    }
    if (isAnyResumed)
        run();
}

void Listener::Impl::tick(const Now& now) {
    const auto mostAge = clients_.size() >= kCrowd ? kMostAgeInCrowd : kMostAge;
    bool isAnyResumed = false;
    for (auto& [handle, entry] : clients_) {
        Client& client = entry.client;
        if (client.isStream)
            continue;
        if (client.isSuspended && client.waits && now.steady - *client.waits >= kMostWait) {
            resume(client);
            isAnyResumed = true;
        } else if (now.steady - client.since > mostAge && client.fd >= 0) {
            hangUp(client.fd);
        }
    }
    if (isAnyResumed)
        run();
}

Listener::Listener(EventLoop& loop, Board& board, TextDesk& texts, const HttpSettings& settings)
    : impl_(std::make_unique<Impl>(loop, board, texts, settings)) {}

Listener::~Listener() = default;

void Listener::setSettings(const HttpSettings& settings) {
    impl_->setSettings(settings);
}

void Listener::said(const Now& now) {
    impl_->said(now);
}

void Listener::tick(const Now& now) {
    impl_->tick(now);
}

bool isBuiltIn() {
    return true;
}

} // namespace busbar::web
