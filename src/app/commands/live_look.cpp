// SPDX-License-Identifier: MIT
// When a look has seen all there is.
#include "app/commands/live_look.hpp"

#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/members/membership.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// One failure may be a broker that restarts.
constexpr std::uint64_t kVainAttempts = 2;
constexpr auto kStaysSo = 2s;

bool isSettled(const Bank& bank) {
    return std::ranges::none_of(bank.view().parts.verdicts, [](const Verdict& verdict) {
        return verdict.reason == OutReason::Joining;
    });
}

/// Every site has shown what there is, for a while.
class AllShown {
public:
    bool operator()(App& app, const Now& now) {
        const bool isShown =
            std::ranges::all_of(app.sites(), [](const auto& site) { return hasShown(*site); });
        if (!isShown)
            since_.reset();
        else if (!since_)
            since_ = now.steady;
        return since_ && now.steady - *since_ >= kStaysSo;
    }

private:
    std::optional<SteadyTime> since_;
};

} // namespace

bool hasShown(SiteRun& site) {
    if (!site.isConnected())
        return site.connectFailures() >= kVainAttempts;
    if (site.site().source().portalId().empty())
        return site.site().source().portalsSeen().size() > 1;
    return site.site().readings().everComplete() &&
           std::ranges::all_of(site.site().banks(), isSettled);
}

AppOptions lookOptions(double most_s, std::function<void(App&)> seen) {
    AppOptions options;
    options.publish = false;
    options.runFor = std::chrono::milliseconds(static_cast<std::int64_t>(most_s * 1000.0));
    options.isDone = AllShown();
    options.onEnd = [seen = std::move(seen)](App& app) {
        for (const auto& site : app.sites())
            (void)site->site().evaluate(app.now());
        seen(app);
    };
    return options;
}

} // namespace busbar
