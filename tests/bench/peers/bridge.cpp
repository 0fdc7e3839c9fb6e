// SPDX-License-Identifier: MIT
// The MQTT bridge of the simulated GX: what stands on the bus goes to the broker, as dbus-flashmq
// does it.
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "base/mailbox.hpp"
#include "mqtt/session/client.hpp"
#include "mqtt/venus/venus_server.hpp"
#include "support/bus_echo.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <sys/epoll.h>

namespace busbar::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 4ms; // so long at most a value waits here

mqtt::BrokerSettings brokerAt(const std::string& url) {
    mqtt::BrokerSettings settings;
    settings.url = url;
    return settings;
}

class Bridge {
public:
    Bridge(EventLoop& loop, const std::string& url, const std::string& bus,
           const std::string& portalId)
        : loop_(loop), client_(brokerAt(url), {}, mailbox_),
          server_({.portalId = portalId},
                  [this](std::string_view topic, std::string_view payload, bool retain) {
                      return client_.publish(topic, payload, 0, retain);
                  }),
          echo_(bus, server_), mailWatch_(loop, mailbox_.fd(), EPOLLIN,
                                          [this](const Now& now, std::uint32_t) { take(now); }),
          tick_(loop, [this](const Now& now) {
              echo_.pump();
              server_.tick(now);
          }) {
        client_.connectNow(loop_.now());
        tick_.armEvery(kTick);
    }

private:
    void take(const Now& now) {
        mailbox_.take(batch_);
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const Mail mail = batch_.at(i);
            if (mail.kind == MailKind::Message) {
                server_.message(mail.topic, mail.payload, now);
            } else if (mail.kind == MailKind::Connected) {
                client_.subscribe(server_.subscriptions());
                server_.announce();
            }
        }
        client_.tick(now);
        mailbox_.arm();
    }

    EventLoop& loop_;
    Mailbox mailbox_;
    MailBatch batch_;
    mqtt::Client client_;
    mqtt::VenusServer server_;
    test::BusEcho echo_;
    IoWatch mailWatch_;
    Timer tick_;
};

int run(int argc, char** argv) {
    CLI::App app("Publishes a bus by MQTT as a GX does, until it is told to end", "bench_bridge");
    std::string url;
    std::string bus;
    std::string portalId;
    app.add_option("--url", url, "of the broker")->required();
    app.add_option("--bus", bus, "address of the bus")->required();
    app.add_option("--portal-id", portalId, "of the GX")->required();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    log::start("warn");
    EventLoop loop;
    SignalWatch end(loop, SIGTERM, [&](const Now&) { loop.exit(0); });
    Bridge bridge(loop, url, bus, portalId);
    return loop.run();
}

} // namespace
} // namespace busbar::bench

int main(int argc, char** argv) {
    try {
        busbar::blockSignals();
        return busbar::bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_bridge: %s\n", error.what());
    } catch (...) {
        std::fputs("bench_bridge: unknown failure\n", stderr);
    }
    return 1;
}
