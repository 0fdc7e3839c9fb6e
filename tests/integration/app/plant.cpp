// SPDX-License-Identifier: MIT
// Wiring of the whole system, and the questions that tests ask it.
#include "plant.hpp"

#include <cmath>
#include <thread>
#include <utility>

namespace busbar::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBreath{8}; // between two questions

mqtt::BrokerSettings loginOf(const PlantSettings& settings, const PrivateBroker& broker) {
    mqtt::BrokerSettings login;
    login.url = broker.url();
    login.retryMax = seconds(1);
    if (settings.login)
        settings.login(login);
    return login;
}

} // namespace

std::string jsonText(const std::string& text) {
    return '"' + text + '"';
}

std::string configText(const Options& options) {
    std::string text = "{\n";
    std::map<std::string, Options> groups;
    for (const auto& [key, value] : options) {
        const auto dot = key.find('.');
        if (dot == std::string::npos)
            text += jsonText(key) + ": " + value + ",\n";
        else
            groups[key.substr(0, dot)][key.substr(dot + 1)] = value;
    }
    for (const auto& [group, members] : groups)
        text += jsonText(group) + ": " + configText(members) + ",\n";
    return text + "}";
}

Plant::Plant(const PlantSettings& settings)
    : broker(settings.broker), gx(loginOf(settings, broker), settings.gx), view(bus.address()) {
    gx.echo(bus.address());
    options = {{"gx.url", jsonText(broker.url())},
               {"gx.portal_id", jsonText(kPortal)},
               {"gx.retry_max_s", "1"},
               {"dbus.bus", jsonText(bus.address())},
               {"dbus.settings_timeout_s", "0"},
               {"limits.ramp_A_per_s", "0"},
               {"state_dir", jsonText(dir.file("state"))},
               {"cycle_ms", "50"},
               {"mqtt.interval_ms", "1000"},
               {"limits.share", R"("count")"}, // limits that can be worked out in one's head
               {"preset", R"("none")"}};
}

std::string Plant::writeConfig(const Options& more) const {
    Options all = more;
    all.insert(options.begin(), options.end());
    return dir.write("busbar.json", configText(all));
}

void Plant::start(const Options& more, const Variables& environment) {
    const std::string file = writeConfig(more);
    busbar.reset();
    started_ = std::chrono::steady_clock::now();
    busbar.emplace(std::vector<std::string>{"run", "--config", file}, environment);
}

bool Plant::startAndWait(const Options& more) {
    start(more);
    return until([this] { return isOnBus(); });
}

bool Plant::until(const std::function<bool()>& condition, milliseconds limit) {
    const bool holds = waitUntil(
        [&] {
            std::this_thread::sleep_for(kBreath);
            gx.pump();
            if (view)
                view->pump();
            return condition();
        },
        limit);
    if (view)
        view->pump(); // signals that overtook the answer to the last question still wait
    return holds;
}

bool Plant::settle() {
    if (!until([this] { return gx.isConnected(); }))
        return false;
    const auto before = gx.bridge().counters().reads; // the GX hears its own question last
    return gx.publish(std::string("R/") + kPortal + "/system/0/", "") &&
           until([&] { return gx.bridge().counters().reads > before; });
}

void Plant::goOn(milliseconds span) {
    static_cast<void>(until([] { return false; }, span)); // its answer is known
}

bool Plant::isOnBus(const std::string& service) {
    return view && !view->owner(service).empty();
}

std::optional<double> Plant::number(const std::string& path, const std::string& service) {
    const auto value = view ? view->value(service, path) : std::nullopt;
    return value ? value->number() : std::nullopt;
}

std::string Plant::text(const std::string& path, const std::string& service) {
    const auto value = view ? view->value(service, path) : std::nullopt;
    return value && value->text() != nullptr ? *value->text() : std::string();
}

bool Plant::isUnknown(const std::string& path, const std::string& service) {
    const auto value = view ? view->value(service, path) : std::nullopt;
    return value && !value->isKnown();
}

std::function<bool()> Plant::shows(const std::string& path, double expected,
                                   const std::string& service) {
    constexpr double kHalfDigit = 0.0005;
    return [this, path, expected, service] {
        const auto is = number(path, service);
        return is && std::abs(*is - expected) < kHalfDigit;
    };
}

std::chrono::steady_clock::duration Plant::sinceStart() const {
    return std::chrono::steady_clock::now() - started_;
}

std::function<bool()> Plant::says(const std::string& text) {
    return [this, text] { return busbar && busbar->logged(text) > 0; };
}

} // namespace busbar::test
