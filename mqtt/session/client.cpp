// SPDX-License-Identifier: MIT
// The only place that knows the Paho library.
#include "mqtt/session/client.hpp"

#include "base/log.hpp"
#include "mqtt/session/broker_check.hpp"
#include "mqtt/session/dial.hpp"
#include "mqtt/session/reach.hpp"
#include "mqtt/session/redial.hpp"
#include "mqtt/session/secret.hpp"
#include "mqtt/session/session_state.hpp"
#include "mqtt/session/url.hpp"
#include "mqtt/venus/topic.hpp"

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
std::string randomClientId() {
    std::random_device random;
    return formatted("busbar-{:08x}", random());
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

/// Offers all, and says whether all were taken.
bool offerEach(SessionState& state, const std::vector<std::string>& topics, Outgoing::Kind kind,
               int qos) {
    bool areAllTaken = true;
    for (const auto& topic : topics)
        areAllTaken &= state.offer({.topic = topic, .payload = {}, .qos = qos, .kind = kind});
    return areAllTaken;
}

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
    SessionState state;
    std::optional<Will> will;
    Redial redial;

private:
    // Paho's receive thread
    void deliver(const ::mqtt::message& message) noexcept;

    // worker
    void work(const std::stop_token& stop);
    void attempt(const std::optional<Will>& lastWill, const std::stop_token& stop);
    void connect(const std::optional<Will>& lastWill, std::string password);
    ::mqtt::connect_options connectOptions(const std::optional<Will>& lastWill,
                                           std::string password) const;
    ::mqtt::ssl_options sslOptions() const;
    void fail(const LinkFailure& failure);
    void send(Job job);
    void giveLifeSign();
    [[nodiscard]] bool givesLifeSigns() const {
        return reach_.url().isTls() && !hasBufferedReads();
    }
    void close();

    const BrokerSettings settings_;
    const ClientOptions options_;
    Mailbox& mailbox_;

    // worker
    Reach reach_;
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
      redial(settings, options.session, displayUrl(checkedUrl(settings))),
      settings_(std::move(settings)), options_(std::move(options)), mailbox_(mailbox),
      reach_(settings_, checkedUrl(settings_), options_.session),
      paho_(pahoUri(reach_.url(), reach_.url().host),
            settings_.clientId.empty() ? randomClientId() : settings_.clientId) {
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

void Client::Impl::tick(Now now) {
    const News news = state.takeNews();
    const bool isDue = redial.isDue(news, now);
    for (const auto& each : news.refusedFilters)
        log::error("mqtt_subscription_refused session={} topic={}", options_.session, each);
    if (isDue)
        state.beginAttempt(will);
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
    rest(*options_.pause);
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
            fail(reach_.explain(job.returnCode, options_.connectTimeout, stop));
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
        return fail({LinkStep::Password, std::move(secret.error)});
    if (const auto failure = reach_.prepare(stop))
        return fail(*failure);
    if (!stop.stop_requested())
        connect(lastWill, std::move(secret.password));
}

void Client::Impl::connect(const std::optional<Will>& lastWill, std::string password) {
    reach_.begin();
    try {
        paho_.connect(connectOptions(lastWill, std::move(password)), nullptr, connectListener_);
    } catch (const ::mqtt::exception& error) {
        fail({LinkStep::Login, std::string("the MQTT library refuses: ") + error.what()});
    }
}

::mqtt::ssl_options Client::Impl::sslOptions() const {
    ::mqtt::ssl_options ssl;
    ssl.set_enable_server_cert_auth(true);
    ssl.set_verify(!reach_.trustsPinOnly());
    if (const auto trust = reach_.trustFile(); !trust.empty())
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
    options.set_servers(::mqtt::string_collection::create(reach_.uri()));
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
    if (reach_.url().isTls())
        options.set_ssl(sslOptions());
    return options;
}

void Client::Impl::fail(const LinkFailure& failure) {
    reach_.failed();
    state.fail(failure);
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

bool hasBufferedReads() {
    for (const auto* fact = MQTTAsync_getVersionInfo(); fact->name != nullptr; ++fact)
        if (fact->name == std::string_view("Buffered reads"))
            return true;
    return false;
}

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
    impl_->redial.dial(now);
    impl_->tick(now);
}
void Client::tick(Now now) {
    impl_->tick(now);
}
std::optional<SteadyTime> Client::nextAttempt() const {
    return impl_->redial.next();
}
bool Client::isConnected() const {
    return impl_->state.isConnected();
}

bool Client::subscribe(const std::vector<std::string>& topics, int qos) {
    return offerEach(impl_->state, topics, Outgoing::Kind::Subscription, qos);
}

bool Client::unsubscribe(const std::vector<std::string>& topics) {
    return offerEach(impl_->state, topics, Outgoing::Kind::Unsubscription, 0);
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
    impl_->redial.stop();
    return impl_->state.close(limit);
}

std::optional<LinkFailure> Client::lastFailure() const {
    return impl_->state.lastFailure();
}

ClientCounters Client::counters() const {
    return impl_->state.counters();
}

} // namespace busbar::mqtt
