// SPDX-License-Identifier: MIT
// The MQTT sessions of a site: the GX's, the outputs' own, and the one that carries a last
// will.
#pragma once

#include "app/run/reload_plan.hpp"
#include "app/run/session.hpp"
#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "mqtt/session/read_pause.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// Not connected yet, as a configuration wants them.
struct MadeSessions {
    std::unique_ptr<Session> gx;     ///< null: not replaced
    std::unique_ptr<Session> output; ///< null: not replaced, or the outputs have none of their own
};

class Links {
public:
    /// `pause`: of the thread that fills the mailbox; `site`: its place in the configuration.
    Links(EventLoop& loop, Mailbox& mailbox, std::shared_ptr<mqtt::ReadPause> pause,
          std::size_t site)
        : loop_(loop), mailbox_(mailbox), pause_(std::move(pause)), site_(site) {}

    /// Those that `plan` replaces. Throws std::runtime_error for settings that no session can have.
    /// `speaks`: there is something to publish on MQTT, or to take back.
    [[nodiscard]] MadeSessions make(const config::Config& config, const ReloadPlan& plan,
                                    bool speaks) const;
    void install(MadeSessions made, const ReloadPlan& plan);
    /// Connects those that were made.
    void start(const ReloadPlan& made, const Now& now);
    /// After a batch with an event of a session, and once a second.
    void tick(const Now& now);

    /// Of the readings; also where settings of the GX are written.
    [[nodiscard]] Session& gx() { return *gx_; }
    [[nodiscard]] const Session& gx() const { return *gx_; }
    /// Of the outputs; the readings', if they have none of their own.
    [[nodiscard]] Session& output() { return output_ ? *output_ : *gx_; }
    [[nodiscard]] const Session* ownOutput() const { return output_.get(); }

    /// Has the GX's broker write `amperes` to `topic` when this program is lost. Needs a session of
    /// its own, because a session has one will, which says offline elsewhere.
    void armWill(const mqtt::GxSettings& gx, const std::string& topic,
                 const std::optional<double>& amperes, const Now& now);
    /// That session ends in order, so nobody writes its will.
    void disarmWill();
    [[nodiscard]] bool isWillArmed() const { return will_ && will_->client().isConnected(); }

    /// Says goodbye to those that `plan` replaces, the readings' first, and lets them go.
    void endReadings();
    void endOutput();
    /// Says goodbye to all. True if the GX's broker has taken all that was written, and has no last
    /// will to write itself.
    bool end(std::chrono::milliseconds patience);

private:
    [[nodiscard]] std::unique_ptr<Session> session(mqtt::BrokerSettings broker,
                                                   SessionUse use) const;

    EventLoop& loop_;
    Mailbox& mailbox_;
    std::shared_ptr<mqtt::ReadPause> pause_;
    std::size_t site_;
    std::unique_ptr<Session> gx_; ///< always there, but within a reload
    std::unique_ptr<Session> output_;
    std::unique_ptr<Session> will_; ///< while a last will has to close the GX's limit
    std::string willTopic_;
};

/// What a goodbye may take where nothing depends on it.
inline constexpr std::chrono::milliseconds kGoodbye{500};

} // namespace busbar
