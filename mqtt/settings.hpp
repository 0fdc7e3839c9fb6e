// SPDX-License-Identifier: MIT
// Where the GX's broker is, how to log in, and how often to ask it.
#pragma once

#include <chrono>
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
struct GxSettings {
    BrokerSettings broker;
    bool vrm =
        false; ///< Victron's cloud broker: host from the portal id, password = "Token <token>"
    std::string portalId = "auto"; ///< "auto": from the retained N/<id>/system/0/Serial
    std::string topicPrefix;       ///< bridged brokers put one in front, e.g. "boat/"; empty = none
    std::chrono::seconds keepalive{25};    ///< how often to ask for 60 s more of publishing
    std::chrono::seconds fullPublish{180}; ///< how often to have everything published again
    std::chrono::milliseconds heartbeatTimeout{
        10000}; ///< bridge lost when its 3 s heartbeat misses this long
};

} // namespace busbar::mqtt
