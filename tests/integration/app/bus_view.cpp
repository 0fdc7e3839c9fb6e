// SPDX-License-Identifier: MIT
// Calls and signals of com.victronenergy.BusItem, seen from the client's side.
#include "bus_view.hpp"

#include "dbus/bus_value.hpp"

namespace busbar::test {

namespace {

using dbus::Message;

constexpr const char* kItem = "com.victronenergy.BusItem";
constexpr std::uint64_t kPatience_us = 60'000'000; // only ends a hang

} // namespace

BusView::BusView(const std::string& address)
    : bus_(make<dbus::BusHandle>("make a bus", sd_bus_new)) {
    check(sd_bus_set_address(bus_.get(), address.c_str()), "address");
    check(sd_bus_set_bus_client(bus_.get(), 1), "client");
    check(sd_bus_start(bus_.get()), "connect to the bus");
    match_ = make<dbus::Slot>("listen", [&](sd_bus_slot** out) {
        return sd_bus_match_signal(bus_.get(), out, nullptr, "/", kItem, "ItemsChanged",
                                   dbus::onMessage<&BusView::onItemsChanged>, this);
    });
}

void BusView::pump() {
    while (sd_bus_process(bus_.get(), nullptr) > 0) {
    }
}

int BusView::onItemsChanged(sd_bus_message& signal) {
    changes.push_back({sd_bus_message_get_sender(&signal), readBusItems(signal)});
    return 0;
}

Message BusView::newCall(const std::string& service, const std::string& path,
                         const char* member) const {
    return make<Message>("call", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_call(bus_.get(), out, service.c_str(), path.c_str(), kItem,
                                              member);
    });
}

/// Null without an answer.
Message BusView::send(const Message& call) {
    sd_bus_message* reply = nullptr;
    const int result = sd_bus_call(bus_.get(), call.get(), kPatience_us, nullptr, &reply);
    return result < 0 ? nullptr : Message(reply);
}

std::optional<Value> BusView::value(const std::string& service, const std::string& path) {
    const Message reply = send(newCall(service, path, "GetValue"));
    return reply == nullptr ? std::nullopt : dbus::readValue(*reply);
}

Values BusView::items(const std::string& service) {
    const Message reply = send(newCall(service, "/", "GetItems"));
    return reply == nullptr ? Values() : readBusItems(*reply);
}

std::optional<int> BusView::setText(const std::string& service, const std::string& path,
                                    const std::string& text) {
    const Message call = newCall(service, path, "SetValue");
    check(sd_bus_message_append(call.get(), "v", "s", text.c_str()), "text");
    return sendForAnswer(call);
}

std::optional<int> BusView::setNumber(const std::string& service, const std::string& path,
                                      int number) {
    const Message call = newCall(service, path, "SetValue");
    check(sd_bus_message_append(call.get(), "v", "i", number), "number");
    return sendForAnswer(call);
}

std::optional<int> BusView::sendForAnswer(const Message& call) {
    const Message reply = send(call);
    int answer = -1;
    if (reply == nullptr || sd_bus_message_read(reply.get(), "i", &answer) < 0)
        return std::nullopt;
    return answer;
}

std::string BusView::owner(const std::string& name) {
    const Message call = make<Message>("call", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_call(bus_.get(), out, "org.freedesktop.DBus",
                                              "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                              "GetNameOwner");
    });
    check(sd_bus_message_append(call.get(), "s", name.c_str()), "name");
    const Message reply = send(call);
    const char* owner = "";
    if (reply == nullptr || sd_bus_message_read(reply.get(), "s", &owner) < 0)
        return {};
    return owner;
}

bool BusView::own(const std::string& name) {
    return sd_bus_request_name(bus_.get(), name.c_str(), 0) >= 0;
}

bool BusView::release(const std::string& name) {
    return sd_bus_release_name(bus_.get(), name.c_str()) >= 0;
}

void BusView::refuseCalls(std::string text) {
    refusal_ = std::move(text);
    filter_ = make<dbus::Slot>("answer", [this](sd_bus_slot** out) {
        return sd_bus_add_filter(bus_.get(), out, dbus::onMessage<&BusView::onCall>, this);
    });
}

int BusView::onCall(sd_bus_message& call) {
    if (sd_bus_message_is_method_call(&call, nullptr, nullptr) <= 0)
        return 0;
    return sd_bus_reply_method_errorf(&call, SD_BUS_ERROR_FAILED, "%s", refusal_.c_str());
}

} // namespace busbar::test
