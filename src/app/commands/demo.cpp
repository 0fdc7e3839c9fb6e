// SPDX-License-Identifier: MIT
// `busbar demo`: broker, bus, simulated GX and Busbar on this machine, and the live view of it.
#include "app/commands/commands.hpp"
#include "app/demo/child_process.hpp"
#include "app/demo/demo_servers.hpp"
#include "app/run/app.hpp"
#include "app/run/log.hpp"
#include "app/view/live_view.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "core/made/made_settings.hpp"
#include "dbus/bus_reader.hpp"
#include "sim/made_strings.hpp"
#include "sim/random_bank.hpp"
#include "web/built_in.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr const char* kService = "com.victronenergy.battery.busbar";
constexpr const char* kGxName = "simulated-gx"; // of its files

/// Beside the installed program, else in the source tree it was built from.
std::string ownRecording() {
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    const std::array places = {program.parent_path().parent_path() /
                                   "share/busbar/recordings/lp.jsonl",
                               std::filesystem::path(BUSBAR_RECORDINGS) / "lp.jsonl"};
    for (const auto& place : places) // who built it may keep the source tree to himself
        if (::access(place.c_str(), R_OK) == 0)
            return place.string();
    throw std::runtime_error("the recording that comes with the program is neither at " +
                             places[0].string() + " nor can be read at " + places[1].string() +
                             "; name one with --recording FILE");
}

/// `"made": […],` as an owner writes that his batteries are blocks of strings; nothing of packs.
std::string madeText(const std::optional<sim::StringsSpec>& strings) {
    if (!strings)
        return "";
    std::string list;
    const auto bank = sim::makeEqualStrings(sim::Chemistry::Lfp, *strings, 100.0); // the same names
    for (const MadeSettings& made : sim::madeStrings(bank)) {
        std::string blocks;
        for (const Selector& block : made.parts)
            blocks += (blocks.empty() ? "\"" : ", \"") + toText(block) + "\"";
        list += (list.empty() ? "" : ",") + ("\n    { \"id\": \"" + made.id) + "\", \"name\": \"" +
                made.name + "\", \"series\": [" + blocks + "] }";
    }
    return "  \"made\": [" + list + "\n  ],\n";
}

/// Where the page is; empty if this program has none.
std::string pageAddress() {
    return web::isBuiltIn() ? "127.0.0.1:" + std::to_string(freePort()) : std::string();
}

std::string demoConfig(const DemoServers& servers, const DemoOptions& options,
                       const std::string& page) {
    return "{\n" + madeText(options.strings) + "  \"http\": { \"listen\": \"" + page +
           "\" },\n  \"gx\": { \"url\": \"" + servers.brokerUrl() +
           "\" },\n  \"dbus\": { \"bus\": \"" + servers.busAddress() +
           "\", \"settings_timeout_s\": 1 },\n  \"state_dir\": \"" + servers.folder() +
           "/state\"\n}\n";
}

/// What starts this program once more. In a bundle the running file is the loader; the bundle's
/// script hands its own path on as argument 0.
std::string ownCommand(const std::string& calledAs) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    const bool isLoader = program.filename().string().starts_with("ld-");
    return isLoader && calledAs.starts_with('/') ? calledAs : program.string();
}

ChildProcess startSelf(const DemoServers& servers, const std::string& calledAs,
                       const std::string& name, std::vector<std::string> arguments) {
    ChildSettings settings;
    settings.program = ownCommand(calledAs);
    settings.arguments = std::move(arguments);
    settings.out = {ChildStream::Kind::File, servers.folder() + "/" + name + ".out"};
    settings.err = {ChildStream::Kind::File, servers.folder() + "/" + name + ".log"};
    return ChildProcess(settings);
}

/// What the user types to look for himself.
std::string commandsText(const DemoServers& servers, const std::string& calledAs,
                         const std::string& configFile, const std::string& page) {
    const bool isOnPath = calledAs.find('/') == std::string::npos;
    const std::string port = std::to_string(servers.port());
    const std::string busctl = "busctl --address=" + servers.busAddress() + " ";
    return (page.empty() ? std::string() : "In a browser: http://" + page + "\n") +
           "Look for yourself while the demo runs, in another terminal:\n"
           "  mosquitto_sub -p " +
           port +
           " -v -t 'N/+/battery/+/Dc/0/#'\n"
           "  mosquitto_sub -p " +
           port +
           " -v -t 'busbar/#'\n"
           "  " +
           busctl + "call " + kService +
           " / com.victronenergy.BusItem GetItems\n"
           "  " +
           busctl + "call " + kService +
           " /Info/MaxChargeCurrent com.victronenergy.BusItem GetValue\n"
           "  " +
           (isOnPath ? calledAs : ownCommand(calledAs)) + " run --dry-run --config " + configFile +
           "\n"
           "Logs and configuration: " +
           servers.folder() + "\n";
}

/// Paths that a reader wants to see at the end.
constexpr std::array<std::string_view, 14> kFinalPaths = {"/Dc/0/Voltage",
                                                          "/Dc/0/Current",
                                                          "/Dc/0/Power",
                                                          "/Soc",
                                                          "/Capacity",
                                                          "/ConsumedAmphours",
                                                          "/Info/MaxChargeVoltage",
                                                          "/Info/MaxChargeCurrent",
                                                          "/Info/ChargeLimitation",
                                                          "/Info/MaxDischargeCurrent",
                                                          "/Info/DischargeLimitation",
                                                          "/System/NrOfBatteries",
                                                          "/System/NrOfModulesOffline",
                                                          "/State"};

void printFinal(const DemoServers& servers) {
    const auto items = dbus::readItems(servers.busAddress(), kService, 3s);
    std::printf("Final values of %s, read from the bus (%zu paths):\n", kService, items.size());
    for (const std::string_view path : kFinalPaths)
        for (const dbus::ReadItem& item : items)
            if (item.path == path)
                std::printf("  %-28s %s\n", item.path.c_str(), item.text.c_str());
}

/// Four packs, or strings, late in the morning and nearly full: there is sun, and something to hold
/// back.
std::vector<std::string> bankArguments(const DemoOptions& options, const DemoServers& servers) {
    return {"simulate",
            "--bus",
            servers.busAddress(),
            "--service",
            kService,
            "--seed",
            std::to_string(options.seed),
            options.strings ? "--strings" : "--packs",
            options.strings ? toText(*options.strings) : "4",
            "--chemistry",
            "lfp",
            "--soc",
            "93",
            "--start-hour",
            "11",
            "--speed",
            std::to_string(options.speed.value_or(DemoOptions::kDemoSpeed))};
}

std::vector<std::string> recordingArguments(const DemoOptions& options) {
    return {"simulate", "--recording",
            options.recording.empty() ? ownRecording() : options.recording, "--speed",
            std::to_string(options.speed.value_or(1.0))};
}

ChildProcess startGx(const DemoOptions& options, const DemoServers& servers) {
    auto arguments =
        options.isRecorded ? recordingArguments(options) : bankArguments(options, servers);
    arguments.insert(arguments.end(), {"--url", servers.brokerUrl()});
    return startSelf(servers, options.calledAs, kGxName, std::move(arguments));
}

/// What the simulated GX has said on standard output when it ended.
void printSummary(const DemoServers& servers) {
    std::string error;
    const auto text = readWholeFile(servers.folder() + "/" + kGxName + ".out", 65536, error);
    std::printf("%s", text.value_or("").c_str());
}

void failIfEnded(DemoServers& servers, ChildProcess& gx, ChildProcess& busbar) {
    if (const auto ended = servers.ended())
        throw std::runtime_error("the demo's server ended: " + *ended);
    for (ChildProcess* child : {&gx, &busbar})
        if (child->poll())
            throw std::runtime_error(std::string(child == &gx ? "the simulated GX" : "Busbar") +
                                     " ended; see its log in " + servers.folder());
}

} // namespace

int demoCommand(const DemoOptions& options) {
    log::start("info");
    DemoServers servers(DemoServersSettings{});
    const std::string configFile = servers.folder() + "/busbar.json";
    const std::string page = pageAddress();
    if (const std::string error = replaceFile(configFile, demoConfig(servers, options, page));
        !error.empty())
        throw std::runtime_error(error);
    ChildProcess gx = startGx(options, servers);
    ChildProcess busbar =
        startSelf(servers, options.calledAs, "busbar", {"run", "--config", configFile});

    const config::ReadResult config = config::readConfigFile(configFile);
    if (!config.config)
        throw std::runtime_error("the demo's own configuration is not valid: " +
                                 config::formatIssues(configFile, config.issues));
    const std::string commands = commandsText(servers, options.calledAs, configFile, page);
    if (::isatty(STDOUT_FILENO) == 0)
        std::fputs((commands + "\n").c_str(), stdout);
    {
        LiveView view({ShownBank{}}, commands);
        AppOptions app;
        app.publish = false;
        app.runFor = std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000.0));
        app.onCycle = [&](App& running, const Now& now) {
            failIfEnded(servers, gx, busbar);
            view.paint(running, now);
        };
        if (view.takesKeys())
            app.onInput = [&view](App& running, const Now& now) { view.keys(running, now); };
        App viewer(*config.config, std::move(app));
        viewer.run();
    }
    failIfEnded(servers, gx, busbar);
    printFinal(servers);
    gx.stop();
    printSummary(servers);
    busbar.stop();
    return kDone;
}

} // namespace busbar
