// SPDX-License-Identifier: MIT
// Where brokers are, how to log in, how often to ask the GX, and what is published on MQTT.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace busbar::mqtt {

/// One MQTT session. Secrets are never here, only the files or environment variables that hold
/// them.
struct BrokerSettings {
    /// `mqtt://host[:port]`, `mqtts://`, `ws://host[:port][/path]`, `wss://`. Default ports 1883,
    /// 8883, 80, 443.
    std::string url = "mqtt://127.0.0.1:1883";
    std::string user;
    std::string passwordFile;   ///< first line of the file
    std::string passwordEnv;    ///< name of an environment variable
    std::string passwordPrefix; ///< goes in front of the secret if that does not begin with it:
                                ///< "Token " for VRM
    std::string caFile;         ///< PEM; empty with TLS = the system's certificates
    std::string fingerprint; ///< SHA-256 of the server's certificate, hex with or without colons;
                             ///< empty = not pinned
    std::string clientCertFile;        ///< PEM
    std::string clientKeyFile;         ///< PEM
    std::string clientId;              ///< empty = "busbar-" and a random text
    std::chrono::seconds retryMin{1};  ///< back-off after a lost or refused session starts here …
    std::chrono::seconds retryMax{60}; ///< … and ends here
};

/// The GX that is read.
/// How much of a GX is read with each change.
enum class GxReading : std::uint8_t {
    Auto, ///< by what messages cost (Leanness)
    Live, ///< all
    Lean, ///< not what nothing is decided by, nor single cells while nothing hangs on them
};

struct GxSettings {
    BrokerSettings broker;
    bool vrm =
        false; ///< Victron's cloud broker: host from the portal id, password = "Token <token>"
    std::string portalId =
        "auto"; ///< "auto": from the retained N/<id>/system/0/Serial; `busbar-…` is none
    std::string ownPortalId;       ///< under which this program publishes; never read
    std::string topicPrefix;       ///< bridged brokers put one in front, e.g. "boat/"; empty = none
    std::string timeZone = "auto"; ///< of months, "Europe/Berlin"; "auto" = as the GX says
    GxReading reading = GxReading::Auto;
    bool readsTotals = false;           ///< no option: its own totals of the battery, for `compare`
    std::chrono::seconds keepalive{25}; ///< how often to ask for 60 s more of publishing
    std::chrono::seconds fullPublish{180}; ///< how often to have everything published again
    std::chrono::milliseconds heartbeatTimeout{
        10000}; ///< bridge lost when its 3 s heartbeat misses this long
};

/// Documents of banks and batteries, events, health (results.hpp).
struct ResultsSettings {
    bool isEnabled = true;
    std::string base = "busbar";              ///< topics begin with this and `/<site>`
    std::chrono::milliseconds interval{5000}; ///< a document at most this often; cuts at once
    int layout = 2;                           ///< of the documents (DocumentStyle)
    bool publishBatteries = true; ///< a document per battery, besides those of the banks
};

/// Home Assistant's discovery (ha_discovery.hpp).
struct HaSettings {
    bool isEnabled = true;
    std::string prefix = "homeassistant"; ///< Home Assistant's own setting, seldom another
    /// States at most this often (ha_states.hpp); a cut limit at once.
    std::chrono::seconds interval{10};
    std::string pageUrl; ///< "Visit" of each device leads there; empty = nowhere
};

/// The banks in Venus' own layout, for everything that reads a GX (venus_output.hpp).
struct VenusOutputSettings {
    bool isEnabled = false;
    std::string portalId;    ///< empty = "busbar-<site>"
    std::string topicPrefix; ///< in front of every topic, "boat/"; empty = none
    /// No option: a GX publishes beside us, on its own broker. A client that takes the first id it
    /// finds must not find ours.
    bool isBesideGx = false;
};

/// JSON for the driver dbus-mqtt-battery on a GX (driver_json.hpp).
struct DriverJsonSettings {
    std::string topic; ///< empty = off
    /// Also without a change: the driver gives its battery up after 60 s of silence.
    std::chrono::milliseconds interval{5000};
};

[[nodiscard]] inline BrokerSettings withoutUrl() {
    BrokerSettings broker;
    broker.url.clear();
    return broker;
}

/// Whether commands are taken.
enum class CommandsWanted : std::uint8_t {
    Auto, ///< where not everybody may write to the broker (commands.hpp)
    No,
    Yes,
};

/// What Busbar publishes besides the D-Bus battery.
struct OutputSettings {
    BrokerSettings broker = withoutUrl(); ///< without a url: the session of the readings
    ResultsSettings results;
    HaSettings homeAssistant;
    VenusOutputSettings venus;
    /// Ceilings, in service, buttons below <base>/<site>/set; names.
    CommandsWanted commands = CommandsWanted::Auto;
};

} // namespace busbar::mqtt
