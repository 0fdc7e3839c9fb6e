// SPDX-License-Identifier: MIT
// Requests and releases of a name, and the message when another process has it.
#include "dbus/bus_name.hpp"

#include "base/log.hpp"

#include <utility>

namespace busbar::dbus {

namespace {

constexpr const char* kDaemon = "org.freedesktop.DBus";

// Answers of RequestName, D-Bus specification.
constexpr std::uint32_t kPrimaryOwner = 1;
constexpr std::uint32_t kAlreadyOwner = 4;

std::string errorText(sd_bus_message& reply) {
    const sd_bus_error* error = sd_bus_message_get_error(&reply);
    if (error == nullptr)
        return {};
    return std::string(error->name) + ": " + (error->message == nullptr ? "" : error->message);
}

/// The bus of a desktop or a server lets nobody own names that its policy does not list.
const char* helpFor(const std::string& reason) {
    return reason.find(SD_BUS_ERROR_ACCESS_DENIED) == std::string::npos
               ? ""
               : " help=\"no policy of this bus lets this user own the name: Busbar's Debian "
                 "package "
                 "brings one, from source copy config/systemd/busbar-dbus.conf to "
                 "/etc/dbus-1/system.d with this user's name in it; or publish by MQTT alone, with "
                 "dbus.bus = none\"";
}

Slot callDaemon(sd_bus* bus, const char* method, sd_bus_message_handler_t handler, void* owner,
                const char* argument) {
    return make<Slot>("call the bus", [&](sd_bus_slot** out) {
        return sd_bus_call_method_async(bus, out, kDaemon, "/org/freedesktop/DBus", kDaemon, method,
                                        handler, owner, "s", argument);
    });
}

} // namespace

BusName::BusName(EventLoop& loop, std::string name, const BusSettings& settings, Changed changed)
    : loop_(loop), name_(std::move(name)), changed_(std::move(changed)),
      backoff_(settings.retryMin, settings.retryMax), retry_(loop, [this](const Now&) {
          state_ = State::Free;
          follow();
      }) {}

void BusName::attach(sd_bus& bus) {
    detach();
    bus_ = &bus;
    follow();
}

void BusName::detach() noexcept {
    retry_.disarm();
    call_.reset();
    question_.reset();
    bus_ = nullptr;
    state_ = State::Free;
}

void BusName::want(bool wanted) {
    isWanted_ = wanted;
    follow();
}

void BusName::follow() {
    if (bus_ == nullptr)
        return;
    if (isWanted_ && state_ == State::Free)
        request();
    else if (!isWanted_ && state_ == State::Owned)
        release();
}

void BusName::request() {
    state_ = State::Requesting;
    try {
        call_ = make<Slot>("request the name", [this](sd_bus_slot** out) {
            return sd_bus_request_name_async(bus_, out, name_.c_str(), 0,
                                             onMessage<&BusName::onRequested>, this);
        });
    } catch (const std::system_error& error) { // not a name, or the connection is gone
        refused(error.what());
    }
}

void BusName::release() {
    state_ = State::Releasing;
    try {
        call_ = make<Slot>("release the name", [this](sd_bus_slot** out) {
            return sd_bus_release_name_async(bus_, out, name_.c_str(),
                                             onMessage<&BusName::onReleased>, this);
        });
    } catch (const std::system_error&) { // the connection is gone, and the name with it
        state_ = State::Free;
    }
}

int BusName::onRequested(sd_bus_message& reply) {
    if (sd_bus_is_open(bus_) <= 0) // the call ended with its connection, which is reported as such
        return 0;
    if (sd_bus_message_is_method_error(&reply, nullptr) > 0) {
        refused(errorText(reply));
        return 0;
    }
    std::uint32_t answer = 0;
    check(sd_bus_message_read(&reply, "u", &answer), "read the answer to the request of a name");
    if (answer != kPrimaryOwner && answer != kAlreadyOwner) {
        refused({});
        return 0;
    }
    state_ = State::Owned;
    backoff_.reset();
    isFaultLogged_ = false;
    log::info("name_owned name={}", name_);
    changed_(true);
    follow();
    return 0;
}

/// An empty reason: another process has it.
void BusName::refused(const std::string& reason) {
    state_ = State::Taken;
    retry_.arm(backoff_.next());
    if (!std::exchange(isFaultLogged_, true)) {
        if (reason.empty())
            askForOwner();
        else
            log::error("name_refused name={} reason=\"{}\" next=\"retrying\"{}", name_, reason,
                       helpFor(reason));
    }
    follow();
}

void BusName::askForOwner() {
    question_ = callDaemon(bus_, "GetNameOwner", onMessage<&BusName::onOwner>, this, name_.c_str());
}

int BusName::onOwner(sd_bus_message& reply) {
    const char* owner = "";
    if (sd_bus_message_is_method_error(&reply, nullptr) > 0 ||
        sd_bus_message_read(&reply, "s", &owner) < 0) {
        owner_ = "unknown";
        logTaken("unknown");
        return 0;
    }
    owner_ = owner;
    question_ = callDaemon(bus_, "GetConnectionUnixProcessID", onMessage<&BusName::onOwnerProcess>,
                           this, owner_.c_str());
    return 0;
}

int BusName::onOwnerProcess(sd_bus_message& reply) {
    std::uint32_t process = 0;
    const bool isKnown = sd_bus_message_is_method_error(&reply, nullptr) <= 0 &&
                         sd_bus_message_read(&reply, "u", &process) >= 0;
    logTaken(isKnown ? std::to_string(process) : "unknown");
    return 0;
}

void BusName::logTaken(const std::string& process) {
    log::error("name_taken name={} owner={} process={} hint=\"another program, or another "
               "Busbar, publishes under "
               "this name; choose another service name\" next=\"retrying\"",
               name_, owner_, process);
}

int BusName::onReleased(sd_bus_message& /*reply*/) {
    // Whatever the answer is, the name is not ours any more.
    state_ = State::Free;
    log::info("name_released name={}", name_);
    changed_(false);
    follow();
    return 0;
}

} // namespace busbar::dbus
