// SPDX-License-Identifier: MIT
// A session that remembers.
#include "topic_view.hpp"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <chrono>
#include <utility>

namespace busbar::test {

namespace {

Now now() {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

mqtt::BrokerSettings settingsOf(const std::string& url) {
    mqtt::BrokerSettings settings;
    settings.url = url;
    settings.retryMax = std::chrono::seconds(1);
    return settings;
}

const rapidjson::Value* at(const rapidjson::Document& document, const char* pointer) {
    return document.HasParseError() ? nullptr : rapidjson::Pointer(pointer).Get(document);
}

} // namespace

TopicView::TopicView(mqtt::BrokerSettings broker, std::vector<std::string> filters)
    : settings_(std::move(broker)), filters_(std::move(filters)), client_(settings_, {}, box_) {
    client_.connectNow(now());
}

TopicView::TopicView(const std::string& url, std::vector<std::string> filters)
    : TopicView(settingsOf(url), std::move(filters)) {}

void TopicView::pump() {
    box_.take(batch_);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        const Mail mail = batch_.at(i);
        if (mail.kind == MailKind::Connected)
            isReady_ = client_.subscribe(filters_);
        else if (mail.kind == MailKind::Message)
            messages_[std::string(mail.topic)].emplace_back(mail.payload);
    }
    client_.tick(now());
    box_.arm();
}

bool TopicView::isReady() {
    pump();
    return isReady_;
}

const std::vector<std::string>& TopicView::all(const std::string& topic) {
    pump();
    return messages_[topic];
}

std::string TopicView::last(const std::string& topic) {
    const auto& messages = all(topic);
    return messages.empty() ? std::string() : messages.back();
}

std::size_t TopicView::count(const std::string& topic) {
    return all(topic).size();
}

std::vector<std::string> TopicView::topics(std::string_view begin) {
    pump();
    std::vector<std::string> found;
    for (const auto& [topic, messages] : messages_)
        if (topic.starts_with(begin) && !messages.empty() && !messages.back().empty())
            found.push_back(topic);
    return found;
}

bool TopicView::publish(std::string_view topic, std::string_view payload, bool retain) {
    return client_.publish(topic, payload, 0, retain);
}

std::optional<double> jsonNumber(const std::string& json, const char* pointer) {
    rapidjson::Document document;
    document.Parse(json.c_str());
    const rapidjson::Value* value = at(document, pointer);
    return value != nullptr && value->IsNumber() ? std::optional(value->GetDouble()) : std::nullopt;
}

std::string jsonTextAt(const std::string& json, const char* pointer) {
    rapidjson::Document document;
    document.Parse(json.c_str());
    const rapidjson::Value* value = at(document, pointer);
    return value != nullptr && value->IsString() ? value->GetString() : std::string();
}

} // namespace busbar::test
