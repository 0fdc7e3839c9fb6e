// SPDX-License-Identifier: MIT
// An MQTT session on the program's loop, with the timer for its next attempt.
#pragma once

#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "mqtt/session/client.hpp"
#include "mqtt/venus/cut_watch.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace busbar {

/// What the sessions of the program are for; comes back as `Mail::session`.
enum class SessionUse : std::uint8_t {
    Readings, ///< reads the GX; also publishes, if there is no broker of its own for that
    Output,   ///< publishes to a broker of its own
    Control,  ///< carries the last will that closes the GX's limit
};

class Session {
public:
    Session(EventLoop& loop, mqtt::BrokerSettings broker, SessionUse use, Mailbox& mailbox)
        : client_(std::move(broker), optionsFor(use), mailbox),
          connect_(loop, [this](const Now& now) { tick(now); }) {}

    [[nodiscard]] mqtt::Client& client() { return client_; }
    [[nodiscard]] const mqtt::Client& client() const { return client_; }

    void start(const Now& now) {
        client_.connectNow(now);
        schedule(now);
    }
    /// After a batch with an event of a session, and once a second.
    void tick(const Now& now) {
        client_.tick(now);
        schedule(now);
    }

private:
    static mqtt::ClientOptions optionsFor(SessionUse use) {
        mqtt::ClientOptions options{.session = static_cast<std::uint8_t>(use)};
        if (use == SessionUse::Readings)
            options.isPressing = [cuts = std::make_shared<mqtt::CutWatch>()](
                                     std::string_view topic, std::string_view payload) {
                return cuts->isPressing(topic, payload);
            };
        return options;
    }

    void schedule(const Now& now) {
        if (const auto at = client_.nextAttempt())
            connect_.arm(std::chrono::duration_cast<std::chrono::microseconds>(*at - now.steady));
        else
            connect_.disarm();
    }

    mqtt::Client client_;
    Timer connect_;
};

} // namespace busbar
