// SPDX-License-Identifier: MIT
// The rules of localsettings that matter to a driver, in small.
#include "fake_settings.hpp"

#include "dbus/bus_value.hpp"
#include "dbus/local_settings.hpp"

#include <algorithm>
#include <string_view>

namespace busbar::test {

namespace {

constexpr const char* kName = "com.victronenergy.settings";
constexpr std::string_view kInstance = "/ClassAndVrmInstance";

bool hasOddCharacter(const std::string& path) {
    return path.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/") !=
           std::string::npos;
}

dbus::Message answerTo(sd_bus_message& call) {
    return make<dbus::Message>("answer", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_return(&call, out);
    });
}

int sendAnswer(const dbus::Message& answer) {
    check(sd_bus_send(nullptr, answer.get(), nullptr), "send the answer");
    return 1;
}

/// The texts of one a{sv}.
std::map<std::string, std::string> readTexts(sd_bus_message& call) {
    std::map<std::string, std::string> result;
    check(sd_bus_message_enter_container(&call, 'a', "{sv}"), "enter");
    while (check(sd_bus_message_enter_container(&call, 'e', "sv"), "enter") > 0) {
        const char* key = "";
        check(sd_bus_message_read(&call, "s", &key), "key");
        const auto value = dbus::readValue(call);
        if (value && value->text() != nullptr)
            result[key] = *value->text();
        check(sd_bus_message_exit_container(&call), "exit");
    }
    check(sd_bus_message_exit_container(&call), "exit");
    return result;
}

} // namespace

FakeSettings::FakeSettings(EventLoop& loop, const std::string& address, Mood behaviour)
    : mood(behaviour), client_(loop, address) {
    filter_ = make<dbus::Slot>("filter", [this](sd_bus_slot** out) {
        return sd_bus_add_filter(&client_.bus(), out, dbus::onMessage<&FakeSettings::onCall>, this);
    });
}

void FakeSettings::appear() {
    client_.own(kName);
}

void FakeSettings::disappear() {
    client_.release(kName);
}

void FakeSettings::change(const std::string& path, const std::string& value) {
    values[path] = value;
    repeat(path);
}

void FakeSettings::repeat(const std::string& path) {
    const char* value = values[path].c_str();
    check(sd_bus_emit_signal(&client_.bus(), path.c_str(), "com.victronenergy.BusItem",
                             "PropertiesChanged", "a{sv}", 3, "Text", "s", value, "Value", "s",
                             value, "Default", "s", ""),
          "signal");
}

int FakeSettings::onCall(sd_bus_message& call) {
    if (sd_bus_message_is_method_call(&call, "com.victronenergy.Settings", "AddSettings") > 0)
        return answerAdd(call);
    if (sd_bus_message_is_method_call(&call, "com.victronenergy.BusItem", "SetValue") > 0)
        return answerSet(call);
    return 0;
}

int FakeSettings::answerAdd(sd_bus_message& call) {
    ++calls;
    if (mood == Mood::Silent) {
        unanswered_.emplace(sd_bus_message_ref(&call));
        return 1;
    }
    if (mood == Mood::Throws)
        return sd_bus_reply_method_errorf(&call, "org.freedesktop.DBus.Python.ValueError",
                                          "no such thing");
    if (mood == Mood::OtherShape)
        return sd_bus_reply_method_return(&call, "i", 5);
    const dbus::Message answer = answerTo(call);
    check(sd_bus_message_open_container(answer.get(), 'a', "a{sv}"), "open");
    check(sd_bus_message_enter_container(&call, 'a', "a{sv}"), "enter");
    while (mood != Mood::Incomplete && check(sd_bus_message_at_end(&call, 0), "end") == 0)
        addOne(call, *answer);
    check(sd_bus_message_close_container(answer.get()), "close");
    return sendAnswer(answer);
}

void FakeSettings::addOne(sd_bus_message& call, sd_bus_message& answer) {
    auto setting = readTexts(call);
    const std::string path = setting["path"];
    if (hasOddCharacter(path))
        check(-EINVAL, "path"); // the whole call fails, as with the real one
    const int error = mood == Mood::ErrorCode ? -3 : store(path, setting["default"]);
    if (error != 0)
        check(sd_bus_message_append(&answer, "a{sv}", 2, "path", "s", path.c_str(), "error", "i",
                                    error),
              "append");
    else if (path.ends_with(kInstance) && mood == Mood::NumberValue)
        check(sd_bus_message_append(&answer, "a{sv}", 3, "path", "s", path.c_str(), "error", "i", 0,
                                    "value", "i", 7),
              "append");
    else
        check(sd_bus_message_append(&answer, "a{sv}", 3, "path", "s", path.c_str(), "error", "i", 0,
                                    "value", "s",
                                    mood == Mood::Nonsense ? "battery:many" : values[path].c_str()),
              "append");
}

/// The error code; 0 = stored or known.
int FakeSettings::store(const std::string& path, const std::string& byDefault) {
    if (path.find("/_") != std::string::npos)
        return -2;
    if (!path.starts_with("/Settings/"))
        return -9;
    const bool isInstance = path.ends_with(kInstance);
    if (isInstance && !dbus::parseClassAndInstance(byDefault))
        return -6;
    if (values.contains(path))
        repeat(path);
    else
        values[path] = isInstance ? freeInstance(path, byDefault) : byDefault;
    return 0;
}

std::string FakeSettings::freeInstance(const std::string& path, const std::string& wanted) const {
    int number = *dbus::parseClassAndInstance(wanted);
    const auto isTaken = [&] {
        return std::ranges::any_of(values, [&](const auto& entry) {
            return entry.first != path && entry.second == "battery:" + std::to_string(number);
        });
    };
    while (isTaken())
        ++number;
    return "battery:" + std::to_string(number);
}

int FakeSettings::answerSet(sd_bus_message& call) {
    ++writes;
    if (mood == Mood::Silent) {
        unanswered_.emplace(sd_bus_message_ref(&call));
        return 1;
    }
    const auto value = dbus::readOnlyValue(call);
    const std::string path = sd_bus_message_get_path(&call);
    const bool isKnown = values.contains(path) && value && value->text() != nullptr;
    if (!isKnown || mood == Mood::RefusesWrites)
        return sd_bus_reply_method_return(&call, "i", -1);
    if (values[path] != *value->text())
        change(path,
               path.ends_with(kInstance) ? freeInstance(path, *value->text()) : *value->text());
    return sd_bus_reply_method_return(&call, "i", 0);
}

} // namespace busbar::test
