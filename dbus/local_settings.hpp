// SPDX-License-Identifier: MIT
// Client of com.victronenergy.settings: the device instance and the custom name of one published
// battery.
#pragma once

#include "base/event_loop.hpp"
#include "dbus/sd.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::dbus {

/// `id` as an element of a settings path: everything but [A-Za-z0-9_] becomes `_`, and it does not
/// begin with `_` (localsettings refuses both, the former by failing the whole call). Never empty.
[[nodiscard]] std::string sanitizedUid(std::string_view id);

/// The number of "battery:5", whatever the class; nothing if it is not `class:number` with a number
/// of 0 … 2^31−1.
[[nodiscard]] std::optional<int> parseClassAndInstance(std::string_view text);

/// Asks as soon as it is attached, waits for the service for a bounded time, and decides once per
/// life: the instance that localsettings gave, or the wanted one if it is absent, fails or answers
/// nonsense. After that only the owner changes the instance, by writing the setting. The custom
/// name follows whenever the service is there.
class LocalSettings {
public:
    struct Request {
        std::string uid;        ///< made fit by sanitizedUid
        int instance = 0;       ///< wanted
        std::string customName; ///< for the first time that this uid is seen
        std::chrono::milliseconds timeout{};
    };

    struct Events {
        std::function<void(int instance)> resolved;        ///< exactly once
        std::function<void(int instance)> instanceChanged; ///< by the owner; after `resolved`
        std::function<void(const std::string& name)>
            nameChanged; ///< stored name, also the first one
        std::function<void(const std::string& name)>
            nameNotStored;              ///< localsettings did not take this name, or has not yet
        std::function<void()> nameKept; ///< localsettings has the name that is shown
    };

    LocalSettings(EventLoop& loop, std::string label, Request request, Events events);

    void attach(sd_bus& bus);
    /// A name whose answer has not come is given again when a bus is back; until then it is not
    /// stored.
    void detach();
    /// Stores the name at once, or, if the service is away, as soon as it comes back; in that case
    /// `nameNotStored` is called as well.
    void storeName(const std::string& name);
    [[nodiscard]] std::optional<int> instance() const { return instance_; }
    [[nodiscard]] FaultLog& faults() { return loop_.faults(); }

private:
    /// One entry of the answer to AddSettings.
    struct Entry {
        std::string path;
        int error = 0;
        std::optional<std::string> text; ///< the value, if it is one
    };

    void watch();
    void ask();
    int onAnswer(sd_bus_message& answer);
    int onOwnerChanged(sd_bus_message& signal);
    int onInstanceSetting(sd_bus_message& signal);
    int onNameSetting(sd_bus_message& signal);
    int onStored(sd_bus_message& answer);
    void takeInstance(const Entry* entry);
    void takeName(const Entry* entry);
    void giveUp(const std::string& reason);
    void resolve(int instance, const char* source, const std::string& note);
    void sendName(const std::string& name);
    void keepUnanswered();
    static Entry readEntry(sd_bus_message& answer);

    EventLoop& loop_;
    std::string label_;
    Request request_;
    Events events_;
    std::string instancePath_;
    std::string namePath_;
    Timer deadline_;
    sd_bus* bus_ = nullptr;
    /// What is listened to on this connection.
    struct Matches {
        Slot owner;
        Slot instance;
        Slot name;
    } matches_;
    Slot call_;
    std::optional<int> instance_; ///< what is published
    std::optional<int> assigned_; ///< what localsettings said last
    /// The custom name on its way there.
    struct Name {
        std::optional<std::string> unsaved; ///< waits for the service
        std::string sent;
        Slot store;             ///< the call that stores it
        bool isStoring = false; ///< it waits for its answer
        bool isKept = false;    ///< the service answers on this connection and has our name
    } name_;
};

} // namespace busbar::dbus
