// SPDX-License-Identifier: MIT
// Sockets and the loop of the tests of the server.
#include "bench.hpp"

#include "base/guarded.hpp"
#include "support/sanitized.hpp"
#include "unit/web/boat.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace busbar::web::test {

namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

TestClient::TestClient(std::uint16_t port, int receiveBuffer)
    : socket_(check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket")) {
    if (receiveBuffer > 0)
        check(::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receiveBuffer,
                           sizeof(receiveBuffer)),
              "small buffer");
    sockaddr_in address = loopback(port);
    isClosed_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) < 0 &&
        errno != EINPROGRESS;
}

std::size_t TestClient::send(std::string_view text) {
    const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void TestClient::read() {
    std::array<char, 65536> buffer{};
    while (!isClosed_) {
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return;
        if (size <= 0)
            isClosed_ = true;
        else
            got_.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

int TestClient::status() const {
    return got_.starts_with("HTTP/1.1 ") && got_.size() > 12 ? std::atoi(got_.c_str() + 9) : 0;
}

bool TestClient::isAnswered(bool isHead) const {
    const std::size_t end = got_.find("\r\n\r\n");
    if (isClosed_ || end == std::string::npos)
        return isClosed_;
    const std::size_t length = got_.find("Content-Length: ");
    if (isHead || length == std::string::npos)
        return isHead;
    return got_.size() - end - 4 >= static_cast<std::size_t>(std::atol(got_.c_str() + length + 16));
}

std::string TestClient::body() const {
    const std::size_t end = got_.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : got_.substr(end + 4);
}

bool TestClient::hasHeader(std::string_view line) const {
    const std::string text = "\r\n" + std::string(line);
    return got_.substr(0, got_.find("\r\n\r\n")).find(text) != std::string::npos;
}

std::string get(std::string_view path, std::string_view method, std::string_view more) {
    return std::string(method)
        .append(" ")
        .append(path)
        .append(" HTTP/1.1\r\nHost: localhost\r\n")
        .append(more)
        .append("\r\n");
}

Bench::Bench() : server(loop, board), port(freePort()) {
    loop.step(0ms); // its clocks begin
    fill(board, loop.now());
    settings.listen = "127.0.0.1:" + std::to_string(port);
    server.configure(settings, loop.now());
}

void Bench::say() {
    board.site(0).said = loop.now().steady;
    board.said(true);
    server.said(loop.now());
}

bool Bench::until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    return busbar::test::waitUntil(
        [&] {
            for (int i = 0; i < 20 && loop.step(0ms); ++i) {
            }
            if (speaks)
                say();
            return condition();
        },
        limit);
}

TestClient Bench::ask(std::string_view request, bool isHead) {
    TestClient client(port);
    std::size_t sent = 0;
    until([&] {
        sent += client.send(request.substr(sent));
        client.read();
        return client.isAnswered(isHead);
    });
    return client;
}

long mostMemory_KiB() {
    constexpr long kMost_KiB = 8192;
    return busbar::test::isSanitized() ? 8 * kMost_KiB : kMost_KiB;
}

long residentMemory_KiB() {
    std::ifstream file("/proc/self/statm");
    long total = 0;
    long resident = 0;
    file >> total >> resident;
    return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

} // namespace busbar::web::test
