// SPDX-License-Identifier: MIT
// Batteries on a bus, each a service as its driver would put it there: what all that are compared
// have to read.
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "bench/battery_paths.hpp"
#include "core/report.hpp"
#include "core/table/path_table.hpp"
#include "dbus/bus_item_tree.hpp"
#include "dbus/bus_value.hpp"
#include "dbus/sd.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::bench {
namespace {

using busbar::check;
using namespace std::chrono_literals;

constexpr std::chrono::microseconds kSecond = 1s; // drivers publish what changed once per second
/// Steps of a limit that moves, A; as BMSs with curves of temperature and cell voltage send them.
constexpr double kLimitStep_A = 1.5;
/// In a ramp all limits fall this low for one report in `kSecondsPerCut`, so that the bank's are
/// always on their way up again.
constexpr double kCutTo_A = 20.0;
constexpr int kSecondsPerCut = 8;

enum class Mode : std::uint8_t { Steady, Moving, Ramp };

struct Options {
    std::string bus;
    std::size_t batteries = 4;
    Mode mode = Mode::Steady;
    std::uint32_t seed = 1;
};

Quantity quantityOf(std::string_view path) {
    const auto row = findRow(path);
    return row ? kRows[*row].quantity : Quantity::CellVoltage; // three decimals
}

/// One service on a connection of its own.
class Service {
public:
    Service(EventLoop& loop, const Options& options, std::size_t index)
        : options_(options), random_(options.seed + static_cast<std::uint32_t>(index)),
          tree_(loop.faults()),
          bus_(make<dbus::BusHandle>("new bus", [](sd_bus** out) { return sd_bus_new(out); })) {
        fillTree(std::to_string(index + 1));
        check(sd_bus_set_address(bus_.get(), options.bus.c_str()), "bus address");
        check(sd_bus_set_bus_client(bus_.get(), 1), "bus client");
        check(sd_bus_start(bus_.get()), "connect to the bus");
        tree_.attach(*bus_);
        check(sd_bus_attach_event(bus_.get(), loop.native(), 0), "attach to the loop");
        const std::string name = "com.victronenergy.battery.ttyUSB" + std::to_string(index);
        check(sd_bus_request_name(bus_.get(), name.c_str(), 0), "request the name");
    }
    ~Service() { tree_.detach(); }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    Service(Service&&) = delete;
    Service& operator=(Service&&) = delete;

    /// One report of the BMS.
    void report() {
        for (const Number& number : kNumbers)
            if (number.step > 0.0)
                put(number.path, number.base + number.step * level());
        for (int cell = 1; cell <= kCells; ++cell)
            put("/Voltages/Cell" + std::to_string(cell), kCell_V + kCellStep_V * level());
        for (const std::string_view path : kCellIds)
            put(path, Value("C" + std::to_string(level() + kLevels)));
        reportLimits();
        ++reports_;
    }

private:
    void fillTree(const std::string& instance) {
        for (const Number& number : kNumbers)
            tree_.add(number.path, quantityOf(number.path), number.base);
        for (const Text& text : kTexts)
            tree_.add(text.path, Quantity::Text, std::string(text.text));
        for (const std::string_view path : kCellIds)
            tree_.add(path, Quantity::Text, "C4");
        for (int cell = 1; cell <= kCells; ++cell)
            tree_.add("/Voltages/Cell" + std::to_string(cell), Quantity::CellVoltage, kCell_V);
        tree_.add("/DeviceInstance", Quantity::Count, std::stod(instance));
        tree_.add("/CustomName", Quantity::Text, Value("Pack " + instance));
        tree_.add("/Serial", Quantity::Text, Value("BENCH" + instance));
        tree_.add("/Mgmt/Connection", Quantity::Text, Value("/dev/ttyUSB" + instance));
    }

    void reportLimits() {
        if (options_.mode == Mode::Moving) {
            put(kChargeLimitPath, kChargeLimit_A + kLimitStep_A * level());
            put(kDischargeLimitPath, kChargeLimit_A + kLimitStep_A * level());
        } else if (options_.mode == Mode::Ramp) {
            const double limit_A = reports_ % kSecondsPerCut == 0 ? kCutTo_A : kChargeLimit_A;
            put(kChargeLimitPath, limit_A);
            put(kDischargeLimitPath, limit_A);
        }
    }

    /// −3 … 3.
    int level() { return std::uniform_int_distribution<int>(-(kLevels / 2), kLevels / 2)(random_); }

    /// A change is a PropertiesChanged of its own, as velib_python sends it unless a driver
    /// gathers.
    void put(std::string_view path, const Value& value) {
        auto* const leaf = tree_.find(path);
        if (leaf == nullptr)
            throw std::logic_error("no such path: " + std::string(path));
        tree_.set(*leaf, value);
        if (!tree_.hasChanges())
            return;
        tree_.forgetChanges();
        tell(std::string(path), dbus::BusItemTree::value(*leaf));
    }

    void tell(const std::string& path, const Value& value) {
        const auto signal = make<dbus::Message>("make a signal", [&](sd_bus_message** out) {
            return sd_bus_message_new_signal(bus_.get(), out, path.c_str(), dbus::kBusItemInterface,
                                             "PropertiesChanged");
        });
        const Quantity quantity = quantityOf(path);
        check(sd_bus_message_open_container(signal.get(), 'a', "{sv}"), "properties");
        addProperty(*signal, "Value", [&] { dbus::appendValue(*signal, quantity, value); });
        addProperty(*signal, "Text",
                    [&] { dbus::appendText(*signal, displayText(quantity, value)); });
        check(sd_bus_message_close_container(signal.get()), "end of properties");
        check(sd_bus_send(bus_.get(), signal.get(), nullptr), "send");
    }

    template <class Append>
    static void addProperty(sd_bus_message& signal, const char* name, Append append) {
        check(sd_bus_message_open_container(&signal, 'e', "sv"), "property");
        check(sd_bus_message_append(&signal, "s", name), "name of a property");
        append();
        check(sd_bus_message_close_container(&signal), "end of property");
    }

    const Options& options_;
    std::mt19937 random_;
    int reports_{0};
    dbus::BusItemTree tree_;
    dbus::BusHandle bus_;
};

Options parse(CLI::App& app, int argc, char** argv) {
    Options options;
    const std::map<std::string, Mode> modes{
        {"steady", Mode::Steady}, {"moving", Mode::Moving}, {"ramp", Mode::Ramp}};
    app.add_option("--bus", options.bus, "address of the bus")->required();
    app.add_option("--batteries", options.batteries, "how many")->check(CLI::Range(1, 250));
    app.add_option("--mode", options.mode,
                   "limits: steady, moving (each report another), ramp (cut now and then)")
        ->transform(CLI::CheckedTransformer(modes));
    app.add_option("--seed", options.seed, "of all that is random");
    app.parse(argc, argv);
    return options;
}

int run(int argc, char** argv) {
    CLI::App app("Batteries on a bus, until it is told to end", "bench_batteries");
    Options options;
    try {
        options = parse(app, argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    log::start("warn");
    EventLoop loop;
    SignalWatch end(loop, SIGTERM, [&](const Now&) { loop.exit(0); });
    std::vector<std::unique_ptr<Service>> services;
    for (std::size_t i = 0; i < options.batteries; ++i)
        services.push_back(std::make_unique<Service>(loop, options, i));
    std::size_t next = 0; // battery by battery, evenly over the second
    Timer timer(loop, [&](const Now&) {
        services[next]->report();
        next = (next + 1) % services.size();
    });
    timer.armEvery(kSecond / services.size());
    std::puts("ready");
    std::fflush(stdout);
    const int code = loop.run();
    return loop.faults().count() == 0 ? code : 1;
}

} // namespace
} // namespace busbar::bench

int main(int argc, char** argv) {
    try {
        busbar::blockSignals();
        return busbar::bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_batteries: %s\n", error.what());
    } catch (...) {
        std::fputs("bench_batteries: unknown failure\n", stderr);
    }
    return 1;
}
