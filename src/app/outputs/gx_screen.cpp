// SPDX-License-Identifier: MIT
// Texts of a GX's screen.
#include "app/outputs/gx_screen.hpp"

#include "core/gx/gx_pages.hpp"
#include "core/report.hpp"
#include "documents/limits.hpp"
#include "documents/sentences.hpp"
#include "mqtt/results/json_writing.hpp"
#include "web/address.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace busbar {

namespace {

struct ScreenLimit {
    std::string_view path;
    std::string_view limit; ///< as documents call it
};

constexpr auto kScreenLimits = std::to_array<ScreenLimit>({
    {"/Busbar/Limits/Charge", "charge"},
    {"/Busbar/Limits/ChargeVoltage", "charge_voltage"},
    {"/Busbar/Limits/Discharge", "discharge"},
});

constexpr const char* kBatteriesPath = "/Busbar/Batteries";
constexpr const char* kAddressPath = "/Busbar/Page";

/// Sentences of manuals have marks of code.
std::string plain(std::string sentence) {
    std::erase(sentence, '`');
    return sentence;
}

const documents::LimitName& limitNamed(std::string_view name) {
    return *std::ranges::find(documents::kLimits, name, &documents::LimitName::name);
}

void writeLimiter(mqtt::JsonWriter& json, const Limiter& limiter, Quantity quantity) {
    json.StartObject();
    mqtt::writeKey(json, "value");
    mqtt::writeFixed(json, limiter.limit.value, spec(quantity).decimals);
    mqtt::writeKey(json, "why");
    mqtt::writeText(json, plain(documents::sentenceOf(limiter, quantity)));
    json.EndObject();
}

/// Without a list the limit speaks for itself: nothing was worked out.
Value limitersOf(const BankReport& report, const documents::LimitName& name) {
    const Limit* limit = name.of(report);
    if (limit == nullptr)
        return {};
    std::vector<Limiter> limiters = report.limiters.*name.limiters;
    if (limiters.empty())
        limiters.push_back({*limit});
    rapidjson::StringBuffer buffer;
    mqtt::JsonWriter json(buffer);
    json.StartArray();
    for (std::size_t i = 0; i < std::min(limiters.size(), kMostOnScreen); ++i)
        writeLimiter(json, limiters[i], name.quantity);
    json.EndArray();
    return mqtt::textOf(buffer);
}

std::string_view stateOf(const MemberReport& member) {
    if (member.takesPart)
        return member.held ? "held" : "in";
    return rowOf(member.reason).kind == OutKind::Waiting ? "waiting" : "lost";
}

std::string whyOf(const MemberReport& member) {
    if (member.reason == OutReason::None)
        return {};
    std::string why(rowOf(member.reason).meaning);
    if (!member.detail.empty())
        why.append(": ").append(member.detail);
    return plain(std::move(why));
}

void writeBattery(mqtt::JsonWriter& json, const MemberReport& member, std::size_t page) {
    json.StartObject();
    mqtt::writeKey(json, "name");
    mqtt::writeText(json, member.name);
    mqtt::writeKey(json, "page");
    json.Uint64(page);
    mqtt::writeKey(json, "state");
    mqtt::writeText(json, stateOf(member));
    mqtt::writeKey(json, "why");
    mqtt::writeText(json, whyOf(member));
    json.EndObject();
}

/// Numbered like their pages (core/gx/gx_pages.hpp).
Value batteriesOf(const BankReport& report) {
    rapidjson::StringBuffer buffer;
    mqtt::JsonWriter json(buffer);
    std::size_t page = 0;
    json.StartArray();
    for (const MemberReport& member : report.members)
        if (page < kMostPages && (!isForeign(member.reason) || member.maybeSum))
            writeBattery(json, member, ++page);
    json.EndArray();
    return mqtt::textOf(buffer);
}

bool isAnyAddress(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

} // namespace

std::string screenAddress(const std::string& listen, const std::string& configured) {
    const auto place = web::parseListen(listen);
    if (!place)
        return {};
    if (!configured.empty())
        return configured;
    std::string host(kAnyHost);
    if (!isAnyAddress(place->host))
        host = place->isIpv6() ? "[" + place->host + "]" : place->host;
    return "http://" + host + ":" + std::to_string(place->port) + "/";
}

std::vector<Item> screenItems(const BankReport& report, const Screen& screen) {
    const auto shown = [&screen](Value value) {
        return screen.isWanted ? std::move(value) : Value();
    };
    std::vector<Item> items;
    items.push_back({kBatteriesPath, Quantity::Text, shown(batteriesOf(report))});
    for (const ScreenLimit& one : kScreenLimits)
        items.push_back({std::string(one.path), Quantity::Text,
                         shown(limitersOf(report, limitNamed(one.limit)))});
    items.push_back({kAddressPath, Quantity::Text, shown(screen.address)});
    return items;
}

} // namespace busbar
