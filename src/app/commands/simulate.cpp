// SPDX-License-Identifier: MIT
// `busbar simulate`: a GX on a broker, with the batteries of a recording or of a physical twin.
#include "app/commands/closed_loop_report.hpp"
#include "app/commands/commands.hpp"
#include "app/demo/gx_player.hpp"
#include "app/demo/simulated_bank.hpp"
#include "app/run/log.hpp"
#include "app/run/stops.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "base/mailbox.hpp"
#include "dbus/value_reader.hpp"
#include "mqtt/session/client.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <sys/epoll.h>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kStep = 100ms; // how exactly a recording's moments are kept

mqtt::BrokerSettings brokerSettings(const std::string& url) {
    mqtt::BrokerSettings settings;
    settings.url = url;
    return settings;
}

/// The session of a GX that `Player` plays: a GxPlayer or a SimulatedBank.
template <class Player>
class SimulatedGx {
public:
    /// `make` is given the function by which the player publishes, and gives the player.
    template <class Make>
    SimulatedGx(EventLoop& loop, const SimulateOptions& options, Make&& make)
        : loop_(loop), client_(brokerSettings(options.url), {}, mailbox_),
          player_(make([this](std::string_view topic, std::string_view payload, bool retain) {
              return client_.publish(topic, payload, 0, retain);
          })),
          mailWatch_(loop_, mailbox_.fd(), EPOLLIN,
                     [this](const Now& now, std::uint32_t) { onMailbox(now); }),
          step_(loop_,
                [this](const Now& now) {
                    player_.tick(now);
                    client_.tick(now);
                }),
          stops_(loop_, nullptr) {
        stops_.endAfter(
            std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000.0)));
    }

    int run() {
        player_.tick(loop_.now());
        client_.connectNow(loop_.now());
        step_.armEvery(kStep);
        const int code = loop_.run();
        if (!client_.disconnect(500ms))
            log::debug("mqtt_goodbye_incomplete");
        return code;
    }

    [[nodiscard]] Player& player() { return player_; }

private:
    void onMailbox(const Now& now) {
        mailbox_.take(batch_);
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const Mail mail = batch_.at(i);
            if (mail.kind == MailKind::Message) {
                player_.message(mail.topic, mail.payload, now);
            } else if (mail.kind == MailKind::Connected) {
                client_.subscribe(player_.server().subscriptions());
                player_.server().announce();
                player_.server().connected(now);
            } else if (mail.kind == MailKind::Disconnected) {
                player_.server().disconnected();
            }
        }
        client_.tick(now);
        mailbox_.arm();
    }

    EventLoop& loop_;
    Mailbox mailbox_;
    MailBatch batch_;
    mqtt::Client client_;
    Player player_;
    IoWatch mailWatch_;
    Timer step_;
    Stops stops_;
};

/// The limits of a battery on a bus, as the GX that it controls sees them.
class ControllingBattery {
public:
    /// Asks once per second of the twin, so that what the chargers pick up every 3 s is fresh.
    ControllingBattery(EventLoop& loop, const SimulateOptions& options)
        : service_(options.service), reader_(loop, options.bus, options.service,
                                             {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent",
                                              "/Info/MaxDischargeCurrent", "/DeviceInstance"}),
          ask_(loop, [this](const Now&) { reader_.ask(); }) {
        reader_.start();
        ask_.armEvery(std::max(std::chrono::milliseconds(kStep),
                               std::chrono::milliseconds(std::llround(1000.0 / speed(options)))));
    }

    [[nodiscard]] sim::Limits limits() {
        const sim::Limits now{reader_.number(0), reader_.number(1), reader_.number(2)};
        const bool isThere = now.cvl_V.has_value();
        if (isThere != std::exchange(wasThere_, isThere))
            log::write(isThere ? log::Level::Info : log::Level::Warn,
                       "controlling_battery_{} service={}", isThere ? "found" : "lost", service_);
        return now;
    }

    [[nodiscard]] std::optional<int> instance() const {
        const auto number = reader_.number(3);
        return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
    }

private:
    static double speed(const SimulateOptions& options) { return options.speed.value_or(1.0); }

    std::string service_;
    dbus::ValueReader reader_;
    Timer ask_;
    bool wasThere_{false};
};

int playRecording(const SimulateOptions& options) {
    const std::vector<Record> recording = readRecording(options.recording);
    EventLoop loop;
    SimulatedGx<GxPlayer> gx(loop, options, [&](mqtt::VenusServer::Publish publish) {
        return GxPlayer(recording, {.speed = options.speed.value_or(1.0), .topicPrefix = ""},
                        std::move(publish));
    });
    log::info("simulated_gx portal_id={} recording=\"{}\" seconds={}",
              gx.player().server().portalId(), options.recording,
              std::chrono::duration_cast<std::chrono::seconds>(gx.player().length()).count());
    return gx.run();
}

void printSummary(const SimulatedBank& bank) {
    const sim::Metrics metrics = bank.metrics();
    std::printf("What the simulated bank did in %.0f min of its own time:\n%s",
                metrics.hours * 60.0, metricsText(metrics).c_str());
}

int playBank(const SimulateOptions& options) {
    const sim::TwinSpec spec = makeBank(options.bank);
    SimulatedBankSettings settings;
    settings.speed = options.speed.value_or(1.0);
    EventLoop loop;
    std::unique_ptr<ControllingBattery> battery;
    if (!options.bus.empty())
        battery = std::make_unique<ControllingBattery>(loop, options);
    SimulatedGx<SimulatedBank> gx(loop, options, [&](mqtt::VenusServer::Publish publish) {
        return SimulatedBank(
            spec, settings, std::move(publish),
            [battery = battery.get()](const sim::Twin& twin) {
                return battery == nullptr ? plainRule(twin) : battery->limits();
            },
            [battery = battery.get()]() {
                return battery == nullptr ? std::nullopt : battery->instance();
            });
    });
    log::info("simulated_gx portal_id={} seed={} packs={} in_series={} chemistry={} speed={} "
              "limits=\"{}\"",
              gx.player().server().portalId(), options.bank.seed, spec.packs.size(), spec.inSeries,
              sim::toText(spec.packs.front().chemistry), settings.speed,
              battery ? "of " + options.service + ", read from the bus"
                      : "a plain rule: smallest CVL, packs (strings) × smallest CCL and DCL");
    const int code = gx.run();
    printSummary(gx.player());
    return code;
}

} // namespace

int simulateCommand(const SimulateOptions& options) {
    log::start("info");
    return options.recording.empty() ? playBank(options) : playRecording(options);
}

} // namespace busbar
