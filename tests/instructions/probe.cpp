// SPDX-License-Identifier: MIT
// Does what Busbar does for a message, an evaluation and a document, each in a function that
// callgrind can tell apart.
#include "base/mailbox.hpp"
#include "bench/battery_paths.hpp"
#include "core/bank_view.hpp"
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "instructions/measured.hpp"
#include "mqtt/results/results_json.hpp"
#include "mqtt/venus/cut_watch.hpp"
#include "support/gx_bench.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace busbar::instructions {
namespace {

using namespace std::chrono_literals;
using bench::FakeBridge;
using bench::GxBench;

constexpr int kRepeats = 10;
constexpr auto kStarted = 40s; // first full publish, and what a newcomer waits for

std::string json(double value) {
    return R"({"value":)" + std::to_string(value) + "}";
}
std::string json(std::string_view text) {
    return R"({"value":")" + std::string(text) + "\"}";
}

bench::FakeService serviceOf(int instance) {
    bench::FakeService service{.key = instance, .instance = instance, .payloads = {}};
    auto& payloads = service.payloads;
    for (const bench::Number& number : bench::kNumbers)
        payloads[std::string(number.path)] = json(number.base);
    for (const bench::Text& text : bench::kTexts)
        payloads[std::string(text.path)] = json(text.text);
    for (const std::string_view path : bench::kCellIds)
        payloads[std::string(path)] = json("C4");
    for (int cell = 1; cell <= bench::kCells; ++cell)
        payloads["/Voltages/Cell" + std::to_string(cell)] = json(bench::kCell_V);
    payloads["/DeviceInstance"] = json(instance);
    payloads["/CustomName"] = json("Pack " + std::to_string(instance));
    payloads["/Serial"] = json("BENCH" + std::to_string(instance));
    return service;
}

struct Message {
    std::string topic;
    std::string payload;
};

/// A GX with so many batteries, all of them members.
class Gx {
public:
    explicit Gx(int batteries) : batteries_(batteries), gx_(BankSettings{}) {
        for (int instance = 1; instance <= batteries; ++instance)
            gx_.bridge().add(serviceOf(instance));
        gx_.connect();
        gx_.advanceTo(kStarted);
        now_ = gx_.now();
        if (gx_.bank().report().online != batteries)
            throw std::runtime_error("not all batteries take part");
    }

    /// What moves in one report of each battery, the `step`th.
    [[nodiscard]] std::vector<Message> reports(int step) const {
        std::vector<Message> messages;
        const int level = step % 2 == 0 ? 1 : -1;
        for (int instance = 1; instance <= batteries_; ++instance) {
            for (const bench::Number& number : bench::kNumbers)
                if (number.step > 0.0)
                    messages.push_back({FakeBridge::topicOf(instance, number.path),
                                        json(number.base + level * number.step)});
            for (int cell = 1; cell <= bench::kCells; ++cell)
                messages.push_back(
                    {FakeBridge::topicOf(instance, "/Voltages/Cell" + std::to_string(cell)),
                     json(bench::kCell_V + level * bench::kCellStep_V)});
        }
        return messages;
    }

    void take(const std::vector<Message>& messages) {
        for (const Message& message : messages)
            mailbox_.put({.isPressing = watch_.isPressing(message.topic, message.payload),
                          .topic = message.topic,
                          .payload = message.payload});
        mailbox_.take(batch_);
        for (std::size_t i = 0; i < batch_.size(); ++i)
            gx_.source().message(batch_.at(i).topic, batch_.at(i).payload, false, now_);
        mailbox_.arm();
    }

    void passSecond() {
        now_ = now_ + 1s;
        gx_.source().message("N/" + std::string(bench::kPortal) + "/heartbeat", R"({"value":1})",
                             false, now_);
    }

    void evaluate() {
        gx_.readings().settle(now_);
        gx_.bank().evaluate(gx_.readings(), now_);
        report_ = gx_.bank().report();
    }

    [[nodiscard]] BankView view() {
        Bank& bank = gx_.bank();
        return {bank.settings(),
                bank.snapshot(),
                report_,
                bank.events(),
                bank.controls(),
                bank.advice(),
                gx_.readings().batteries(),
                false,
                false};
    }

private:
    int batteries_;
    GxBench gx_;
    Now now_;
    Mailbox mailbox_;
    MailBatch batch_;
    mqtt::CutWatch watch_;
    BankReport report_;
};

/// One line for the checker: what was done in the measured call that comes next, how often.
void announce(const std::string& what, std::size_t times) {
    std::printf("%s %zu\n", what.c_str(), times);
}

void measureMessages(Gx& gx) {
    gx.take(gx.reports(0)); // first sight of a topic costs more
    const auto messages = gx.reports(1);
    announce("message", messages.size());
    measured([&] { gx.take(messages); });
}

void measureEvaluations(Gx& gx, const std::string& batteries) {
    announce("evaluation-" + batteries, kRepeats);
    for (int i = 0; i < kRepeats; ++i) {
        gx.passSecond();
        gx.take(gx.reports(i));
        measured([&] { gx.evaluate(); });
    }
}

void measureDocuments(Gx& gx, const std::string& batteries) {
    const BankView view = gx.view();
    std::size_t bytes = 0;
    announce("bank-document-" + batteries, 1);
    measured([&] { bytes += mqtt::bankDocument(view).size(); });
    announce("battery-document-" + batteries, view.report.members.size());
    measured([&] {
        for (const MemberReport& member : view.report.members)
            bytes += mqtt::batteryDocument(view, member).size();
    });
    if (bytes == 0)
        throw std::runtime_error("empty documents");
}

void run() {
    for (const int batteries : {4, 16, 64}) {
        Gx gx(batteries);
        if (batteries == 16)
            measureMessages(gx);
        measureEvaluations(gx, std::to_string(batteries));
        measureDocuments(gx, std::to_string(batteries));
    }
}

} // namespace
} // namespace busbar::instructions

int main() {
    try {
        busbar::instructions::run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "instructions_probe: %s\n", error.what());
    } catch (...) {
        std::fputs("instructions_probe: unknown failure\n", stderr);
    }
    return 1;
}
