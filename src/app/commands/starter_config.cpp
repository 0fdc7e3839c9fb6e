// SPDX-License-Identifier: MIT
// Lines of a configuration, with comments.
#include "app/commands/starter_config.hpp"

#include "app/view/text_width.hpp"
#include "mqtt/results/json_writing.hpp"
#include "mqtt/session/url.hpp"

#include <algorithm>
#include <cstddef>

namespace busbar {

namespace {

/// A JSON string.
std::string jsonQuoted(std::string_view text) {
    rapidjson::StringBuffer buffer;
    mqtt::JsonWriter json(buffer);
    mqtt::writeText(json, text);
    return mqtt::textOf(buffer);
}

bool isOnThisMachine(const std::string& url) {
    const auto parsed = mqtt::parseUrl(url).url;
    return parsed &&
           (parsed->host == "127.0.0.1" || parsed->host == "localhost" || parsed->host == "::1");
}

/// `"key": "value", ` of those that are given.
std::string gxText(const StarterGx& gx, const std::string& portalId) {
    std::string text = "{\"url\": " + jsonQuoted(gx.url);
    if (!portalId.empty())
        text += ", \"portal_id\": " + jsonQuoted(portalId);
    if (!gx.topicPrefix.empty())
        text += ", \"topic_prefix\": " + jsonQuoted(gx.topicPrefix);
    if (!gx.user.empty())
        text += ", \"user\": " + jsonQuoted(gx.user);
    if (!gx.passwordFile.empty())
        text += ", \"password_file\": " + jsonQuoted(gx.passwordFile);
    if (!gx.fingerprint.empty())
        text += ", \"tls\": {\"fingerprint\": " + jsonQuoted(gx.fingerprint) + "}";
    return text + "}";
}

/// Where a bank stands in the file.
struct Indent {
    std::string front;
    [[nodiscard]] std::string line(const std::string& text) const { return front + text + "\n"; }
};

/// It is a battery, as far as one look can tell.
bool isMember(const FoundBattery& battery) {
    return battery.reason == OutReason::None || battery.maybeSum;
}

std::string stateOf(const FoundBattery& battery) {
    if (battery.maybeSum)
        return "not decided, may be a sum of others";
    return battery.reason == OutReason::None
               ? "takes part"
               : "takes no part, " + std::string(toText(battery.reason));
}

std::string foundText(const Discovery& gx, const Indent& indent) {
    std::string text = indent.line("// Found on the GX:");
    for (const FoundBattery& one : gx.batteries)
        text += indent.line("//   " + harmless(one.selector.empty() ? one.name() : one.selector) +
                            "  " + harmless(one.name()) + ": " + stateOf(one));
    if (gx.batteries.empty())
        text += indent.line("//   no battery");
    return text;
}

std::string listText(const Discovery& gx) {
    std::string text;
    for (const FoundBattery& one : gx.batteries)
        if (isMember(one) && !one.selector.empty())
            text += (text.empty() ? "" : ", ") + jsonQuoted(one.selector);
    return text;
}

std::string starterBankText(const Discovery& gx, const Indent& indent) {
    const auto members = std::ranges::count_if(gx.batteries, isMember);
    const std::string list = listText(gx);
    std::string text = foundText(gx, indent);
    text += indent.line("// \"auto\" takes every battery with a BMS, also one that comes later.");
    if (!list.empty())
        text += indent.line("// To name them instead: \"batteries\": [" + harmless(list) + "],");
    text += indent.line("\"batteries\": \"auto\",");
    if (members > 0) {
        text += indent.line("// Fewer than these are an alarm.");
        text += indent.line("\"expected\": " + std::to_string(members) + ",");
    }
    return text;
}

std::string adviceLines(const Discovery& gx, const Indent& indent) {
    std::string text;
    for (const Advice& one : gx.advice)
        text += indent.line("// To do: " + harmless(one.text));
    return text;
}

std::string siteText(const StarterGx& gx, const Discovery& found, std::size_t number) {
    const Indent in{"            "};
    return "        {\n" + in.line("\"site\": \"gx" + std::to_string(number) + "\",") +
           in.line("\"gx\": " + gxText(gx, found.portalId) + ",") + adviceLines(found, in) +
           starterBankText(found, in) + "        },\n";
}

std::string busText(const std::string& url) {
    const Indent in{"    "};
    if (isOnThisMachine(url))
        return {};
    return in.line(
               "// This machine is not the GX, so the bank is on MQTT only. How limits reach the "
               "GX from here: mqtt/OUTSIDE.md") +
           in.line("\"dbus\": {\"bus\": \"none\"},");
}

} // namespace

std::string starterConfig(const StarterGx& gx, const std::vector<Discovery>& all, WallTime when) {
    const Indent in{"    "};
    std::vector<const Discovery*> whole;
    for (const Discovery& one : all)
        if (one.isComplete)
            whole.push_back(&one);
    std::string text = "// Made by busbar discover, " + mqtt::isoText(when) +
                       ". Every option: busbar config --options\n"
                       "// Is it right? busbar check --live FILE. What would it do? busbar watch "
                       "-c FILE\n{\n" +
                       busText(gx.url);
    if (whole.size() == 1) {
        const Discovery& only = *whole.front();
        text += in.line("\"gx\": " + gxText(gx, only.portalId) + ",") + adviceLines(only, in) +
                starterBankText(only, in);
        return text + "}\n";
    }
    text += in.line("\"sites\": [");
    for (std::size_t i = 0; i < whole.size(); ++i)
        text += siteText(gx, *whole[i], i + 1);
    return text + in.line("],") + "}\n";
}

} // namespace busbar
