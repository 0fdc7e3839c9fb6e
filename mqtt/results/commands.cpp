// SPDX-License-Identifier: MIT
// Reads command topics and payloads; refuses everything that is not exactly right.
#include "mqtt/results/commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace busbar::mqtt {

namespace {

constexpr std::size_t kLongestShown = 60;
constexpr std::size_t kLongestNumber = 32; // far more than any current has digits

struct Address {
    std::string_view group, id, name;
};

std::optional<Address> addressOf(std::string_view tail) {
    const auto first = tail.find('/');
    const auto last = tail.rfind('/');
    if (first == std::string_view::npos || first == last)
        return std::nullopt;
    const Address address{tail.substr(0, first), tail.substr(first + 1, last - first - 1),
                          tail.substr(last + 1)};
    if (address.id.empty() || address.id.find('/') != std::string_view::npos)
        return std::nullopt;
    return address;
}

std::string_view groupOf(const ControlRow& control) {
    return control.of == ControlOf::Bank ? "bank" : "battery";
}

const ControlRow* controlOf(const Address& address) {
    const auto* found = std::ranges::find_if(kControls, [&](const ControlRow& control) {
        return !control.word.empty() && groupOf(control) == address.group &&
               control.word == address.name;
    });
    return found == kControls.end() ? nullptr : found;
}

/// "bank/<bank>/max_charge_A, balance_now and battery/<battery>/in_service"
std::string allControls() {
    std::string text;
    for (const auto of : {ControlOf::Bank, ControlOf::Battery}) {
        bool isFirst = true;
        for (const ControlRow& control : kControls) {
            if (control.of != of || control.word.empty())
                continue;
            if (isFirst)
                text.append(text.empty() ? "" : " and ")
                    .append(of == ControlOf::Bank ? "bank/<bank>/" : "battery/<battery>/");
            else
                text += ", ";
            text += control.word;
            isFirst = false;
        }
    }
    return text;
}

std::string shortNumber(double value) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

std::string allowedText(const ControlRow& control, double highest) {
    const std::string range =
        "a number from " + shortNumber(control.least) + " to " + shortNumber(highest);
    switch (control.form) {
    case ControlForm::Ampere:
        return range + " (A), or none";
    case ControlForm::Percent:
        return range + " (%), or none";
    case ControlForm::Press:
        return "PRESS";
    case ControlForm::OnOff:
        return "ON or OFF";
    case ControlForm::Name:
        break;
    }
    return "";
}

/// Plain decimal notation or an exponent, nothing around it.
std::optional<double> numberIn(std::string_view text) {
    if (text.empty() || text.size() > kLongestNumber)
        return std::nullopt;
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// What the payload says. `isValid` without a value is a button.
struct Content {
    bool isValid{false};
    std::optional<double> value;
};

/// `none`: as what it counts.
Content numberOf(std::string_view payload, double least, double highest, double none) {
    if (payload == kNoCeiling)
        return {true, none};
    const auto value = numberIn(payload);
    if (!value || *value < least || *value > highest)
        return {};
    return {true, *value == 0.0 ? 0.0 : *value}; // no negative zero
}

Content contentOf(const ControlRow& control, std::string_view payload, double highest) {
    switch (control.form) {
    case ControlForm::Ampere:
        return numberOf(payload, control.least, highest, kHighestCeiling_A);
    case ControlForm::Percent:
        return numberOf(payload, control.least, highest, kNoTarget_pct);
    case ControlForm::Press:
        return {payload == "PRESS", std::nullopt};
    case ControlForm::OnOff:
        if (payload == "ON" || payload == "OFF")
            return {true, payload == "ON" ? 1.0 : 0.0};
        break;
    case ControlForm::Name:
        break;
    }
    return {};
}

ParsedCommand refused(std::string_view tail, std::string_view payload, const std::string& why) {
    return {std::nullopt,
            "refused \"" + shownText(payload) + "\" on set/" + shownText(tail) + ": " + why};
}

} // namespace

std::string shownText(std::string_view text) {
    std::string result(text.substr(0, kLongestShown));
    std::ranges::replace_if(
        result, [](char c) { return c < ' ' || c > '~'; }, '?');
    return text.size() > kLongestShown ? result + "… (" + std::to_string(text.size()) + " bytes)"
                                       : result;
}

CommandsInForce commandsInForce(const OutputSettings& settings) {
    if (settings.commands != CommandsWanted::Auto)
        return {settings.commands == CommandsWanted::Yes, "mqtt.commands says so"};
    if (settings.broker.url.empty())
        return {true, "they come over the broker of the GX"};
    if (!settings.broker.user.empty() || !settings.broker.clientCertFile.empty())
        return {true, "the broker mqtt.url asks who writes (mqtt.user, mqtt.tls.cert_file)"};
    return {false, "anybody may write to the broker mqtt.url, which is used without mqtt.user; "
                   "mqtt.commands: true takes them all the same"};
}

ParsedCommand parseCommand(std::string_view tail, std::string_view payload, bool isRetained,
                           const HighestValue& highest) {
    if (isRetained)
        return refused(tail, payload,
                       "retained; a command must be sent without retain, because the broker would "
                       "repeat it at every start");
    const auto address = addressOf(tail);
    const ControlRow* control = address ? controlOf(*address) : nullptr;
    if (control == nullptr)
        return refused(tail, payload, "there is no such control; allowed are " + allControls());
    const auto most = highest(control->kind, address->id);
    if (!most)
        return refused(tail, payload,
                       "no " + std::string(groupOf(*control)) +
                           " with this id and control takes commands now");
    const Content content = contentOf(*control, payload, *most);
    if (!content.isValid)
        return refused(tail, payload, "allowed is " + allowedText(*control, *most));
    return {Command{control->kind, std::string(address->id), content.value}, ""};
}

} // namespace busbar::mqtt
