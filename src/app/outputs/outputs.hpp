// SPDX-License-Identifier: MIT
// All outputs of a running program: what they are offered, and in which order.
#pragma once

#include "app/kept/keeper.hpp"
#include "app/outputs/bus_output.hpp"
#include "app/outputs/gx_output.hpp"
#include "app/outputs/log_output.hpp"
#include "app/outputs/made_offers.hpp"
#include "app/outputs/page_output.hpp"
#include "app/outputs/session_outputs.hpp"
#include "app/run/links.hpp"
#include "app/site/site.hpp"
#include "app/site/write_desk.hpp"
#include "base/event_loop.hpp"
#include "core/report.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// Where outputs stand. All must outlive them.
struct OutputsPlace {
    EventLoop& loop;
    const config::Config& config; ///< in force
    Site& site;
    Keeper& keeper;
    Links& links;
    std::function<mqtt::Health(const Now&)> health;
    std::function<void()> wake; ///< the owner wants something: a cycle, soon
    std::string label{};        ///< of the site in the log; empty where there is only one
    /// Somebody wrote values, maybe again and again: a cycle, but not too many of them.
    std::function<void(const Now&)> wakeForWrite{};
    std::optional<PageParts> page{}; ///< of the web page; nothing = this program has none
};

/// It publishes something on MQTT, or has something to take back there.
[[nodiscard]] bool speaksByMqtt(const config::Config& config, Keeper& keeper);

/// The bus and what the GX is told stay; those on the MQTT session are made anew by a reload.
class Outputs {
public:
    /// `publishes`: false = the log alone.
    Outputs(OutputsPlace place, bool publishes);

    /// Those of a configuration on the MQTT session; null if it publishes nothing there.
    [[nodiscard]] std::unique_ptr<SessionOutputs> make(const config::Config& config);
    /// In place of the former; their session has their will then.
    void install(std::unique_ptr<SessionOutputs> made);
    /// The configuration has changed in place: what it does not want any more is taken back.
    void takeBackGone();
    /// They say goodbye, and are forgotten by `forgetSession` once their session has ended.
    void endSession();
    void forgetSession();

    void begin();
    /// After a cycle.
    void offer(bool isConcluded, const Now& now);
    /// Once a second, after `offer`.
    void tick(const Now& now);
    /// `isGone`: the configuration has no such site any more.
    void end(bool isGone);
    /// A mail of the outputs' session; true if it was for them alone.
    bool take(const Mail& mail, const Now& now);

    /// Something has changed that must not wait for the cycle, or nobody knows what was said last.
    [[nodiscard]] bool isWorthTelling(bool isConcluded, const Now& now);
    /// Null where nothing is published.
    [[nodiscard]] const BusOutput* bus() const { return bus_ ? &*bus_ : nullptr; }
    [[nodiscard]] const WriteDesk& desk() const { return desk_; }
    [[nodiscard]] const GxOutput* gx() const { return gx_ ? &*gx_ : nullptr; }

private:
    template <class Do>
    void forEach(Do&& act);
    void look(bool isConcluded, const Now& now);
    void lookAtMade(bool isConcluded, const Now& now);
    [[nodiscard]] Offer offered(bool isConcluded) const;
    [[nodiscard]] OutputActions actions();
    void armCommands(const Now& now);

    OutputsPlace place_;
    WriteDesk desk_;
    LogOutput log_;
    std::optional<BusOutput> bus_;
    std::optional<GxOutput> gx_;
    std::optional<PageOutput> page_;
    std::unique_ptr<SessionOutputs> session_;
    Timer commands_;                   ///< armed while one waits
    std::vector<BankReport> reports_;  ///< of the last cycle, one per bank
    std::vector<BankView> views_;      ///< likewise, valid until the next message
    std::vector<OfferedBank> offered_; ///< likewise
    MadeOffers made_;                  ///< of the last cycle
};

} // namespace busbar
