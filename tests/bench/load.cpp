// SPDX-License-Identifier: MIT
// Entry point of the bench under load: command line, runs, table.
#include "app/run/log.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "bench/measurement.hpp"
#include "bench/results.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>

namespace busbar::bench {
namespace {

struct Options {
    Plan plan;
    int seconds = 16;
};

void addOptions(CLI::App& app, Options& options) {
    app.add_option("--busbar", options.plan.busbar, "the program to measure")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--subscriber", options.plan.subscriber, "the program to compare with")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--batteries", options.plan.batteries, "how many batteries; one run each")
        ->delimiter(',')
        ->check(CLI::Range(1, 250));
    app.add_option("--seconds", options.seconds,
                   "measured time of each run, without warm-up and cuts")
        ->check(CLI::Range(4, 3600));
    app.add_option("--samples", options.plan.samples, "how many cuts of a limit")
        ->check(CLI::Range(1, 2000));
    app.add_option("--output", options.plan.output,
                   "broker of the results: off, own, dead (not there), hung (stops to answer)")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Output>{{"off", Output::Off},
                                                                          {"own", Output::Own},
                                                                          {"dead", Output::Dead},
                                                                          {"hung", Output::Hung}}));
    app.add_option("--seed", options.plan.seed, "of all that is random");
}

int run(int argc, char** argv) {
    CLI::App app("What Busbar costs per MQTT message, beside a subscriber that does nothing",
                 "bench_load");
    Options options;
    addOptions(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    log::start("warn");
    options.plan.part =
        std::chrono::milliseconds(std::chrono::seconds(options.seconds)) / options.plan.parts;
    std::vector<Result> results;
    for (const std::size_t batteries : options.plan.batteries)
        results.push_back(measure(options.plan, batteries));
    std::fputs(("\n" + table(results)).c_str(), stdout);
    return 0;
}

} // namespace
} // namespace busbar::bench

int main(int argc, char** argv) {
    try {
        busbar::blockSignals();
        return busbar::bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
    } catch (...) {
        std::fputs("bench_load: unknown failure\n", stderr);
    }
    return 1;
}
