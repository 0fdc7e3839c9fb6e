// SPDX-License-Identifier: MIT
// The rules among the settings of a session.
#include "mqtt/session/broker_check.hpp"

#include "mqtt/session/tls_pin.hpp"
#include "mqtt/session/url.hpp"

namespace busbar::mqtt {

std::string brokerError(const BrokerSettings& settings) {
    const auto parsed = parseUrl(settings.url);
    if (!parsed.url)
        return parsed.error;
    const bool wantsTls = !settings.fingerprint.empty() || !settings.caFile.empty() ||
                          !settings.clientCertFile.empty() || !settings.clientKeyFile.empty();
    if (wantsTls && !parsed.url->isTls())
        return "certificates and fingerprints need mqtts:// or wss://, not " +
               displayUrl(*parsed.url);
    if (!settings.fingerprint.empty() && !normalFingerprint(settings.fingerprint))
        return "the fingerprint is not a SHA-256 one (64 hex digits, colons allowed)";
    if (settings.clientCertFile.empty() && !settings.clientKeyFile.empty())
        return "a client key needs a client certificate";
    if (!settings.passwordFile.empty() && !settings.passwordEnv.empty())
        return "a password file or a password variable, not both";
    return {};
}

} // namespace busbar::mqtt
