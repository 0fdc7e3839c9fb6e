// SPDX-License-Identifier: MIT
// The loop's part of an MQTT session: takes the mail, ticks, and keeps what came for the test to
// look at.
#pragma once

#include "mqtt/session/client.hpp"
#include "support/wait.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::test {

struct Received {
    MailKind kind{MailKind::Message};
    std::uint8_t session{0};
    bool retained{false};
    std::string topic;
    std::string payload;
};

class Session {
public:
    explicit Session(mqtt::BrokerSettings settings, mqtt::ClientOptions options = {})
        : client(std::move(settings), std::move(options), box_) {}

    /// One wake-up of the loop. A pause before the next attempt is skipped by moving the clock, not
    /// by waiting.
    void step() {
        box_.take(batch_);
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const Mail mail = batch_.at(i);
            mails.push_back({mail.kind, mail.session, mail.retained, std::string(mail.topic),
                             std::string(mail.payload)});
        }
        dropped += batch_.dropped();
        client.tick(now());
        box_.arm();
        if (const auto next = client.nextAttempt(); skipsPauses && next && *next > now().steady)
            skipped_ += *next - now().steady;
    }

    template <class Pred>
    bool until(Pred pred, std::chrono::milliseconds limit = kPatience) {
        return waitUntil(
            [this, &pred] {
                step();
                return pred();
            },
            limit);
    }

    bool connect() {
        const auto before = count(MailKind::Connected);
        client.connectNow(now());
        return until([this, before] { return count(MailKind::Connected) > before; });
    }

    /// The reason of the next failed attempt; empty if there is none in time.
    std::string failure() {
        const auto before = count(MailKind::ConnectFailed);
        client.connectNow(now());
        if (!until([this, before] { return count(MailKind::ConnectFailed) > before; }))
            return {};
        return last(MailKind::ConnectFailed)->payload;
    }

    [[nodiscard]] std::size_t count(MailKind kind) const {
        return static_cast<std::size_t>(
            std::count_if(mails.begin(), mails.end(),
                          [kind](const Received& each) { return each.kind == kind; }));
    }

    [[nodiscard]] const Received* last(MailKind kind) const {
        const auto found = std::find_if(mails.rbegin(), mails.rend(),
                                        [kind](const Received& each) { return each.kind == kind; });
        return found == mails.rend() ? nullptr : &*found;
    }

    [[nodiscard]] std::size_t messages() const { return count(MailKind::Message); }

    /// Subscribed for certain: a message to ourselves came back.
    bool subscribe(const std::vector<std::string>& topics) {
        auto all = topics;
        all.emplace_back("busbar-test/echo");
        const auto before = messages();
        if (!client.subscribe(all) || !client.publish("busbar-test/echo", "", 0, false))
            return false;
        const bool isBack = until([this, before] { return messages() > before; });
        mails.clear();
        return isBack;
    }

    [[nodiscard]] Now now() const {
        return {std::chrono::steady_clock::now() + skipped_, std::chrono::system_clock::now()};
    }

    std::vector<Received> mails;
    std::uint64_t dropped{0};
    bool skipsPauses{true};

private:
    Mailbox box_; // before the client: it must live longer
    MailBatch batch_;
    SteadyTime::duration skipped_{0};

public:
    mqtt::Client client;
};

inline mqtt::BrokerSettings brokerAt(std::string url) {
    mqtt::BrokerSettings settings;
    settings.url = std::move(url);
    return settings;
}

} // namespace busbar::test
