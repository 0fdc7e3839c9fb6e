// SPDX-License-Identifier: MIT
// One site of the running program: its GX and banks, sessions, outputs and files.
#pragma once

#include "app/kept/keeper.hpp"
#include "app/outputs/outputs.hpp"
#include "app/run/cycle.hpp"
#include "app/run/inbox.hpp"
#include "app/run/links.hpp"
#include "app/run/reload_plan.hpp"
#include "app/site/site.hpp"
#include "base/event_loop.hpp"
#include "config/config.hpp"
#include "web/board.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// Where a site runs. What is referred to must outlive it.
struct SitePlace {
    EventLoop& loop;
    Inbox& inbox;
    std::size_t index{0};             ///< in the configuration
    std::vector<std::string> names{}; ///< of all sites of the configuration
    bool publishes{true};
    std::function<void(const Now&)> takeMail{}; ///< hands on what has come, to any site
    std::function<void(const Now&)> told{};     ///< after each cycle of this site
    /// Of sites that are no more, on the broker that this one speaks to: it takes that back.
    std::vector<mqtt::LeftTopics> left{};
    web::Board* board{nullptr}; ///< of the web page; nullptr = there is none
};

/// What a new configuration needs of one site, made before anything of the old one ends.
struct SiteChange {
    config::Config config;
    ReloadPlan plan;
    MadeSessions sessions{};
    std::unique_ptr<SessionOutputs> outputs{};
};

/// Knows no other site. All calls come from the loop; what one throws is its caller's to catch.
class SiteRun {
public:
    /// `config`: of one site. Throws std::runtime_error for settings that no session can have.
    SiteRun(const config::Config& config, SitePlace place);
    ~SiteRun();
    SiteRun(const SiteRun&) = delete;
    SiteRun& operator=(const SiteRun&) = delete;
    SiteRun(SiteRun&&) = delete;
    SiteRun& operator=(SiteRun&&) = delete;

    /// Connects.
    void start(const Now& now);
    /// A mail of one of its sessions.
    void take(const Mail& mail, SessionUse use, const Now& now);
    /// Messages were lost, perhaps its own.
    void overflow(const Now& now) { site_.source().overflow(now); }
    /// All of a batch was taken. `isEvent`: one of its sessions was among it.
    void batchEnded(bool isEvent, const Now& now);
    /// Once a second.
    void tick(const Now& now);

    /// How it would take over another configuration of the same site. Settings of its GX that must
    /// be given back before another one is read need a restart.
    [[nodiscard]] ReloadPlan planFor(const config::Config& wanted) const;
    /// All that may fail; throws then, and nothing has changed.
    [[nodiscard]] SiteChange prepare(config::Config wanted, const ReloadPlan& plan);
    /// The sessions that are replaced say goodbye, and no more of their mail may be handed on.
    void endLinks(const ReloadPlan& plan, const Now& now);
    /// After `endLinks`.
    void takeOver(SiteChange change, const Now& now);

    /// The outputs say goodbye and the owner's settings are given back. `isGone`: the configuration
    /// has no such site any more, so what it announced is taken back.
    void end(bool isGone = false);
    /// After `end`: waits at most about `share` of what that may take, 0…1, for the brokers.
    /// `isForGood`: no restart follows.
    void sayGoodbye(int share, bool isForGood);

    [[nodiscard]] Site& site() { return site_; }
    [[nodiscard]] const config::Config& config() const { return config_; }
    [[nodiscard]] std::size_t index() const { return place_.index; }
    [[nodiscard]] bool isConnected() const { return links_.gx().client().isConnected(); }
    /// Of the session that reads the GX (Client::lastFailure).
    [[nodiscard]] std::optional<mqtt::LinkFailure> lastFailure() const {
        return links_.gx().client().lastFailure();
    }
    /// How often it has tried in vain.
    [[nodiscard]] std::uint64_t connectFailures() const {
        return links_.gx().client().counters().connectFailures;
    }
    /// A cycle was told not long ago (`kTurning`): whatever else is wrong, it goes on.
    [[nodiscard]] bool isTurning(const Now& now) const;

private:
    [[nodiscard]] mqtt::Health health(const Now& now) const;
    void told(const Now& now);
    void sayWhatIsAwaited(const Now& now);

    SitePlace place_;
    config::Config config_;
    std::string label_; ///< in the log; empty for the only site
    Links links_;
    Site site_;
    Keeper keeper_;
    Outputs outputs_;
    Cycle cycle_;
    std::optional<SteadyTime> started_;
    SteadyTime toldAt_{};
    bool isAwaitedSaid_{false};
};

} // namespace busbar
