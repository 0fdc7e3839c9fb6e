// SPDX-License-Identifier: MIT
// Asynchronous GetValue of com.victronenergy.BusItem.
#include "dbus/value_reader.hpp"

#include "dbus/bus_value.hpp"

#include <algorithm>

namespace busbar::dbus {

namespace {

constexpr std::chrono::microseconds kPatience = std::chrono::seconds(1);

BusSettings settingsOf(const std::string& bus) {
    BusSettings settings;
    settings.bus = bus;
    return settings;
}

} // namespace

ValueReader::ValueReader(EventLoop& loop, const std::string& bus, std::string service,
                         const std::vector<std::string>& paths)
    : service_(std::move(service)),
      connection_(loop, "reader", settingsOf(bus),
                  {[this](sd_bus& connected) { bus_ = &connected; }, [this] { forget(); }}) {
    for (const std::string& path : paths)
        entries_.push_back({this, path});
}

void ValueReader::forget() {
    bus_ = nullptr;
    for (Entry& entry : entries_) {
        entry.call.reset();
        entry.number.reset();
    }
}

void ValueReader::ask() {
    if (bus_ == nullptr || std::ranges::any_of(entries_, [](const Entry& e) { return !!e.call; }))
        return;
    for (Entry& entry : entries_)
        ask(entry);
}

void ValueReader::ask(Entry& entry) {
    const Message call = make<Message>("make a call", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_call(bus_, out, service_.c_str(), entry.path.c_str(),
                                              "com.victronenergy.BusItem", "GetValue");
    });
    check(sd_bus_message_set_auto_start(call.get(), 0), "start nobody");
    entry.call = make<Slot>("ask for a value", [&](sd_bus_slot** out) {
        return sd_bus_call_async(bus_, out, call.get(), onMessage<&Entry::onAnswer>, &entry,
                                 static_cast<std::uint64_t>(kPatience.count()));
    });
}

int ValueReader::Entry::onAnswer(sd_bus_message& answer) {
    const Slot done = std::move(call);
    number.reset();
    if (sd_bus_message_is_method_error(&answer, nullptr) > 0)
        return 0;
    if (const ReadValue value = readOnlyValue(answer))
        number = value->number();
    return 0;
}

} // namespace busbar::dbus
