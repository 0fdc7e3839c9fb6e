// SPDX-License-Identifier: MIT
// A broker's side of MQTT, TLS and web sockets, as far as tests of bursts need it.
#include "integration/mqtt/burst_broker.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace busbar::test {
namespace {

// MQTT 3.1.1 §2.2.1, first byte of a packet
constexpr unsigned kConnect = 0x10;
constexpr unsigned kPublish = 0x30;
constexpr unsigned kSubscribe = 0x82;
constexpr unsigned kUnsubscribe = 0xa2;
constexpr unsigned kPing = 0xc0;

unsigned byteAt(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text.at(at));
}

std::string twoBytes(std::size_t value) {
    return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}

std::string packetOf(unsigned first, std::string_view body) {
    std::string packet(1, static_cast<char>(first));
    std::size_t left = body.size();
    do {
        const std::size_t more = left / 128 == 0 ? 0 : 128;
        packet += static_cast<char>(left % 128 | more);
        left /= 128;
    } while (left != 0);
    return packet.append(body);
}

/// Length of the packet at the front; 0 = not all of it is there.
std::size_t packetLength(std::string_view input) {
    std::size_t length = 0;
    std::size_t factor = 1;
    for (std::size_t at = 1; at < input.size(); ++at, factor *= 128) {
        length += (byteAt(input, at) & 127U) * factor;
        if ((byteAt(input, at) & 128U) == 0)
            return at + 1 + length <= input.size() ? at + 1 + length : 0;
    }
    return 0;
}

/// RFC 6455 §5.2, from a server: not masked, final, binary.
std::string frameOf(std::string_view payload) {
    std::string frame("\x82");
    if (payload.size() < 126)
        return frame.append(1, static_cast<char>(payload.size())).append(payload);
    if (payload.size() < 65536)
        return frame.append(1, 126).append(twoBytes(payload.size())).append(payload);
    frame.append(1, 127).append(4, '\0').append(twoBytes(payload.size() >> 16U));
    return frame.append(twoBytes(payload.size() & 0xffffU)).append(payload);
}

/// Takes one masked frame of a client from the front of `raw`; false = not all of it is there.
bool takeFrame(std::string& raw, std::string& payload) {
    if (raw.size() < 2)
        return false;
    std::size_t length = byteAt(raw, 1) & 127U;
    const std::size_t mask = length == 126 ? 4 : 2; // longer ones come from no test
    if (raw.size() < mask + 4)
        return false;
    if (length == 126)
        length = byteAt(raw, 2) << 8U | byteAt(raw, 3);
    if (raw.size() < mask + 4 + length)
        return false;
    const bool isData = (byteAt(raw, 0) & 0x0fU) <= 2;
    for (std::size_t i = 0; isData && i < length; ++i)
        payload += static_cast<char>(byteAt(raw, mask + 4 + i) ^ byteAt(raw, mask + i % 4));
    raw.erase(0, mask + 4 + length);
    return true;
}

/// RFC 6455 §4.2.2: what proves that the server has read the request.
std::string acceptKey(const std::string& request) {
    constexpr std::string_view kHeader = "Sec-WebSocket-Key: ";
    const auto at = request.find(kHeader) + kHeader.size();
    const auto text =
        request.substr(at, request.find('\r', at) - at) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ::EVP_Digest(text.data(), text.size(), digest.data(), &size, ::EVP_sha1(), nullptr);
    std::array<unsigned char, 64> encoded{};
    const int length = ::EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
    return {encoded.begin(), encoded.begin() + length};
}

SSL_CTX* contextOf(const TestCertificate& certificate) {
    SSL_CTX* context = ::SSL_CTX_new(::TLS_server_method());
    if (context == nullptr ||
        ::SSL_CTX_use_certificate_file(context, certificate.certFile.c_str(), SSL_FILETYPE_PEM) !=
            1 ||
        ::SSL_CTX_use_PrivateKey_file(context, certificate.keyFile.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("the broker cannot use its certificate");
    return context;
}

} // namespace

struct BurstBroker::Connection {
    explicit Connection(int socket) : fd(socket) {}
    ~Connection() { close(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection(Connection&&) = delete;
    Connection& operator=(Connection&&) = delete;

    void close() {
        if (fd < 0)
            return;
        ssl.reset();
        ::close(fd);
        fd = -1;
    }

    /// Whatever has come; false = the other side has gone.
    bool read() {
        std::array<char, 65536> part{};
        do {
            const auto got = ssl ? ::SSL_read(ssl.get(), part.data(), static_cast<int>(part.size()))
                                 : static_cast<int>(::recv(fd, part.data(), part.size(), 0));
            if (got <= 0)
                return false;
            raw.append(part.data(), static_cast<std::size_t>(got));
        } while (ssl && ::SSL_pending(ssl.get()) > 0);
        return true;
    }

    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto size = static_cast<int>(bytes.size());
            const auto put =
                ssl ? ::SSL_write(ssl.get(), bytes.data(), size)
                    : static_cast<int>(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
            if (put <= 0)
                return;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }

    void sendPiece(std::string_view packets) const {
        write(isUpgraded ? frameOf(packets) : std::string(packets));
    }

    int fd;
    std::shared_ptr<SSL> ssl;
    bool isUpgraded{false};
    std::string raw;   ///< as it came
    std::string input; ///< MQTT
};

std::string publication(std::string_view topic, std::string_view payload) {
    return packetOf(kPublish, twoBytes(topic.size()).append(topic).append(payload));
}

BurstBroker::BurstBroker(BurstConfig config) : config_(std::move(config)) {
    if (config_.tls)
        tls_ = std::shared_ptr<SSL_CTX>(contextOf(*config_.tls), ::SSL_CTX_free);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address); // as the socket API wants it
    if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
        throw std::runtime_error("the broker cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

BurstBroker::~BurstBroker() {
    wantsEnd_ = true;
    thread_.join();
    ::close(listener_);
}

std::string BurstBroker::url() const {
    const std::string scheme =
        config_.webSockets ? (config_.tls ? "wss" : "ws") : (config_.tls ? "mqtts" : "mqtt");
    return scheme + "://127.0.0.1:" + std::to_string(port_);
}

void BurstBroker::send(std::size_t connection, std::string bytes) {
    const std::scoped_lock lock(mutex_);
    orders_.push_back({connection, std::move(bytes)});
}

void BurstBroker::sendBehindAnswer(std::string bytes) {
    const std::scoped_lock lock(mutex_);
    behindAnswer_ = std::move(bytes);
}

void BurstBroker::end(std::size_t connection) {
    send(connection, {});
}

void BurstBroker::serve() {
    while (!wantsEnd_) {
        obey();
        std::vector<pollfd> entries{{listener_, POLLIN, 0}};
        for (const auto& each : connections_)
            entries.push_back({each->fd, POLLIN, 0}); // a negative one is passed over
        if (::poll(entries.data(), entries.size(), 2) <= 0)
            continue;
        for (std::size_t i = 0; i < connections_.size(); ++i)
            if (entries[i + 1].revents != 0 && !listen(*connections_[i]))
                connections_[i]->close();
        if (entries.front().revents != 0)
            acceptOne();
    }
    connections_.clear();
}

void BurstBroker::obey() {
    const std::scoped_lock lock(mutex_);
    for (const auto& each : orders_) {
        auto& connection = *connections_.at(each.connection);
        if (each.bytes.empty())
            connection.close();
        else
            connection.sendPiece(each.bytes);
    }
    orders_.clear();
}

void BurstBroker::acceptOne() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto made = std::make_unique<Connection>(fd);
    if (tls_) {
        made->ssl = {::SSL_new(static_cast<SSL_CTX*>(tls_.get())), ::SSL_free};
        ::SSL_set_fd(made->ssl.get(), fd);
        if (::SSL_accept(made->ssl.get()) != 1)
            return; // a look at the certificate, for example
    }
    connections_.push_back(std::move(made));
}

bool BurstBroker::listen(Connection& connection) {
    if (!connection.read())
        return false;
    if (config_.webSockets && !upgrade(connection))
        return true;
    if (!config_.webSockets)
        connection.input.append(std::exchange(connection.raw, {}));
    while (config_.webSockets && takeFrame(connection.raw, connection.input))
        ;
    while (const auto length = packetLength(connection.input)) {
        answer(connection, connection.input.substr(0, length));
        connection.input.erase(0, length);
    }
    return true;
}

bool BurstBroker::upgrade(Connection& connection) const {
    const auto end = connection.raw.find("\r\n\r\n");
    if (connection.isUpgraded || end == std::string::npos)
        return connection.isUpgraded;
    connection.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n"
                     "Sec-WebSocket-Accept: " +
                     acceptKey(connection.raw) + "\r\n\r\n");
    connection.raw.erase(0, end + 4);
    connection.isUpgraded = true;
    return true;
}

void BurstBroker::answer(Connection& connection, std::string_view packet) {
    const auto id = [packet] { return packet.substr(2, 2); }; // shorter than 128 bytes, all of them
    std::string reply;
    switch (byteAt(packet, 0)) {
    case kConnect:
        reply = packetOf(0x20, std::string_view("\0\0", 2));
        break;
    case kSubscribe:
        reply = packetOf(0x90, std::string(id()).append(1, '\0'));
        break;
    case kUnsubscribe:
        reply = lifeSign(packetOf(0xb0, id()));
        break;
    case kPing:
        reply = lifeSign(packetOf(0xd0, {}));
        break;
    case kPublish:
        reply = packet;
        break;
    default:
        return;
    }
    if (!reply.empty())
        connection.sendPiece(reply);
}

std::string BurstBroker::lifeSign(std::string_view answer) {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(isMute_, isMute_ || behindAnswer_))
        return {};
    return std::string(answer).append(std::exchange(behindAnswer_, {}).value_or(""));
}

} // namespace busbar::test
