// SPDX-License-Identifier: MIT
// AddSettings, its answers, and the signals of the two settings.
#include "dbus/local_settings.hpp"

#include "base/log.hpp"
#include "dbus/bus_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace busbar::dbus {

namespace {

constexpr const char* kService = "com.victronenergy.settings";
constexpr const char* kSettingsInterface = "com.victronenergy.Settings";
constexpr const char* kItemInterface = "com.victronenergy.BusItem";
constexpr int kHighestModbusInstance =
    247; // unit ids of Modbus TCP; dbus_modbustcp takes an instance as one
constexpr std::size_t kLongestLogged = 100;

bool isElementCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string logged(std::string_view text) {
    return std::string(text.substr(0, kLongestLogged));
}

/// Errors that mean "not there (any more)", as opposed to a refusal.
bool isAbsence(const sd_bus_error& error) {
    constexpr std::array kNames = {SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NAME_HAS_NO_OWNER,
                                   SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_TIMEOUT,
                                   SD_BUS_ERROR_DISCONNECTED};
    return std::ranges::any_of(
        kNames, [&](const char* name) { return sd_bus_error_has_name(&error, name) > 0; });
}

/// Calls `visit(key)` for every entry of the `a{sv}` that comes next; `visit` reads the value.
template <class Visit>
void readDictionary(sd_bus_message& message, Visit&& visit) {
    check(sd_bus_message_enter_container(&message, 'a', "{sv}"), "enter a dictionary");
    while (check(sd_bus_message_enter_container(&message, 'e', "sv"), "enter an entry") > 0) {
        const char* key = "";
        check(sd_bus_message_read(&message, "s", &key), "read a key");
        visit(std::string_view(key));
        check(sd_bus_message_exit_container(&message), "leave an entry");
    }
    check(sd_bus_message_exit_container(&message), "leave a dictionary");
}

/// The new text of a PropertiesChanged; nothing if it holds no text.
std::optional<std::string> changedText(sd_bus_message& signal) {
    if (sd_bus_message_has_signature(&signal, "a{sv}") <= 0)
        return std::nullopt;
    std::optional<std::string> result;
    readDictionary(signal, [&](std::string_view key) {
        const ReadValue value = readValue(signal);
        if (key == "Value" && value && value->text() != nullptr)
            result = *value->text();
    });
    return result;
}

void appendSetting(sd_bus_message& call, const std::string& path, const std::string& byDefault) {
    check(sd_bus_message_append(&call, "a{sv}", 2, "path", "s", path.c_str(), "default", "s",
                                byDefault.c_str()),
          "append a setting");
}

Slot watchSetting(sd_bus* bus, const std::string& path, sd_bus_message_handler_t handler,
                  void* owner) {
    return make<Slot>("watch a setting", [&](sd_bus_slot** out) {
        return sd_bus_match_signal_async(bus, out, kService, path.c_str(), kItemInterface,
                                         "PropertiesChanged", handler, nullptr, owner);
    });
}

} // namespace

std::string sanitizedUid(std::string_view id) {
    std::string uid(id);
    std::ranges::replace_if(
        uid, [](char c) { return !isElementCharacter(c); }, '_');
    return uid.empty() || uid.front() == '_' ? "busbar" + uid : uid;
}

std::optional<int> parseClassAndInstance(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos)
        return std::nullopt;
    const std::string_view digits = text.substr(colon + 1);
    int number = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number < 0 ||
        digits.front() == '-')
        return std::nullopt;
    return number;
}

LocalSettings::LocalSettings(EventLoop& loop, std::string label, Request request, Events events)
    : loop_(loop), label_(std::move(label)), request_(std::move(request)),
      events_(std::move(events)), deadline_(loop, [this](const Now&) {
          giveUp("com.victronenergy.settings is not on the bus or does not answer");
      }) {
    const std::string device = "/Settings/Devices/" + sanitizedUid(request_.uid);
    instancePath_ = device + "/ClassAndVrmInstance";
    namePath_ = device + "/CustomName";
}

void LocalSettings::attach(sd_bus& bus) {
    detach();
    bus_ = &bus;
    if (!instance_)
        deadline_.arm(request_.timeout);
    watch(); // before asking, so that nothing is lost in between
    ask();
}

void LocalSettings::detach() {
    keepUnanswered();
    for (Slot* slot : {&matches_.owner, &matches_.instance, &matches_.name, &call_, &name_.store})
        slot->reset();
    deadline_.disarm();
    name_.isKept = false;
    bus_ = nullptr;
}

/// Whether the name has arrived is not known, and the owner has been told that it is taken.
void LocalSettings::keepUnanswered() {
    if (!std::exchange(name_.isStoring, false))
        return;
    name_.store.reset();
    name_.unsaved = name_.sent;
    events_.nameNotStored(name_.sent);
}

void LocalSettings::watch() {
    const std::string owner =
        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" +
        std::string(kService) + "'";
    matches_.owner = make<Slot>("watch localsettings", [&](sd_bus_slot** out) {
        return sd_bus_add_match_async(bus_, out, owner.c_str(),
                                      onMessage<&LocalSettings::onOwnerChanged>, nullptr, this);
    });
    matches_.instance =
        watchSetting(bus_, instancePath_, onMessage<&LocalSettings::onInstanceSetting>, this);
    matches_.name = watchSetting(bus_, namePath_, onMessage<&LocalSettings::onNameSetting>, this);
}

/// AddSettings(aa{sv}) → aa{sv}: one dictionary per setting; the answer has path, error and, if
/// that is 0, value.
void LocalSettings::ask() {
    const Message call = make<Message>("make a call", [this](sd_bus_message** out) {
        return sd_bus_message_new_method_call(bus_, out, kService, "/", kSettingsInterface,
                                              "AddSettings");
    });
    check(sd_bus_message_set_auto_start(call.get(), 0), "start nobody");
    check(sd_bus_message_open_container(call.get(), 'a', "a{sv}"), "append the settings");
    appendSetting(*call, instancePath_, "battery:" + std::to_string(request_.instance));
    appendSetting(*call, namePath_, validUtf8(request_.customName));
    check(sd_bus_message_close_container(call.get()), "append the settings");
    call_ = make<Slot>("ask localsettings", [&](sd_bus_slot** out) {
        return sd_bus_call_async(bus_, out, call.get(), onMessage<&LocalSettings::onAnswer>, this,
                                 0);
    });
}

int LocalSettings::onOwnerChanged(sd_bus_message& signal) {
    const char* name = "";
    const char* before = "";
    const char* after = "";
    check(sd_bus_message_read(&signal, "sss", &name, &before, &after), "read NameOwnerChanged");
    name_.isKept = false;
    keepUnanswered();
    if (*after != '\0')
        ask();
    else
        call_.reset();
    return 0;
}

LocalSettings::Entry LocalSettings::readEntry(sd_bus_message& answer) {
    Entry entry;
    readDictionary(answer, [&](std::string_view key) {
        const ReadValue value = readValue(answer);
        const Value known = value.value_or(Value());
        if (key == "path" && known.text() != nullptr)
            entry.path = *known.text();
        else if (key == "error")
            entry.error =
                static_cast<int>(std::clamp(known.number().value_or(-1.0), -1000.0, 1000.0));
        else if (key == "value" && known.text() != nullptr)
            entry.text = *known.text();
    });
    return entry;
}

int LocalSettings::onAnswer(sd_bus_message& answer) {
    if (sd_bus_is_open(bus_) <= 0)
        return 0;
    if (const sd_bus_error* error = sd_bus_message_get_error(&answer)) {
        if (!isAbsence(*error))
            giveUp("localsettings refused: " +
                   logged(error->message == nullptr ? error->name : error->message));
        return 0;
    }
    if (sd_bus_message_has_signature(&answer, "aa{sv}") <= 0) {
        giveUp("localsettings gave an answer of another shape");
        return 0;
    }
    std::vector<Entry> entries;
    check(sd_bus_message_enter_container(&answer, 'a', "a{sv}"), "read the settings");
    while (check(sd_bus_message_at_end(&answer, 0), "read the settings") == 0)
        entries.push_back(readEntry(answer));
    check(sd_bus_message_exit_container(&answer), "read the settings");
    const auto entryOf = [&](const std::string& path) -> const Entry* {
        const auto found = std::ranges::find(entries, path, &Entry::path);
        return found == entries.end() ? nullptr : &*found;
    };
    takeName(entryOf(namePath_));
    takeInstance(entryOf(instancePath_));
    return 0;
}

void LocalSettings::takeInstance(const Entry* entry) {
    if (entry == nullptr || entry->error != 0 || !entry->text) {
        giveUp(entry == nullptr ? "localsettings left the device instance out of its answer"
                                : "localsettings error " + std::to_string(entry->error) +
                                      " for the device instance");
        return;
    }
    assigned_ = parseClassAndInstance(*entry->text);
    if (!assigned_)
        giveUp("localsettings gave \"" + logged(*entry->text) + "\" as device instance");
    else if (!instance_)
        resolve(*assigned_, "localsettings",
                *assigned_ == request_.instance ? "" : "the wanted number is another battery's");
    else if (*assigned_ != *instance_)
        log::warn("instance_kept service={} instance={} localsettings={} next=\"used after the "
                  "next start\"",
                  label_, *instance_, *assigned_);
}

void LocalSettings::takeName(const Entry* entry) {
    name_.isKept = entry != nullptr && entry->error == 0 && entry->text;
    if (!name_.isKept) {
        log::warn("custom_name_not_kept service={} error={}", label_,
                  entry == nullptr ? 0 : entry->error);
        return;
    }
    if (name_.unsaved) {
        sendName(*std::exchange(name_.unsaved, std::nullopt));
        return;
    }
    events_.nameChanged(*entry->text);
    events_.nameKept();
}

void LocalSettings::giveUp(const std::string& reason) {
    if (!instance_)
        resolve(request_.instance, "configuration", reason);
    else
        log::warn("localsettings_failed service={} instance={} reason=\"{}\"", label_, *instance_,
                  reason);
}

void LocalSettings::resolve(int instance, const char* source, const std::string& note) {
    deadline_.disarm();
    instance_ = instance;
    const bool isFallback = !assigned_;
    const auto level = isFallback ? log::Level::Warn : log::Level::Info;
    log::write(level, "instance service={} instance={} source={} note=\"{}\"{}", label_, instance,
               source, note, isFallback ? " next=\"kept until the next start\"" : "");
    if (instance > kHighestModbusInstance)
        log::warn("instance_high service={} instance={} hint=\"Modbus TCP reaches instances up "
                  "to {} only\"",
                  label_, instance, kHighestModbusInstance);
    events_.resolved(instance);
}

int LocalSettings::onInstanceSetting(sd_bus_message& signal) {
    const auto text = changedText(signal);
    const auto number = text ? parseClassAndInstance(*text) : std::nullopt;
    if (!number) {
        log::warn("instance_ignored service={} value=\"{}\"", label_, logged(text.value_or("")));
        return 0;
    }
    // Before the first answer, and when only attributes changed, this is not the owner's doing.
    if (!assigned_ || !instance_ || *number == *assigned_)
        return 0;
    assigned_ = number;
    log::info("instance_changed service={} from={} to={}", label_, *instance_, *number);
    instance_ = number;
    events_.instanceChanged(*number);
    return 0;
}

int LocalSettings::onNameSetting(sd_bus_message& signal) {
    const auto text = changedText(signal);
    // A name of ours that is on the way, or waits for the service, replaces what is stored.
    if (text && !name_.isStoring && !name_.unsaved)
        events_.nameChanged(*text);
    return 0;
}

void LocalSettings::storeName(const std::string& name) {
    if (name_.isKept) {
        sendName(name);
        return;
    }
    name_.unsaved = name;
    events_.nameNotStored(name);
}

void LocalSettings::sendName(const std::string& name) {
    name_.sent = name;
    name_.isStoring = true;
    name_.store = make<Slot>("store the custom name", [&](sd_bus_slot** out) {
        return sd_bus_call_method_async(bus_, out, kService, namePath_.c_str(), kItemInterface,
                                        "SetValue", onMessage<&LocalSettings::onStored>, this, "v",
                                        "s", name.c_str());
    });
}

int LocalSettings::onStored(sd_bus_message& answer) {
    const sd_bus_error* error = sd_bus_message_get_error(&answer);
    if (sd_bus_is_open(bus_) <= 0)
        return 0; // detach follows
    if (error != nullptr && isAbsence(*error)) {
        keepUnanswered();
        name_.isKept = false;
        ask(); // one that only was slow answers
        return 0;
    }
    name_.isStoring = false;
    const bool isError = sd_bus_message_is_method_error(&answer, nullptr) > 0;
    const ReadValue result = isError ? ReadValue() : readOnlyValue(answer);
    if (result && *result == Value(0.0)) {
        events_.nameKept();
        return 0;
    }
    log::warn("custom_name_not_stored service={} reason=\"{}\"", label_,
              isError ? logged(sd_bus_message_get_error(&answer)->name) : "refused");
    events_.nameNotStored(name_.sent);
    return 0;
}

} // namespace busbar::dbus
