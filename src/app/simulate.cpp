// SPDX-License-Identifier: MIT
// `busbar simulate`: a recording played into a broker as a GX would.
#include "app/commands.hpp"
#include "app/gx_player.hpp"
#include "app/log.hpp"
#include "base/mailbox.hpp"
#include "dbus/event_loop.hpp"
#include "mqtt/client.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <sys/epoll.h>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kStep = 100ms; // how exactly a recording's moments are kept

class SimulatedGx {
public:
    SimulatedGx(const SimulateOptions& options, const std::vector<Record>& recording)
        : client_(brokerSettings(options.url), {}, mailbox_),
          player_(recording, {.speed = options.speed, .topicPrefix = ""},
                  [this](std::string_view topic, std::string_view payload, bool retain) {
                      client_.publish(topic, payload, 0, retain);
                  }),
          mailWatch_(loop_, mailbox_.fd(), EPOLLIN,
                     [this](const Now& now, std::uint32_t) { onMailbox(now); }),
          step_(loop_,
                [this](const Now& now) {
                    player_.tick(now);
                    client_.tick(now);
                }),
          end_(loop_, [this](const Now&) { loop_.exit(0); }),
          terminate_(loop_, SIGTERM, [this](const Now&) { loop_.exit(0); }),
          interrupt_(loop_, SIGINT, [this](const Now&) { loop_.exit(0); }) {
        if (options.seconds > 0.0)
            end_.arm(
                std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000.0)));
    }

    int run() {
        player_.tick(loop_.now());
        client_.connectNow(loop_.now());
        step_.armEvery(kStep);
        spdlog::info("simulated_gx portal_id={} seconds={}", player_.server().portalId(),
                     std::chrono::duration_cast<std::chrono::seconds>(player_.length()).count());
        const int code = loop_.run();
        if (!client_.disconnect(500ms))
            spdlog::debug("mqtt_goodbye_incomplete");
        return code;
    }

private:
    static mqtt::BrokerSettings brokerSettings(const std::string& url) {
        mqtt::BrokerSettings settings;
        settings.url = url;
        return settings;
    }

    void onMailbox(const Now& now) {
        mailbox_.take(batch_);
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const Mail mail = batch_.at(i);
            if (mail.kind == MailKind::Message) {
                player_.message(mail.topic, mail.payload, now);
            } else if (mail.kind == MailKind::Connected) {
                client_.subscribe(player_.server().subscriptions());
                player_.server().announce();
            }
        }
        client_.tick(now);
        mailbox_.arm();
    }

    dbus::EventLoop loop_;
    Mailbox mailbox_;
    MailBatch batch_;
    mqtt::Client client_;
    GxPlayer player_;
    dbus::IoWatch mailWatch_;
    dbus::Timer step_;
    dbus::Timer end_;
    dbus::SignalWatch terminate_;
    dbus::SignalWatch interrupt_;
};

} // namespace

int simulateCommand(const SimulateOptions& options) {
    startLog("info");
    SimulatedGx gx(options, readRecording(options.recording));
    return gx.run();
}

} // namespace busbar
