// SPDX-License-Identifier: MIT
// An MQTT session on the program's loop, with the timer for its next attempt.
#pragma once

#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "mqtt/session/client.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace busbar::mqtt {
class CutWatch;
} // namespace busbar::mqtt

namespace busbar {

/// What the sessions of a site are for; comes back in `Mail::session`.
enum class SessionUse : std::uint8_t {
    Readings, ///< reads the GX; also publishes, if there is no broker of its own for that
    Output,   ///< publishes to a broker of its own
    Control,  ///< carries the last will that closes the GX's limit
};

/// Whose session it is.
struct SessionId {
    std::size_t site{0}; ///< its place in the configuration
    SessionUse use{SessionUse::Readings};
};

/// Of each site as many numbers as there are uses, and one to spare.
inline constexpr std::size_t kSessionsOfASite = 4;

[[nodiscard]] constexpr std::uint8_t numberOf(const SessionId& id) {
    return static_cast<std::uint8_t>(id.site * kSessionsOfASite + static_cast<std::size_t>(id.use));
}
/// Of the session that put a mail.
[[nodiscard]] constexpr SessionId sessionOf(const Mail& mail) {
    return {.site = mail.session / kSessionsOfASite,
            .use = static_cast<SessionUse>(mail.session % kSessionsOfASite)};
}

/// Any of these sessions is the site's.
[[nodiscard]] inline bool isAnyOf(std::size_t site, const Sessions& sessions) {
    return (sessions >> (site * kSessionsOfASite) & Sessions((1U << kSessionsOfASite) - 1)).any();
}

class Session {
public:
    /// Throws what mqtt::Client does. `cuts`: what `options` asks which messages are pressing.
    Session(EventLoop& loop, mqtt::BrokerSettings broker, mqtt::ClientOptions options,
            std::shared_ptr<mqtt::CutWatch> cuts, Mailbox& mailbox)
        : cuts_(std::move(cuts)), client_(std::move(broker), std::move(options), mailbox),
          connect_(loop, [this](const Now& now) { tick(now); }) {}

    [[nodiscard]] mqtt::Client& client() { return client_; }
    [[nodiscard]] const mqtt::Client& client() const { return client_; }
    [[nodiscard]] mqtt::CutWatch& cuts() { return *cuts_; }

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
    void schedule(const Now& now) {
        if (const auto at = client_.nextAttempt())
            connect_.arm(std::chrono::duration_cast<std::chrono::microseconds>(*at - now.steady));
        else
            connect_.disarm();
    }

    std::shared_ptr<mqtt::CutWatch> cuts_; ///< the library's thread has it, too
    mqtt::Client client_;
    Timer connect_;
};

} // namespace busbar
