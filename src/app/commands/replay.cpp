// SPDX-License-Identifier: MIT
// `busbar replay`: the core on a recording.
#include "app/commands/commands.hpp"
#include "app/commands/recording.hpp"
#include "app/run/log.hpp"
#include "app/site/site.hpp"
#include "app/view/differences.hpp"
#include "app/view/values_json.hpp"
#include "app/view/wall_text.hpp"
#include "base/log.hpp"
#include "mqtt/venus/topic.hpp"
#include "mqtt/venus/venus_server.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// "c0619ab00001" of "N/c0619ab00001/battery/2/Soc".
std::string portalIdIn(const std::vector<Record>& recording) {
    for (const Record& record : recording) {
        const std::string_view topic = record.topic;
        const auto end = topic.find('/', 2);
        if (topic.starts_with("N/") && end != std::string_view::npos &&
            mqtt::isPortalId(topic.substr(2, end - 2)))
            return std::string(topic.substr(2, end - 2));
    }
    throw std::runtime_error("the recording has no topic N/<portal id>/…");
}

/// The calendar decides on voltages and on balancing. Of a recording without a date: 1970.
WallTime startOf(const ReplayOptions& options, const std::vector<Record>& recording) {
    if (!options.at.empty()) {
        const auto given = wallTimeOf(std::string_view(options.at));
        if (!given)
            throw std::runtime_error("--at: no date: " + options.at + " (2026-07-01T12:30)");
        return *given;
    }
    return recording.empty() ? WallTime{} : recording.front().wall.value_or(WallTime{});
}

/// A recording is of one GX.
config::Config siteFor(const ReplayOptions& options, const std::vector<config::Config>& sites,
                       const std::string& portalId) {
    if (!options.site.empty())
        return sites.at(siteIndex(sites, options.site));
    const auto found = std::ranges::find(
        sites, portalId, [](const config::Config& site) { return site.gx.portalId; });
    return found == sites.end() ? sites.front() : *found;
}

/// A bridge that holds what the recording has said so far, and a site that reads it.
class Replay {
public:
    Replay(config::Config config, const std::string& portalId)
        : server_({.portalId = portalId, .topicPrefix = ""},
                  [this](std::string_view topic, std::string_view payload, bool) {
                      outbox_.emplace_back(topic, payload);
                      return true;
                  }),
          site_(withPortal(std::move(config), portalId),
                {[](const std::vector<std::string>&) { return true; },
                 [](const std::vector<std::string>&) { return true; },
                 [this](const std::string& topic, const std::string& payload) {
                     requests_.emplace_back(topic, payload);
                     return true;
                 }},
                "replay") {}

    void connect(const Now& now) {
        site_.take({.kind = MailKind::Connected}, now);
        exchange(now);
    }

    /// One message of the recording; the bridge's own end marks and heartbeats are made anew.
    void put(const Record& record, const Now& now) {
        const std::string_view topic = record.topic;
        const std::string head = "N/" + server_.portalId() + "/";
        const auto path = topic.starts_with(head)
                              ? mqtt::parseServicePath(topic.substr(head.size()))
                              : std::nullopt;
        if (path)
            server_.setPayload(server_.item(path->type, std::to_string(path->instance), path->path),
                               record.payload);
        exchange(now);
    }

    bool cycle(const Now& now) {
        server_.tick(now);
        site_.tick(now);
        exchange(now);
        return site_.evaluate(now);
    }

    [[nodiscard]] Site& site() { return site_; }

private:
    static config::Config withPortal(config::Config config, const std::string& portalId) {
        config.gx.portalId = portalId;
        config.gx.topicPrefix.clear();
        return config;
    }

    void exchange(const Now& now) {
        while (!requests_.empty() || !outbox_.empty()) {
            for (const auto& [topic, payload] : std::exchange(requests_, {}))
                server_.message(topic, payload, now);
            for (const auto& [topic, payload] : std::exchange(outbox_, {}))
                site_.take({.topic = topic, .payload = payload}, now);
        }
        logNotices("", site_.source().takeNotices());
    }

    std::vector<std::pair<std::string, std::string>> outbox_;
    std::vector<std::pair<std::string, std::string>> requests_;
    mqtt::VenusServer server_;
    Site site_;
};

/// One configuration, and the bank of it that is looked at.
struct ReplaySide {
    ReplaySide(const ReplayOptions& options, const config::Config& config,
               const std::string& portalId)
        : replay(config, portalId), bank(bankIndex(config, options.bank)) {}

    [[nodiscard]] const Bank& shown() { return replay.site().banks().at(bank); }

    Replay replay;
    std::size_t bank;
    Snapshot before{};
};

class Player {
public:
    /// Two configurations: where they differ is shown.
    Player(const ReplayOptions& options, const std::vector<config::Config>& configs,
           const std::vector<Record>& recording)
        : options_(options), recording_(recording), start_{{}, startOf(options, recording)} {
        for (const config::Config& config : configs)
            sides_.push_back(std::make_unique<ReplaySide>(options, config, portalIdIn(recording)));
    }

    void play() {
        std::size_t next = 0;
        for (; next < recording_.size() && isFirstState(recording_[next]); ++next)
            put(recording_[next], start_);
        for (const auto& side : sides_)
            side->replay.connect(start_);
        evaluate(0ms);
        auto second = 1000ms;
        while (next < recording_.size()) {
            const auto at = recording_[next].at;
            for (; second < at; second += 1000ms)
                evaluate(second);
            for (; next < recording_.size() && recording_[next].at == at; ++next)
                put(recording_[next], start_ + at);
            evaluate(at);
        }
        if (options_.final)
            std::fputs(finalText().c_str(), stdout);
    }

private:
    [[nodiscard]] bool isPair() const { return sides_.size() > 1; }

    void put(const Record& record, const Now& now) {
        for (const auto& side : sides_)
            side->replay.put(record, now);
    }

    [[nodiscard]] std::string finalText() const {
        ReplaySide& side = *sides_.front();
        return isPair() ? differences_.final() : finalDocument(side.before, side.shown().report());
    }

    /// Without marks of its own, a recording's first moment is its first state.
    [[nodiscard]] bool isFirstState(const Record& record) const {
        return hasMarks_ ? record.isInitial : record.at <= 0ms;
    }

    void evaluate(std::chrono::milliseconds t) {
        bool isConcluded = true;
        for (const auto& side : sides_)
            isConcluded = side->replay.cycle(start_ + t) && isConcluded;
        if (!isConcluded)
            return;
        const std::string lines = isPair() ? compared(t) : changed(t);
        if (!options_.final)
            std::fputs(lines.c_str(), stdout);
    }

    std::string compared(std::chrono::milliseconds t) {
        return differences_.step(t, sides_[0]->shown().snapshot(), sides_[1]->shown().snapshot());
    }

    std::string changed(std::chrono::milliseconds t) {
        ReplaySide& side = *sides_.front();
        const Bank& bank = side.shown();
        logEvents(bank.settings().id, bank.events(), pace_, start_ + t);
        logLeftOut(pace_, start_ + t);
        std::string lines = changedLines({.t = t}, side.before, bank.snapshot());
        side.before = bank.snapshot();
        return lines;
    }

    const ReplayOptions& options_;
    const std::vector<Record>& recording_;
    bool hasMarks_{std::ranges::any_of(recording_, &Record::isInitial)};
    std::vector<std::unique_ptr<ReplaySide>> sides_; ///< one, or two
    LogPace pace_;
    Now start_;
    Differences differences_;
};

/// Nothing if it has errors, which are printed.
std::optional<config::Config> configOfFile(const std::string& file) {
    return file.empty() ? config::Config{} : loadConfig(file);
}

} // namespace

int replayCommand(const ReplayOptions& options) {
    const auto config = configOfFile(options.config);
    const auto against = configOfFile(options.against);
    if (!config || !against)
        return kBadConfig;
    log::start(options.final ? "error" : "warn");
    const std::vector<Record> recording = readRecording(options.file);
    const std::string portalId = portalIdIn(recording);
    std::vector<config::Config> configs = {siteFor(options, sitesOf(*config), portalId)};
    if (!options.against.empty())
        configs.push_back(siteFor(options, sitesOf(*against), portalId));
    Player(options, configs, recording).play();
    return kDone;
}

} // namespace busbar
