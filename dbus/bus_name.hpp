// SPDX-License-Identifier: MIT
// Owning a well-known name on the bus: asked for, given back, asked for again while somebody else
// has it.
#pragma once

#include "base/event_loop.hpp"
#include "dbus/retry.hpp"
#include "dbus/sd.hpp"
#include "dbus/settings.hpp"

#include <functional>
#include <string>

namespace busbar::dbus {

/// Follows `want`; requests and releases are asynchronous. The name is never queued for and never
/// taken over: Venus' clients do not expect an owner to change without a gap.
class BusName {
public:
    /// Called when the name was got (true) or given back (false).
    using Changed = std::function<void(bool owned)>;

    BusName(EventLoop& loop, std::string name, const BusSettings& settings, Changed changed);

    void attach(sd_bus& bus);
    /// The connection is gone, and the name with it; what is wanted stays.
    void detach() noexcept;
    void want(bool wanted);
    [[nodiscard]] bool isWanted() const { return isWanted_; }
    [[nodiscard]] bool isOwned() const { return state_ == State::Owned; }
    /// Neither owned nor on the way.
    [[nodiscard]] bool isFree() const { return state_ == State::Free || state_ == State::Taken; }
    [[nodiscard]] const std::string& text() const { return name_; }
    [[nodiscard]] FaultLog& faults() { return loop_.faults(); }

private:
    enum class State : std::uint8_t { Free, Requesting, Owned, Releasing, Taken };

    void follow();
    void request();
    void release();
    int onRequested(sd_bus_message& reply);
    int onReleased(sd_bus_message& reply);
    int onOwner(sd_bus_message& reply);
    int onOwnerProcess(sd_bus_message& reply);
    void refused(const std::string& reason);
    void askForOwner();
    void logTaken(const std::string& process);

    EventLoop& loop_;
    std::string name_;
    Changed changed_;
    Backoff backoff_;
    Timer retry_;
    sd_bus* bus_ = nullptr;
    Slot call_;
    Slot question_;
    std::string owner_;
    State state_ = State::Free;
    bool isWanted_ = false;
    bool isFaultLogged_ = false;
};

} // namespace busbar::dbus
