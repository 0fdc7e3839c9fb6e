// SPDX-License-Identifier: MIT
// A localsettings service for tests: really keeps settings and really hands out device instances.
#pragma once

#include "bus_client.hpp"

#include <map>
#include <optional>
#include <string>

namespace busbar::test {

/// Does what com.victronenergy.settings does with AddSettings, SetValue and PropertiesChanged, and
/// misbehaves on request.
class FakeSettings {
public:
    enum class Mood {
        Good,
        ErrorCode,   ///< every setting is answered with −3
        Throws,      ///< the whole call is answered with a D-Bus error
        OtherShape,  ///< an answer that is no list of dictionaries
        Incomplete,  ///< an answer without any entry
        Nonsense,    ///< a device instance that is none
        NumberValue, ///< a device instance that is a number, not a text
        Silent,      ///< no answer at all
        RefusesWrites,
    };

    FakeSettings(EventLoop& loop, const std::string& address, Mood behaviour = Mood::Good);

    void appear();
    void disappear();
    /// As the GUI does: stores and tells everybody.
    void change(const std::string& path, const std::string& value);
    /// Tells an unchanged value once more, as AddSettings on a known setting does.
    void repeat(const std::string& path);

    Mood mood;
    std::map<std::string, std::string> values;
    int calls = 0;  ///< of AddSettings
    int writes = 0; ///< SetValue
    [[nodiscard]] FaultLog& faults() { return client_.faults(); }

private:
    int onCall(sd_bus_message& call);
    int answerAdd(sd_bus_message& call);
    int answerSet(sd_bus_message& call);
    void addOne(sd_bus_message& call, sd_bus_message& answer);
    int store(const std::string& path, const std::string& byDefault);
    [[nodiscard]] std::string freeInstance(const std::string& path,
                                           const std::string& wanted) const;

    BusClient client_;
    dbus::Slot filter_;
    std::optional<dbus::Message> unanswered_;
};

} // namespace busbar::test
