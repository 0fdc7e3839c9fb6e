// SPDX-License-Identifier: MIT
// The raw client and its rendering of messages.
#include "bus_client.hpp"

#include "support/wait.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace busbar::test {

namespace {

using namespace std::chrono_literals;

std::string numberText(double number) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return {buffer.data(), end};
}

template <class T>
std::string basic(sd_bus_message& message, char type) {
    T value{};
    check(sd_bus_message_read_basic(&message, type, &value), "read");
    if constexpr (std::is_same_v<T, const char*>)
        return std::string(1, type) + ":\"" + value + "\"";
    else if constexpr (std::is_same_v<T, double>)
        return "d:" + numberText(value);
    else
        return std::string(1, type) + ":" + std::to_string(value);
}

std::string describeOne(sd_bus_message& message, char type, const char* contents);

std::string describeInside(sd_bus_message& message, const char* separator) {
    std::string result;
    char type = 0;
    const char* contents = nullptr;
    while (check(sd_bus_message_peek_type(&message, &type, &contents), "peek") > 0) {
        if (!result.empty())
            result += separator;
        result += describeOne(message, type, contents);
    }
    return result;
}

std::string describeContainer(sd_bus_message& message, char type, const char* contents) {
    const std::string signature = contents;
    check(sd_bus_message_enter_container(&message, type, contents), "enter");
    std::string inside = describeInside(message, type == 'e' ? "=" : " ");
    check(sd_bus_message_exit_container(&message), "exit");
    switch (type) {
    case 'v':
        return "<" + inside + ">";
    case 'a':
        return "a" + signature + "[" + inside + "]";
    case 'r':
        return "(" + inside + ")";
    default:
        return inside;
    }
}

std::string describeOne(sd_bus_message& message, char type, const char* contents) {
    switch (type) {
    case 'y':
        return basic<std::uint8_t>(message, type);
    case 'n':
        return basic<std::int16_t>(message, type);
    case 'q':
        return basic<std::uint16_t>(message, type);
    case 'i':
        return basic<std::int32_t>(message, type);
    case 'b':
        return basic<int>(message, type);
    case 'u':
        return basic<std::uint32_t>(message, type);
    case 'x':
        return basic<std::int64_t>(message, type);
    case 't':
        return basic<std::uint64_t>(message, type);
    case 'd':
        return basic<double>(message, type);
    case 's':
    case 'o':
    case 'g':
        return basic<const char*>(message, type);
    default:
        return describeContainer(message, type, contents);
    }
}

} // namespace

std::string describe(sd_bus_message& message) {
    check(sd_bus_message_rewind(&message, 1), "rewind");
    return describeInside(message, " ");
}

BusClient::BusClient(EventLoop& loop, const std::string& address)
    : loop_(loop), bus_(make<dbus::BusHandle>("make a bus", sd_bus_new)) {
    check(sd_bus_set_address(bus_.get(), address.c_str()), "address");
    check(sd_bus_set_bus_client(bus_.get(), 1), "client");
    check(sd_bus_set_anonymous(bus_.get(), address.starts_with("tcp:") ? 1 : 0), "anonymous");
    check(sd_bus_start(bus_.get()), "start");
    check(sd_bus_flush(bus_.get()), "flush");
    check(sd_bus_attach_event(bus_.get(), loop.native(), 0), "attach");
}

dbus::Message BusClient::newCall(const std::string& to, const std::string& path,
                                 const char* interface, const char* member) const {
    return make<dbus::Message>("call", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_call(bus_.get(), out, to.c_str(), path.c_str(), interface,
                                              member);
    });
}

Reply BusClient::send(const dbus::Message& call) {
    reply_.reset();
    const auto slot = make<dbus::Slot>("send", [&](sd_bus_slot** out) {
        return sd_bus_call_async(bus_.get(), out, call.get(), dbus::onMessage<&BusClient::onReply>,
                                 this, 0);
    });
    const auto answered = [this] {
        while (reply_ == nullptr && loop_.step(0ms)) {
        }
        return reply_ != nullptr;
    };
    if (!waitUntil(answered))
        return {"timeout", nullptr};
    const sd_bus_error* error = sd_bus_message_get_error(reply_.get());
    return {error == nullptr ? "" : error->name, std::move(reply_)};
}

Reply BusClient::call(const std::string& to, const std::string& path, const char* member) {
    return send(newCall(to, path, "com.victronenergy.BusItem", member));
}

int BusClient::onReply(sd_bus_message& reply) {
    reply_.reset(sd_bus_message_ref(&reply));
    return 0;
}

void BusClient::listen() {
    listening_ = make<dbus::Slot>("listen", [&](sd_bus_slot** out) {
        return sd_bus_match_signal(bus_.get(), out, nullptr, nullptr, "com.victronenergy.BusItem",
                                   nullptr, dbus::onMessage<&BusClient::onSignal>, this);
    });
}

int BusClient::onSignal(sd_bus_message& signal) {
    signals.push_back({sd_bus_message_get_sender(&signal), sd_bus_message_get_path(&signal),
                       sd_bus_message_get_member(&signal), describe(signal)});
    return 0;
}

std::string BusClient::ownerOf(const std::string& name) const {
    sd_bus_message* reply = nullptr;
    const int result = sd_bus_call_method(bus_.get(), "org.freedesktop.DBus",
                                          "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "GetNameOwner", nullptr, &reply, "s", name.c_str());
    const dbus::Message owned(reply);
    const char* owner = "";
    if (result >= 0)
        check(sd_bus_message_read(reply, "s", &owner), "read the owner");
    return owner;
}

void BusClient::own(const std::string& name) const {
    check(sd_bus_request_name(bus_.get(), name.c_str(), 0), "own");
}

void BusClient::release(const std::string& name) const {
    check(sd_bus_release_name(bus_.get(), name.c_str()), "release");
}

std::string BusClient::uniqueName() const {
    const char* name = "";
    check(sd_bus_get_unique_name(bus_.get(), &name), "unique name");
    return name;
}

} // namespace busbar::test
