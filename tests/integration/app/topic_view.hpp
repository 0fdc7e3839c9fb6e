// SPDX-License-Identifier: MIT
// Somebody on the broker: keeps what was published, and publishes.
#pragma once

#include "mqtt/session/client.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::test {

/// Works only while it is pumped; every question pumps.
class TopicView {
public:
    TopicView(mqtt::BrokerSettings broker, std::vector<std::string> filters);
    explicit TopicView(const std::string& url, std::vector<std::string> filters = {"#"});

    void pump();
    /// Subscribed; what is retained may still be on its way.
    [[nodiscard]] bool isReady();
    /// The last payload; empty if there was none.
    [[nodiscard]] std::string last(const std::string& topic);
    [[nodiscard]] bool has(const std::string& topic) { return !last(topic).empty(); }
    /// Messages on this topic so far, empty ones too.
    [[nodiscard]] std::size_t count(const std::string& topic);
    /// Everything that came on a topic.
    [[nodiscard]] const std::vector<std::string>& all(const std::string& topic);
    /// Topics with a payload now that begin so.
    [[nodiscard]] std::vector<std::string> topics(std::string_view begin);

    bool publish(std::string_view topic, std::string_view payload, bool retain = false);

private:
    mqtt::BrokerSettings settings_;
    std::vector<std::string> filters_;
    Mailbox box_;
    MailBatch batch_;
    mqtt::Client client_;
    bool isReady_{false};
    std::map<std::string, std::vector<std::string>> messages_;
};

/// The number at a pointer such as "/limits/charge/value" of a JSON text; nothing if it is none.
[[nodiscard]] std::optional<double> jsonNumber(const std::string& json, const char* pointer);
/// The same for a text; "" if it is none.
[[nodiscard]] std::string jsonTextAt(const std::string& json, const char* pointer);

} // namespace busbar::test
