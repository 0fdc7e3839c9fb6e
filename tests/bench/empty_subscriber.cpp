// SPDX-License-Identifier: MIT
// The yardstick: a subscriber with Busbar's MQTT library that counts messages and does nothing
// else.
#include "shared_count.hpp"

#include <mqtt/async_client.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace busbar::bench {
namespace {

// As the session of mqtt/session/client.cpp has it.
constexpr int kMqtt311 = 4;
constexpr std::chrono::seconds kKeepAlive{15};

SharedCount& mapCount(const char* file) {
    const int fd = ::open(file, O_RDWR | O_CLOEXEC);
    void* memory =
        fd < 0 ? MAP_FAILED
               : ::mmap(nullptr, sizeof(SharedCount), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        throw std::runtime_error(std::string("cannot map ") + file);
    return *static_cast<SharedCount*>(memory); // lives until the process ends
}

sigset_t blockedSignals() {
    sigset_t signals{};
    ::sigemptyset(&signals);
    for (const int each : {SIGTERM, SIGINT})
        ::sigaddset(&signals, each);
    if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0)
        throw std::runtime_error("cannot block signals");
    return signals;
}

void subscribe(mqtt::async_client& client, const std::vector<std::string>& filters) {
    mqtt::connect_options options;
    options.set_mqtt_version(kMqtt311);
    options.set_clean_session(true);
    options.set_automatic_reconnect(false);
    options.set_keep_alive_interval(kKeepAlive);
    client.connect(options)->wait();
    for (const auto& filter : filters)
        client.subscribe(filter, 0)->wait();
}

/// Arguments: URL, file of the count, topic filters. A lost session ends the process, because what
/// it then counts is worth nothing.
int run(const std::vector<std::string>& arguments) {
    if (arguments.size() < 3)
        throw std::runtime_error("usage: bench_subscriber tcp://HOST:PORT COUNT_FILE FILTER...");
    const sigset_t signals = blockedSignals();
    SharedCount& count = mapCount(arguments[1].c_str());
    mqtt::async_client client(arguments[0], "bench-empty-subscriber");
    client.set_message_callback([&count](const mqtt::const_message_ptr&) {
        count.messages.fetch_add(1, std::memory_order_relaxed);
    });
    client.set_connection_lost_handler([](const std::string&) { ::kill(::getpid(), SIGINT); });
    subscribe(client, {arguments.begin() + 2, arguments.end()});
    count.isSubscribed = 1;
    int signal = 0;
    const bool isTold = ::sigwait(&signals, &signal) == 0 && signal == SIGTERM;
    return isTold ? 0 : 1;
}

} // namespace
} // namespace busbar::bench

int main(int argc, char** argv) {
    try {
        return busbar::bench::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_subscriber: %s\n", error.what());
    } catch (...) {
        std::fputs("bench_subscriber: unknown failure\n", stderr);
    }
    return 1;
}
