// SPDX-License-Identifier: MIT
// The only place that knows the Paho library.
#include "mqtt/client.hpp"

#include "base/log.hpp"
#include "mqtt/backoff.hpp"
#include "mqtt/broker_check.hpp"
#include "mqtt/dial.hpp"
#include "mqtt/fault_note.hpp"
#include "mqtt/reason.hpp"
#include "mqtt/secret.hpp"
#include "mqtt/session_state.hpp"
#include "mqtt/tls_pin.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/url.hpp"

#include <mqtt/async_client.h>

#include <algorithm>
#include <deque>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace busbar::mqtt {
namespace {

constexpr int kMqtt311 = 4; // protocol level of MQTT 3.1.1, §3.1.2.2
/// For a handshake or a TCP connection of our own, before or after the library's.
constexpr std::chrono::seconds kProbeLimit{10};

std::string randomClientId(std::mt19937& random) {
    return formatted("busbar-{:08x}", random());
}

/// Whether the library says of itself that it is the one of docker/paho: one read for many packets,
/// of which none is forgotten.
bool hasBufferedReads() {
    for (const auto* fact = MQTTAsync_getVersionInfo(); fact->name != nullptr; ++fact)
        if (fact->name == std::string_view("Buffered reads"))
            return true;
    return false;
}

BrokerUrl checkedUrl(const BrokerSettings& settings) {
    if (auto error = brokerError(settings); !error.empty())
        throw std::invalid_argument(error);
    if (auto error = libraryError(settings.url); !error.empty())
        throw std::invalid_argument(error);
    return *parseUrl(settings.url).url;
}

/// Listener of one request that the library holds. Paho's thread calls it once, or never if the
/// session is lost.
class RequestListener final : public virtual ::mqtt::iaction_listener {
public:
    RequestListener(SessionState& state, std::size_t slot) : state_(state), slot_(slot) {}
    void on_success(const ::mqtt::token& /*token*/) override { state_.finished(slot_, true, 0); }
    void on_failure(const ::mqtt::token& token) override {
        state_.finished(slot_, false, token.get_return_code());
    }

private:
    SessionState& state_;
    std::size_t slot_;
};

/// Nobody asks how a sign of life went: a session that gives none is given up by the library.
class LifeSignListener final : public virtual ::mqtt::iaction_listener {
public:
    void on_success(const ::mqtt::token& /*token*/) override {}
    void on_failure(const ::mqtt::token& /*token*/) override {}
};

class ConnectListener final : public virtual ::mqtt::iaction_listener {
public:
    explicit ConnectListener(SessionState& state) : state_(state) {}
    void on_success(const ::mqtt::token& /*token*/) override { state_.connected(); }
    void on_failure(const ::mqtt::token& token) override {
        state_.connectFailed(token.get_return_code());
    }

private:
    SessionState& state_;
};

} // namespace

class Client::Impl {
public:
    Impl(BrokerSettings settings, ClientOptions options, Mailbox& mailbox);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    // loop thread
    void tick(Now now);
    void connectNow(Now now);
    bool offerEach(const std::vector<std::string>& topics, Outgoing::Kind kind, int qos);

    SessionState state;
    std::optional<Will> will;
    std::optional<SteadyTime> nextAttempt;

private:
    // loop thread
    void note(const Transition& transition, Now now);
    void noteConnected(Now now);
    void schedule(Now now);

    // Paho's receive thread
    void deliver(const ::mqtt::message& message) noexcept;

    // worker
    void work(const std::stop_token& stop);
    void attempt(const std::optional<Will>& lastWill, const std::stop_token& stop);
    void connect(const std::optional<Will>& lastWill, std::string password);
    void chooseAddress(std::vector<std::string> addresses);
    std::string prepareTrust(const std::stop_token& stop);
    ::mqtt::connect_options connectOptions(const std::optional<Will>& lastWill,
                                           std::string password) const;
    ::mqtt::ssl_options sslOptions() const;
    std::string serverUri() const;
    TlsTarget tlsTarget() const;
    bool trustsPinOnly() const { return !pin_.empty() && settings_.caFile.empty(); }
    std::string explain(int returnCode, const std::stop_token& stop) const;
    void fail(const std::string& reason);
    void send(Job job);
    void giveLifeSign();
    [[nodiscard]] bool givesLifeSigns() const { return url_.isTls() && !hasBufferedReads(); }
    void close();

    const BrokerSettings settings_;
    const ClientOptions options_;
    const BrokerUrl url_;
    const std::string pin_; // normal form; empty = not pinned
    Mailbox& mailbox_;

    // loop thread
    std::mt19937 random_;
    Backoff backoff_;
    FaultNote faults_;
    std::optional<SteadyTime> connectedSince_;

    // worker
    std::vector<std::string> addresses_; // the session's first; never empty after an attempt began
    std::size_t failures_{0};
    std::optional<MemoryFile> anchor_; // must live until the handshake is over
    std::string certificateWarning_;   // the last that was said
    std::chrono::steady_clock::time_point attemptBegan_;
    std::optional<std::chrono::steady_clock::time_point> nextLifeSign_;

    // Paho keeps pointers to the listeners, and its callbacks touch all of the above: it goes
    // first, after the worker.
    ConnectListener connectListener_{state};
    LifeSignListener lifeSignListener_;
    std::deque<RequestListener> requestListeners_;
    ::mqtt::async_client paho_;
    std::jthread worker_;
};

Client::Impl::Impl(BrokerSettings settings, ClientOptions options, Mailbox& mailbox)
    : state(options.session, {options.maxInFlight, options.maxInFlightBytes}, mailbox),
      settings_(std::move(settings)), options_(std::move(options)), url_(checkedUrl(settings_)),
      pin_(normalFingerprint(settings_.fingerprint).value_or("")), mailbox_(mailbox),
      random_(std::random_device{}()), backoff_(settings_.retryMin, settings_.retryMax),
      paho_(pahoUri(url_, url_.host),
            settings_.clientId.empty() ? randomClientId(random_) : settings_.clientId) {
    // Otherwise the library writes a line about each packet into a buffer that nobody reads.
    MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
    for (std::size_t i = 0; i < SessionState::kWindow; ++i)
        requestListeners_.emplace_back(state, i);
    paho_.set_connection_lost_handler([this](const std::string& cause) { state.lost(cause); });
    paho_.set_message_callback(
        [this](const ::mqtt::const_message_ptr& message) { deliver(*message); });
    if (givesLifeSigns())
        nextLifeSign_ = std::chrono::steady_clock::now();
    worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Client::Impl::~Impl() {
    worker_.request_stop();
    worker_.join();
}

// loop thread ------------------------------------------------------------------------------------

void Client::Impl::connectNow(Now now) {
    nextAttempt = now.steady;
    tick(now);
}

bool Client::Impl::offerEach(const std::vector<std::string>& topics, Outgoing::Kind kind, int qos) {
    bool areAllTaken = true;
    for (const auto& topic : topics)
        areAllTaken &= state.offer({.topic = topic, .payload = {}, .qos = qos, .kind = kind});
    return areAllTaken;
}

void Client::Impl::tick(Now now) {
    const News news = state.takeNews();
    for (const auto& each : news.transitions)
        note(each, now);
    for (const auto& each : news.refusedFilters)
        log::error("mqtt_subscription_refused session={} topic={}", options_.session, each);
    if (news.isClosing || !news.isIdle)
        nextAttempt.reset();
    if (!nextAttempt || now.steady < *nextAttempt)
        return;
    nextAttempt.reset();
    state.beginAttempt(will);
}

void Client::Impl::note(const Transition& transition, Now now) {
    if (transition.kind == MailKind::Connected)
        return noteConnected(now);
    if (faults_.isNews(transition.reason))
        log::warn("{} session={} url={} reason=\"{}\"",
                  transition.kind == MailKind::Disconnected ? "mqtt_lost" : "mqtt_connect_failed",
                  options_.session, displayUrl(url_), transition.reason);
    schedule(now);
}

void Client::Impl::noteConnected(Now now) {
    connectedSince_ = now.steady;
    log::info("mqtt_connected session={} url={} faults_before={}", options_.session,
              displayUrl(url_), faults_.over());
}

/// A session that lasted as long as the longest pause was a good one; one that a broker ends at
/// once (two clients with one id, for example) must not be begun anew every second.
void Client::Impl::schedule(Now now) {
    if (connectedSince_ && now.steady - *connectedSince_ >= settings_.retryMax)
        backoff_.reset();
    connectedSince_.reset();
    nextAttempt = now.steady + backoff_.next(std::uniform_real_distribution<double>(0, 1)(random_));
}

// Paho's receive thread --------------------------------------------------------------------------

void Client::Impl::deliver(const ::mqtt::message& message) noexcept {
    const auto& payload = message.get_payload_ref();
    const std::string_view bytes =
        payload.empty() ? std::string_view() : std::string_view(payload.data(), payload.size());
    const std::string& topic = message.get_topic();
    mailbox_.put({.kind = MailKind::Message,
                  .session = options_.session,
                  .retained = message.is_retained(),
                  .isPressing = options_.isPressing && options_.isPressing(topic, bytes),
                  .topic = topic,
                  .payload = bytes});
}

// worker -----------------------------------------------------------------------------------------

void Client::Impl::work(const std::stop_token& stop) {
    limitResolver();
    while (true) {
        Job job = state.nextJob(stop, nextLifeSign_);
        switch (job.kind) {
        case Job::Kind::Stop:
            return;
        case Job::Kind::Attempt:
            attempt(job.will, stop);
            break;
        case Job::Kind::Explain:
            fail(explain(job.returnCode, stop));
            break;
        case Job::Kind::Send:
            send(std::move(job));
            break;
        case Job::Kind::LifeSign:
            giveLifeSign();
            break;
        case Job::Kind::Close:
            close();
            break;
        }
    }
}

void Client::Impl::attempt(const std::optional<Will>& lastWill, const std::stop_token& stop) {
    auto secret = readSecret(settings_);
    if (!secret.error.empty())
        return fail(secret.error);
    auto resolved = resolve(url_.host);
    if (!resolved.error.empty())
        return fail(resolved.error);
    chooseAddress(std::move(resolved.addresses));
    if (const auto error = prepareTrust(stop); !error.empty())
        return fail(error);
    if (!stop.stop_requested())
        connect(lastWill, std::move(secret.password));
}

void Client::Impl::connect(const std::optional<Will>& lastWill, std::string password) {
    attemptBegan_ = std::chrono::steady_clock::now(); // to tell silence from refusal afterwards
    try {
        paho_.connect(connectOptions(lastWill, std::move(password)), nullptr, connectListener_);
    } catch (const ::mqtt::exception& error) {
        fail(std::string("the MQTT library refuses: ") + error.what());
    }
}

/// Of a name with several addresses, the one that served last, or after a failure the next.
void Client::Impl::chooseAddress(std::vector<std::string> addresses) {
    const auto first = static_cast<std::ptrdiff_t>(failures_ % addresses.size());
    std::rotate(addresses.begin(), addresses.begin() + first, addresses.end());
    addresses_ = std::move(addresses);
}

std::string Client::Impl::prepareTrust(const std::stop_token& stop) {
    anchor_.reset();
    if (pin_.empty())
        return {};
    const auto pinned = fetchPinned(tlsTarget(), pin_, Deadline(kProbeLimit, stop));
    if (!pinned.warning.empty() &&
        std::exchange(certificateWarning_, pinned.warning) != pinned.warning)
        log::warn("mqtt_certificate session={} url={} reason=\"{}\"", options_.session,
                  displayUrl(url_), pinned.warning);
    if (!pinned.error.empty() || !settings_.caFile.empty())
        return pinned.error;
    try {
        anchor_.emplace(pinned.pem);
    } catch (const std::system_error& error) {
        return error.what();
    }
    return {};
}

TlsTarget Client::Impl::tlsTarget() const {
    return {url_.host,
            url_.port,
            addresses_,
            anchor_ ? anchor_->path() : settings_.caFile,
            settings_.clientCertFile,
            settings_.clientKeyFile};
}

/// Plain sessions get an address, so that the library looks up no name with its process-wide lock
/// held; TLS and web sockets need the name for SNI, certificate and Host header. Never more than
/// one: given several, the library goes on to the next by itself when an established session breaks
/// (nextOrClose in its MQTTAsyncUtils.c), and nobody would know of it.
std::string Client::Impl::serverUri() const {
    return pahoUri(url_, url_.scheme == Scheme::Mqtt ? addresses_.front() : url_.host);
}

::mqtt::ssl_options Client::Impl::sslOptions() const {
    ::mqtt::ssl_options ssl;
    ssl.set_enable_server_cert_auth(true);
    ssl.set_verify(!trustsPinOnly());
    if (const auto trust = tlsTarget().caFile; !trust.empty())
        ssl.set_trust_store(trust);
    if (!settings_.clientCertFile.empty()) {
        const auto& key =
            settings_.clientKeyFile.empty() ? settings_.clientCertFile : settings_.clientKeyFile;
        ssl.set_key_store(settings_.clientCertFile);
        ssl.set_private_key(key);
    }
    return ssl;
}

::mqtt::connect_options Client::Impl::connectOptions(const std::optional<Will>& lastWill,
                                                     std::string password) const {
    ::mqtt::connect_options options;
    options.set_mqtt_version(kMqtt311);
    options.set_clean_session(true);
    options.set_automatic_reconnect(false);
    options.set_keep_alive_interval(options_.keepAlive);
    options.set_connect_timeout(options_.connectTimeout);
    options.set_max_inflight(static_cast<int>(SessionState::kWindow));
    options.set_servers(::mqtt::string_collection::create(serverUri()));
    // MQTT 3.1.1 §3.1.2.9: no password without a user. Brokers hang up without a word then, and the
    // library sends no empty name; to a GX all names are the same.
    if (settings_.user.empty() && !password.empty())
        options.set_user_name("busbar");
    else if (!settings_.user.empty())
        options.set_user_name(settings_.user);
    if (!password.empty())
        options.set_password(std::move(password));
    if (lastWill)
        options.set_will_message(
            ::mqtt::message(lastWill->topic, lastWill->payload, 1, lastWill->retain));
    if (url_.isTls())
        options.set_ssl(sslOptions());
    return options;
}

/// The library says little more than "failed", so we look ourselves.
std::string Client::Impl::explain(int returnCode, const std::stop_token& stop) const {
    if (auto refusal = refusalReason(returnCode); !refusal.empty())
        return refusal;
    const auto took = std::chrono::steady_clock::now() - attemptBegan_;
    const Deadline deadline(kProbeLimit, stop);
    const auto tried = url_.scheme == Scheme::Mqtt ? std::vector{addresses_.front()} : addresses_;
    auto problem = url_.isTls() ? diagnoseTls(tlsTarget(), !trustsPinOnly(), deadline)
                                : dialAny(tried, url_.port, deadline).error;
    if (!problem.empty())
        return problem;
    if (took >= options_.connectTimeout)
        return formatted("no answer within {} s ({})", options_.connectTimeout.count(),
                         displayUrl(url_));
    return "something at " + displayUrl(url_) +
           " takes connections, and hung up without an answer to the login; is it an MQTT broker, "
           "and does its log say why?";
}

void Client::Impl::fail(const std::string& reason) {
    ++failures_;
    state.fail(reason);
}

void Client::Impl::send(Job job) {
    try {
        auto& entry = job.entry;
        auto& listener = requestListeners_[job.slot];
        if (entry.kind == Outgoing::Kind::Subscription)
            paho_.subscribe(entry.topic, entry.qos, nullptr, listener);
        else if (entry.kind == Outgoing::Kind::Unsubscription)
            paho_.unsubscribe(entry.topic, nullptr, listener);
        else
            paho_.publish(::mqtt::make_message(std::move(entry.topic), std::move(entry.payload),
                                               entry.qos, entry.retain),
                          nullptr, listener);
    } catch (const ::mqtt::exception& error) {
        state.finished(job.slot, false, error.get_return_code());
    }
}

/// Twice per keepalive a request that is answered, so that the library never sees a reason for a
/// ping. Over TLS it forgets what comes behind the answer to a ping in the same record: the one
/// packet without a body, after which it does not ask OpenSSL for more. Brokers answer this request
/// whether or not there is such a subscription (MQTT 3.1.1 §3.10.4).
void Client::Impl::giveLifeSign() {
    nextLifeSign_ = std::chrono::steady_clock::now() +
                    std::chrono::duration_cast<std::chrono::milliseconds>(options_.keepAlive) / 2;
    try {
        if (paho_.is_connected())
            paho_.unsubscribe("busbar/life-sign", nullptr, lifeSignListener_);
    } catch (const ::mqtt::exception& error) {
        log::debug("mqtt_life_sign_failed session={} reason=\"{}\"", options_.session,
                   error.what());
    }
}

void Client::Impl::close() {
    constexpr std::chrono::milliseconds kGoodbye{500};
    try {
        if (paho_.is_connected())
            paho_.disconnect(kGoodbye)->wait_for(kGoodbye);
    } catch (const ::mqtt::exception& error) {
        log::debug("mqtt_goodbye_failed session={} reason=\"{}\"", options_.session, error.what());
    }
    state.stopped();
}

// facade -----------------------------------------------------------------------------------------

std::string libraryError(std::string_view url) {
    const auto parsed = parseUrl(url).url;
    if (!parsed || !parsed->isWebSocket() || hasBufferedReads())
        return {};
    return "ws:// and wss:// do not work with the MQTT library on this machine, Debian's Paho: it "
           "keeps the last messages of a burst back until others follow, and gives messages of one "
           "session to another. Use mqtt:// or mqtts://, or a package of Busbar's, whose library "
           "is mended";
}

Client::Client(BrokerSettings settings, ClientOptions options, Mailbox& mailbox)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(options), mailbox)) {}

Client::~Client() = default;

void Client::will(std::string topic, std::string payload, bool retain) {
    impl_->will = Will{std::move(topic), std::move(payload), retain};
}

void Client::connectNow(Now now) {
    impl_->connectNow(now);
}
void Client::tick(Now now) {
    impl_->tick(now);
}
std::optional<SteadyTime> Client::nextAttempt() const {
    return impl_->nextAttempt;
}
bool Client::isConnected() const {
    return impl_->state.isConnected();
}

bool Client::subscribe(const std::vector<std::string>& topics, int qos) {
    return impl_->offerEach(topics, Outgoing::Kind::Subscription, qos);
}

bool Client::unsubscribe(const std::vector<std::string>& topics) {
    return impl_->offerEach(topics, Outgoing::Kind::Unsubscription, 0);
}

bool Client::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
    if (isTopicName(topic))
        return impl_->state.offer({.topic = std::string(topic),
                                   .payload = std::string(payload),
                                   .qos = qos,
                                   .retain = retain});
    impl_->state.countRefusal();
    return false;
}

bool Client::disconnect(std::chrono::milliseconds limit) {
    impl_->nextAttempt.reset();
    return impl_->state.close(limit);
}

ClientCounters Client::counters() const {
    return impl_->state.counters();
}

} // namespace busbar::mqtt
