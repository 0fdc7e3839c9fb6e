// SPDX-License-Identifier: MIT
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/path_table.hpp"
#include "support/gx_bench.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <optional>

namespace busbar::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// One line of a recording: `{"t":seconds,"initial":bool,"topic":"N/…","payload":"…"}`.
struct Line {
    milliseconds t{0};
    bool isInitial{false};
    int instance{0};
    std::string path;
    std::string payload;
};

std::optional<Line> lineOf(const std::string& text) {
    rapidjson::Document json;
    json.Parse(text.data(), text.size());
    if (json.HasParseError() || !json.IsObject())
        return std::nullopt;
    const std::string head = "N/" + std::string(kPortal) + "/battery/";
    const std::string topic = json["topic"].GetString();
    const auto slash = topic.find('/', head.size());
    if (!topic.starts_with(head) || slash == std::string::npos)
        return std::nullopt;
    const bool isInitial = json.HasMember("initial") && json["initial"].GetBool();
    return Line{milliseconds(std::llround(json["t"].GetDouble() * 1000.0)), isInitial,
                std::stoi(topic.substr(head.size(), slash - head.size())), topic.substr(slash),
                json["payload"].GetString()};
}

std::vector<Line> recording(const std::string& name) {
    std::ifstream in(test::sourcePath("tests/data/recordings/") + name);
    std::vector<Line> lines;
    for (std::string text; std::getline(in, text);)
        if (auto line = lineOf(text))
            lines.push_back(std::move(*line));
    return lines;
}

/// How far the bank and the vendor's own totals are apart over a recording.
class Differences {
public:
    /// `close`: what counts as agreement.
    explicit Differences(double close) : close_(close) {}

    void add(double difference, milliseconds t) {
        all_.push_back(difference);
        if (difference <= close_)
            apartSince_.reset();
        else if (!apartSince_)
            apartSince_ = t;
        longestApart_ = std::max(longestApart_, t - apartSince_.value_or(t));
    }
    [[nodiscard]] double median() const {
        std::vector<double> sorted = all_;
        std::ranges::sort(sorted);
        return sorted.at(sorted.size() / 2);
    }
    [[nodiscard]] double largest() const { return *std::ranges::max_element(all_); }
    /// The longest time in one piece without agreement.
    [[nodiscard]] milliseconds longestApart() const { return longestApart_; }

private:
    double close_;
    std::vector<double> all_;
    std::optional<milliseconds> apartSince_;
    milliseconds longestApart_{0};
};

/// What is allowed. Members and totals arrive at different moments: after a step of the load the
/// totals follow within seconds.
struct Compared {
    std::string_view path;
    double median;
    double largest;
    double close;       ///< agreement …
    milliseconds apart; ///< … is missing for this long at most
};

class Replay {
public:
    Replay(const std::string& name, int totals) : lines_(recording(name)), totals_(totals) {
        mqtt::GxSettings gx;
        gx.portalId = kPortal;
        BankSettings settings;
        settings.limits.share = Share::Count; // as the vendor's aggregate does it
        bench_ = std::make_unique<GxBench>(settings, gx);
    }

    /// Plays everything; `look` after each moment at which something changed, and each second.
    template <typename Look>
    void play(Look look) {
        std::map<int, FakeService> services;
        for (const Line& line : lines_)
            if (line.isInitial) {
                FakeService& service = services[line.instance];
                service.key = service.instance = line.instance;
                service.payloads[line.path] = line.payload;
                note(line);
            }
        for (auto& [instance, service] : services)
            bench_->bridge().add(service);
        bench_->connect();
        bench_->cycle();
        look(milliseconds(0));
        playChanges(look);
    }

    GxBench& bench() { return *bench_; }
    [[nodiscard]] std::size_t size() const { return lines_.size(); }

    /// What the vendor's totals say now.
    [[nodiscard]] std::optional<double> total(std::string_view path) const {
        const auto found = totalValues_.find(path);
        return found == totalValues_.end() ? std::nullopt : found->second;
    }

private:
    template <typename Look>
    void playChanges(Look look) {
        for (std::size_t i = 0; i < lines_.size();) {
            if (lines_[i].isInitial) {
                ++i;
                continue;
            }
            const milliseconds t = lines_[i].t;
            bench_->advanceTo(t);
            for (; i < lines_.size() && lines_[i].t == t; ++i) {
                bench_->bridge().set(lines_[i].instance, lines_[i].path, lines_[i].payload);
                note(lines_[i]);
            }
            bench_->cycle();
            look(t);
        }
    }

    void note(const Line& line) {
        if (line.instance != totals_)
            return;
        rapidjson::Document json;
        json.Parse(line.payload.data(), line.payload.size());
        const auto& value = json["value"];
        totalValues_[line.path] =
            value.IsNumber() ? std::optional(value.GetDouble()) : std::nullopt;
    }

    std::vector<Line> lines_;
    int totals_;
    std::unique_ptr<GxBench> bench_;
    std::map<std::string, std::optional<double>, std::less<>> totalValues_;
};

void compare(Replay& replay, const std::vector<Compared>& rows) {
    std::vector<Differences> found;
    found.reserve(rows.size());
    for (const Compared& row : rows)
        found.emplace_back(row.close);
    int moments = 0;
    replay.play([&](milliseconds t) {
        ++moments;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto own = replay.bench().bank().snapshot()[findRow(rows[i].path).value()];
            const auto theirs = replay.total(rows[i].path);
            ASSERT_TRUE(own.number() && theirs) << rows[i].path << " at " << t.count() << " ms";
            found[i].add(std::abs(*own.number() - *theirs), t);
        }
    });
    EXPECT_GT(moments, 150);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_LE(found[i].median(), rows[i].median) << rows[i].path;
        EXPECT_LE(found[i].largest(), rows[i].largest) << rows[i].path;
        EXPECT_LE(found[i].longestApart(), rows[i].apart) << rows[i].path;
    }
}

TEST(Replay, TwoLynxPacksAgreeWithTheVendorsTotals) {
    Replay replay("lp.jsonl", 5);
    ASSERT_GT(replay.size(), 4000U);
    // Measured: current 0.50/48.2 A (steps of the load), power 6/615 W, voltage 5/150 mV, SoC
    // 0.03/0.10, consumed 0/0.2 Ah; the rest is equal at all moments.
    compare(replay, {{"/Dc/0/Current", 0.6, 50.0, 2.0, 10s},
                     {"/Dc/0/Power", 7.0, 640.0, 30.0, 10s},
                     {"/Dc/0/Voltage", 0.006, 0.16, 0.03, 7s},
                     {"/Soc", 0.04, 0.11, 0.11, 0s},
                     {"/ConsumedAmphours", 0.001, 0.21, 0.11, 1s},
                     {"/Capacity", 0.0, 0.0, 0.0, 0s},
                     {"/Info/MaxChargeVoltage", 0.0, 0.0, 0.0, 0s},
                     {"/Info/MaxChargeCurrent", 0.0, 0.0, 0.0, 0s},
                     {"/Info/MaxDischargeCurrent", 0.0, 0.0, 0.0, 0s}});
}

TEST(Replay, PendingPackIsLeftOutAsInTheVendorsTotals) {
    Replay replay("lpp.jsonl", 6);
    ASSERT_GT(replay.size(), 1200U);
    // Measured: current 0.2/2.0 A, power 2/27 W, voltage 0/10 mV, SoC 0.02/0.07, consumed 0/0.1 Ah;
    // the rest is equal at all moments.
    compare(replay, {{"/Dc/0/Current", 0.3, 2.1, 2.1, 0s},
                     {"/Dc/0/Power", 3.0, 30.0, 30.0, 0s},
                     {"/Dc/0/Voltage", 0.001, 0.011, 0.011, 0s},
                     {"/Soc", 0.03, 0.08, 0.08, 0s},
                     {"/ConsumedAmphours", 0.001, 0.11, 0.11, 0s},
                     {"/Capacity", 0.0, 0.0, 0.0, 0s},
                     {"/Info/MaxChargeVoltage", 0.0, 0.0, 0.0, 0s},
                     {"/Info/MaxChargeCurrent", 0.0, 0.0, 0.0, 0s},
                     {"/Info/MaxDischargeCurrent", 0.0, 0.0, 0.0, 0s}});
}

MemberReport memberOf(const Bank& bank, int instance) {
    for (const MemberReport& member : bank.report().members)
        if (member.instance == instance)
            return member;
    return {};
}

TEST(Replay, SaysWhoIsOutAndWhy) {
    Replay replay("lpp.jsonl", 6);
    replay.play([&](milliseconds) {
        const Bank& bank = replay.bench().bank();
        EXPECT_TRUE(memberOf(bank, 2).takesPart);
        EXPECT_EQ(memberOf(bank, 3).reason, OutReason::Pending);
        EXPECT_EQ(memberOf(bank, 6).reason, OutReason::Aggregate);
    });
}

TEST(Replay, TotalsAreNoBattery) {
    Replay replay("lp.jsonl", 5);
    replay.play([&](milliseconds) {
        const BankReport report = replay.bench().bank().report();
        EXPECT_EQ(report.online, 2);
        EXPECT_EQ(report.total, 2);
        EXPECT_EQ(memberOf(replay.bench().bank(), 5).reason, OutReason::Aggregate);
    });
}

} // namespace
} // namespace busbar::bench
