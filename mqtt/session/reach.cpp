// SPDX-License-Identifier: MIT
// Resolves, pins, and finds the words for what failed.
#include "mqtt/session/reach.hpp"

#include "base/log.hpp"
#include "mqtt/session/dial.hpp"
#include "mqtt/session/reason.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace busbar::mqtt {

namespace {

/// For a handshake or a TCP connection of our own, before or after the library's.
constexpr std::chrono::seconds kProbeLimit{10};

LinkFailure tlsFailure(std::string error) {
    const auto fault = isNoHandshake(error) ? LinkFault::NoHandshake : LinkFault::Usual;
    return {LinkStep::Tls, std::move(error), fault};
}

} // namespace

Reach::Reach(const BrokerSettings& settings, BrokerUrl url, std::uint8_t session)
    : settings_(settings), url_(std::move(url)),
      pin_(normalFingerprint(settings.fingerprint).value_or("")), session_(session) {}

std::optional<LinkFailure> Reach::prepare(const std::stop_token& stop) {
    if (auto error = resolveHost(); !error.empty())
        return LinkFailure{LinkStep::Name, std::move(error)};
    auto error = prepareTrust(stop);
    if (error.empty())
        return std::nullopt;
    auto noPort = whyNoPort(Deadline(kProbeLimit, stop));
    return noPort.empty() ? tlsFailure(std::move(error))
                          : LinkFailure{LinkStep::Port, std::move(noPort)};
}

/// Of a name with several addresses, the one that served last, or after a failure the next.
std::string Reach::resolveHost() {
    auto resolved = resolve(url_.host);
    if (!resolved.error.empty())
        return resolved.error;
    addresses_ = std::move(resolved.addresses);
    const auto first = static_cast<std::ptrdiff_t>(failures_ % addresses_.size());
    std::rotate(addresses_.begin(), addresses_.begin() + first, addresses_.end());
    return {};
}

std::string Reach::prepareTrust(const std::stop_token& stop) {
    anchor_.reset();
    if (pin_.empty())
        return {};
    const auto pinned = fetchPinned(tlsTarget(), pin_, Deadline(kProbeLimit, stop));
    if (!pinned.warning.empty() &&
        std::exchange(certificateWarning_, pinned.warning) != pinned.warning)
        log::warn("mqtt_certificate session={} url={} reason=\"{}\"", session_, displayUrl(url_),
                  pinned.warning);
    if (!pinned.error.empty() || !settings_.caFile.empty())
        return pinned.error;
    try {
        anchor_.emplace(pinned.pem);
    } catch (const std::system_error& error) {
        return error.what();
    }
    return {};
}

TlsTarget Reach::tlsTarget() const {
    return {url_.host,
            url_.port,
            addresses_,
            anchor_ ? anchor_->path() : settings_.caFile,
            settings_.clientCertFile,
            settings_.clientKeyFile};
}

std::string Reach::uri() const {
    return pahoUri(url_, url_.scheme == Scheme::Mqtt ? addresses_.front() : url_.host);
}

std::string Reach::whyNoPort(const Deadline& deadline) const {
    const auto tried = url_.scheme == Scheme::Mqtt ? std::vector{addresses_.front()} : addresses_;
    return dialAny(tried, url_.port, deadline).error;
}

LinkFailure Reach::explain(int returnCode, std::chrono::seconds patience,
                           const std::stop_token& stop) const {
    if (auto refusal = refusalReason(returnCode); !refusal.empty())
        return {LinkStep::Login, std::move(refusal)};
    const auto took = std::chrono::steady_clock::now() - began_;
    const Deadline deadline(kProbeLimit, stop);
    if (auto problem = whyNoPort(deadline); !problem.empty())
        return {LinkStep::Port, std::move(problem)};
    if (url_.isTls())
        if (auto problem = diagnoseTls(tlsTarget(), !trustsPinOnly(), deadline); !problem.empty())
            return tlsFailure(std::move(problem));
    if (took >= patience)
        return {LinkStep::Login,
                formatted("no answer within {} s ({})", patience.count(), displayUrl(url_)),
                LinkFault::NoBroker};
    return {LinkStep::Login,
            "something at " + displayUrl(url_) +
                " takes connections, and hung up without an answer to the login; is it an MQTT "
                "broker, and does its log say why?",
            LinkFault::NoBroker};
}

} // namespace busbar::mqtt
