// SPDX-License-Identifier: MIT
// Starts everything, applies the load, reads the meters, checks that the run was a good one.
#include "bench/measurement.hpp"

#include "app/demo/child_process.hpp"
#include "bench/battery_paths.hpp"
#include "bench/bus_monitor.hpp"
#include "bench/shared_count.hpp"
#include "bench/simulated_gx.hpp"
#include "dbus/bus_reader.hpp"
#include "support/private_broker.hpp"
#include "support/private_bus.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace busbar::bench {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto kPatience = 20s; // for anything that must happen; the machine may be busy
constexpr auto kStep = 5ms;
constexpr const char* kService = "com.victronenergy.battery.busbar";
/// Sessions differ in their answers to pings, 2 bytes each; the smallest message has 25.
constexpr std::uint64_t kPingBytes = 20;
constexpr double kRounding_A = 0.051; // the bus shows one decimal
constexpr double kCutTo = 0.988;      // a fall by a hundredth waits (core/cycle/slacks.cpp)
/// A cycle and the way through the broker: without a value from the bus for so long, none comes.
constexpr auto kEchoesEnd = 1300ms;
/// Between two cuts, so that they fall anywhere in the cycle and in the time of gathering.
constexpr auto kShortestPause = 40ms;
constexpr auto kLongestPause = 140ms;

[[noreturn]] void spoiled(const std::string& why) {
    throw std::runtime_error("this run is worth nothing: " + why);
}

/// The empty subscriber's counter.
class CountFile {
public:
    explicit CountFile(const std::string& file) : file_(file) {
        const int fd =
            ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (fd < 0)
            throw std::system_error(errno, std::generic_category(), file);
        void* memory =
            ::ftruncate(fd, sizeof(SharedCount)) == 0
                ? ::mmap(nullptr, sizeof(SharedCount), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                : MAP_FAILED;
        ::close(fd);
        if (memory == MAP_FAILED)
            throw std::system_error(errno, std::generic_category(), file);
        count_ = static_cast<SharedCount*>(memory);
    }
    ~CountFile() { ::munmap(count_, sizeof(SharedCount)); }
    CountFile(const CountFile&) = delete;
    CountFile& operator=(const CountFile&) = delete;
    CountFile(CountFile&&) = delete;
    CountFile& operator=(CountFile&&) = delete;

    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] std::uint64_t messages() const { return count_->messages; }
    [[nodiscard]] bool isSubscribed() const { return count_->isSubscribed != 0; }

private:
    std::string file_;
    SharedCount* count_{nullptr};
};

/// FlashMQ, the broker of a GX, sends at once and queues a whole full publish; mosquitto wants to
/// be told.
constexpr const char* kBrokerLikeFlashMq = "set_tcp_nodelay true\nmax_queued_messages 0\n";

class Run {
public:
    Run(const Plan& plan, std::size_t batteries)
        : plan_(plan), batteries_(batteries), random_(plan.seed),
          broker_({.more = kBrokerLikeFlashMq}),
          gx_(loop_, broker_.port(), bus_.address(), batteries, plan.seed),
          monitor_(loop_, bus_.address()), count_(dir_.file("count")) {}

    Result result();

private:
    struct Meters;

    void start();
    ChildProcess startSubscriber();
    ChildProcess startBusbar();
    [[nodiscard]] bool isOnBus() const;
    void await(const char* what, const std::function<bool()>& isSo);
    void rest(milliseconds span);
    void settle();
    [[nodiscard]] Meters read() const;
    [[nodiscard]] Part part();
    void cuts(Result& result);
    void cut(double limit_A, Result& result);
    void failIfEnded();
    void checkPart(const Meters& before, const Meters& after) const;
    void checkEnd() const;

    const Plan& plan_;
    std::size_t batteries_;
    std::mt19937 random_;
    test::ScratchDir dir_;
    test::PrivateBroker broker_;
    test::PrivateBroker results_; ///< the broker of the results
    test::PrivateBus bus_;
    EventLoop loop_;
    bool isInterrupted_{false};
    SignalWatch interrupt_{loop_, SIGINT, [this](const Now&) { isInterrupted_ = true; }};
    SignalWatch terminate_{loop_, SIGTERM, [this](const Now&) { isInterrupted_ = true; }};
    SimulatedGx gx_;
    BusMonitor monitor_;
    CountFile count_;
    std::optional<ChildProcess> subscriber_;
    std::optional<ChildProcess> busbar_;
};

/// Everything that counts up.
struct Run::Meters {
    SteadyTime at{};
    std::uint64_t sent = 0;
    std::uint64_t counted = 0;
    std::uint64_t changes = 0;
    std::uint64_t busbarBytes = 0;
    std::uint64_t subscriberBytes = 0;
    Usage busbar;
    Usage subscriber;
    Usage broker;
    Usage daemon;
    BusMonitor::Counters bus;
};

void Run::await(const char* what, const std::function<bool()>& isSo) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!isSo()) {
        failIfEnded();
        if (std::chrono::steady_clock::now() >= end)
            spoiled(std::string("waited in vain for ") + what);
        loop_.step(kStep);
    }
}

void Run::rest(milliseconds span) {
    const auto end = std::chrono::steady_clock::now() + span;
    await("time to pass", [&] { return std::chrono::steady_clock::now() >= end; });
}

void Run::failIfEnded() {
    if (isInterrupted_)
        throw std::runtime_error("interrupted");
    if (subscriber_ && subscriber_->poll())
        spoiled("the empty subscriber has ended");
    if (busbar_ && busbar_->poll())
        spoiled("Busbar has ended");
}

ChildProcess Run::startSubscriber() {
    std::vector<std::string> arguments = {"tcp://127.0.0.1:" + std::to_string(broker_.port()),
                                          count_.file()};
    std::ranges::copy(SimulatedGx::filters(), std::back_inserter(arguments));
    return ChildProcess({.program = plan_.subscriber, .arguments = std::move(arguments)});
}

ChildProcess Run::startBusbar() {
    const std::string config = dir_.write(
        "busbar.json",
        R"({"gx": {"url": ")" + broker_.url() + R"(", "portal_id": ")" +
            std::string(SimulatedGx::kPortalId) + R"("}, "dbus": {"bus": ")" + bus_.address() +
            R"(", "settings_timeout_s": 1}, "state_dir": ")" + dir_.file("state") +
            R"(", "mqtt": {"publish": )" + (plan_.output == Output::Off ? "false" : "true") +
            R"(, "url": ")" + results_.url() +
            R"("}, "preset": "none", "limits": {"share": "count", "ramp_A_per_s": 0}})");
    const ChildStream log{.kind = ChildStream::Kind::File, .file = dir_.file("busbar.log")};
    return ChildProcess({.program = plan_.busbar,
                         .arguments = {"run", "--config", config},
                         .out = log,
                         .err = log});
}

bool Run::isOnBus() const {
    try {
        const auto items = dbus::readItems(bus_.address(), kService, 1s);
        return std::ranges::any_of(items, [this](const dbus::ReadItem& item) {
            return item.path == "/System/BatteriesParallel" &&
                   item.text == std::to_string(batteries_);
        });
    } catch (const std::system_error&) {
        return false; // not there yet
    }
}

/// The GX is silent until Busbar asks, so all three have heard the same from the first message on.
void Run::start() {
    if (plan_.output == Output::Off || plan_.output == Output::Dead)
        results_.stop();
    gx_.connect();
    await("the simulated GX to connect", [this] { return gx_.isReady(); });
    subscriber_ = startSubscriber();
    await("the empty subscriber", [this] { return count_.isSubscribed(); });
    busbar_ = startBusbar();
    await("the battery on the bus with all its members", [this] {
        rest(100ms);
        return isOnBus();
    });
    if (plan_.output == Output::Hung)
        results_.freeze();
    std::printf("%zu batteries: Busbar is process %d\n", batteries_, busbar_->pid());
    std::fflush(stdout);
}

/// The load rests; the bus shows its sum, and everything that was sent has reached the subscriber,
/// what came back from the bus at last too.
void Run::settle() {
    gx_.setBusy(false);
    await("the bus to show the last values", [this] {
        const auto shown = monitor_.current().value;
        return shown && std::abs(*shown - gx_.current_A()) < kRounding_A;
    });
    std::uint64_t echoed = 0;
    await("the bus to fall silent", [&] {
        rest(kEchoesEnd);
        return std::exchange(echoed, gx_.echoed()) == gx_.echoed();
    });
    await("all messages to reach the empty subscriber",
          [this] { return count_.messages() >= gx_.sent(); });
}

Run::Meters Run::read() const {
    const pid_t busbar = busbar_->pid();
    const pid_t subscriber = subscriber_->pid();
    return {.at = std::chrono::steady_clock::now(),
            .sent = gx_.sent(),
            .counted = count_.messages(),
            .changes = gx_.changes(),
            .busbarBytes = bytesReceived(busbar, broker_.port()),
            .subscriberBytes = bytesReceived(subscriber, broker_.port()),
            .busbar = {cpuTime(busbar), wakeUps(busbar)},
            .subscriber = {cpuTime(subscriber), wakeUps(subscriber)},
            .broker = {cpuTime(broker_.pid()), wakeUps(broker_.pid())},
            .daemon = {cpuTime(bus_.pid()), wakeUps(bus_.pid())},
            .bus = monitor_.counters()};
}

Usage difference(const Usage& before, const Usage& after) {
    return {after.cpu - before.cpu, after.wakeUps - before.wakeUps};
}

void Run::checkPart(const Meters& before, const Meters& after) const {
    if (after.counted != after.sent)
        spoiled("sent " + std::to_string(after.sent) +
                " messages, but the empty subscriber has counted " + std::to_string(after.counted));
    const std::uint64_t busbar = after.busbarBytes - before.busbarBytes;
    const std::uint64_t subscriber = after.subscriberBytes - before.subscriberBytes;
    if (busbar > subscriber + kPingBytes)
        spoiled("Busbar received " + std::to_string(busbar) + " bytes, the empty subscriber only " +
                std::to_string(subscriber));
    if (after.sent - before.sent < after.changes - before.changes)
        spoiled("not every change was sent");
    if (gx_.failures() > 0)
        spoiled("the simulated GX lost messages");
}

Part Run::part() {
    const Meters before = read();
    gx_.setBusy(true);
    rest(plan_.part);
    settle();
    const Meters after = read();
    checkPart(before, after);
    return {.seconds = std::chrono::duration<double>(after.at - before.at).count(),
            .messages = after.sent - before.sent,
            .changes = after.changes - before.changes,
            .signals = after.bus.signals - before.bus.signals,
            .items = after.bus.items - before.bus.items,
            .busbarBytes = after.busbarBytes - before.busbarBytes,
            .subscriberBytes = after.subscriberBytes - before.subscriberBytes,
            .busbar = difference(before.busbar, after.busbar),
            .subscriber = difference(before.subscriber, after.subscriber),
            .broker = difference(before.broker, after.broker),
            .daemon = difference(before.daemon, after.daemon)};
}

void add(Usage& sum, const Usage& usage) {
    sum.cpu += usage.cpu;
    sum.wakeUps += usage.wakeUps;
}

void add(Part& sum, const Part& part) {
    sum.seconds += part.seconds;
    sum.messages += part.messages;
    sum.changes += part.changes;
    sum.signals += part.signals;
    sum.items += part.items;
    sum.busbarBytes += part.busbarBytes;
    sum.subscriberBytes += part.subscriberBytes;
    add(sum.busbar, part.busbar);
    add(sum.subscriber, part.subscriber);
    add(sum.broker, part.broker);
    add(sum.daemon, part.daemon);
}

/// Times begin when the message is handed to the session. Every battery shares alike, so the bank's
/// limit is their number times the lowest.
void Run::cut(double limit_A, Result& result) {
    const double expected_A = limit_A * static_cast<double>(batteries_);
    const auto battery = std::uniform_int_distribution<std::size_t>(0, batteries_ - 1)(random_);
    const auto sent = std::chrono::steady_clock::now();
    gx_.setChargeLimit(battery, limit_A);
    await("the cut on the bus and back at its sender", [&] {
        const auto shown = monitor_.chargeLimit().value;
        return shown && *shown < expected_A + kRounding_A && gx_.chargeLimitBack();
    });
    if (std::abs(*monitor_.chargeLimit().value - expected_A) > kRounding_A)
        spoiled("the charge limit on the bus is not the one that was sent");
    result.cut.emplace_back(monitor_.chargeLimit().at - sent);
    result.cutByMqtt.emplace_back(*gx_.chargeLimitBack() - sent);
}

void Run::cuts(Result& result) {
    gx_.setBusy(true);
    std::uniform_int_distribution<std::int64_t> pause(kShortestPause.count(),
                                                      kLongestPause.count());
    double limit_A = kChargeLimit_A;
    for (int i = 0; i < plan_.samples; ++i) {
        rest(milliseconds(pause(random_)));
        limit_A = std::floor(limit_A * kCutTo * 10.0) / 10.0; // a decimal is what batteries give
        cut(limit_A, result);
    }
    settle();
    std::ranges::sort(result.cut);
    std::ranges::sort(result.cutByMqtt);
}

void Run::checkEnd() const {
    if (!isOnBus())
        spoiled("the battery has left the bus or lost members");
    std::ifstream log(dir_.file("busbar.log"));
    for (std::string line; std::getline(log, line);)
        for (const std::string_view trouble :
             {"mailbox_overflow", "mqtt_lost session=0", "full_publish_incomplete", "bus_slow"})
            if (line.find(trouble) != std::string::npos)
                spoiled("Busbar logged: " + line);
}

Result Run::result() {
    start();
    Result result;
    result.batteries = batteries_;
    result.paths = gx_.pathsPerBattery();
    gx_.setBusy(true);
    rest(plan_.warmUp);
    settle();
    monitor_.forgetMost();
    for (int i = 0; i < plan_.parts; ++i) {
        result.parts.push_back(part());
        add(result.whole, result.parts.back());
    }
    result.mostItems = monitor_.counters().mostItems;
    cuts(result);
    result.busbarMemory = memoryOf(busbar_->pid());
    result.subscriberMemory = memoryOf(subscriber_->pid());
    checkEnd();
    return result;
}

} // namespace

Result measure(const Plan& plan, std::size_t batteries) {
    return Run(plan, batteries).result();
}

} // namespace busbar::bench
