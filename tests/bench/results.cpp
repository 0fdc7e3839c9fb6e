// SPDX-License-Identifier: MIT
// Figures, their units and targets.
#include "bench/results.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace busbar::bench {

namespace {

/// In microseconds.
std::string perMessage(const Usage& usage, const Part& part) {
    const auto cpu = std::chrono::duration<double, std::micro>(usage.cpu);
    return fmt::format("{:.1f}", cpu.count() / static_cast<double>(part.messages));
}

double ratio(const Part& part) {
    return std::chrono::duration<double>(part.busbar.cpu) /
           std::chrono::duration<double>(part.subscriber.cpu);
}

/// Of one core, in percent.
std::string load(const Usage& usage, const Part& part) {
    return fmt::format("{:.2f}",
                       100.0 * std::chrono::duration<double>(usage.cpu).count() / part.seconds);
}

double perSecond(std::uint64_t count, const Part& part) {
    return static_cast<double>(count) / part.seconds;
}

std::string spread(const Result& result) {
    std::vector<double> ratios;
    std::ranges::transform(result.parts, std::back_inserter(ratios), ratio);
    const auto [lowest, highest] = std::ranges::minmax(ratios);
    return fmt::format("{:.2f}–{:.2f}", lowest, highest);
}

/// The smallest value that `share` of all do not exceed (nearest rank).
Span percentile(const std::vector<Span>& sorted, double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted.at(std::max<std::size_t>(rank, 1) - 1);
}

std::string middle(const std::vector<Span>& sorted) {
    return fmt::format("{:.1f}", percentile(sorted, 0.5).count());
}
std::string nearlyAll(const std::vector<Span>& sorted) {
    return fmt::format("{:.1f}", percentile(sorted, 0.99).count());
}
std::string longest(const std::vector<Span>& sorted) {
    return fmt::format("{:.1f} of {}", sorted.back().count(), sorted.size());
}

std::string mebibytes(std::uint64_t kB) {
    return fmt::format("{:.1f}", static_cast<double>(kB) / 1024.0);
}

struct Figure {
    std::string_view name;
    std::string_view target;
    std::string (*text)(const Result&);
};

constexpr auto kFigures = std::to_array<Figure>({
    {"paths per battery", "", [](const Result& r) { return std::to_string(r.paths); }},
    {"measured time, s", "",
     [](const Result& r) { return fmt::format("{:.1f}", r.whole.seconds); }},
    {"messages measured", "", [](const Result& r) { return std::to_string(r.whole.messages); }},
    {"messages per second", "",
     [](const Result& r) { return fmt::format("{:.0f}", perSecond(r.whole.messages, r.whole)); }},
    {"changes per second and battery", "about 40",
     [](const Result& r) {
         return fmt::format("{:.1f}",
                            perSecond(r.whole.changes, r.whole) / static_cast<double>(r.batteries));
     }},
    {"CPU per message, empty subscriber, µs", "",
     [](const Result& r) { return perMessage(r.whole.subscriber, r.whole); }},
    {"CPU per message, Busbar, µs", "not growing",
     [](const Result& r) { return perMessage(r.whole.busbar, r.whole); }},
    {"Busbar ÷ empty subscriber", "≤ 1",
     [](const Result& r) { return fmt::format("{:.2f}", ratio(r.whole)); }},
    {"the same in each part", "", spread},
    {"CPU of one core, Busbar, %", "",
     [](const Result& r) { return load(r.whole.busbar, r.whole); }},
    {"… the broker, with both and the GX", "",
     [](const Result& r) { return load(r.whole.broker, r.whole); }},
    {"… dbus-daemon", "", [](const Result& r) { return load(r.whole.daemon, r.whole); }},
    {"bytes from the GX, Busbar ÷ empty subscriber", "",
     [](const Result& r) {
         return fmt::format("{:.2f}", static_cast<double>(r.whole.busbarBytes) /
                                          static_cast<double>(r.whole.subscriberBytes));
     }},
    {"wake-ups per second, empty subscriber", "",
     [](const Result& r) {
         return fmt::format("{:.0f}", perSecond(r.whole.subscriber.wakeUps, r.whole));
     }},
    {"wake-ups per second, Busbar", "",
     [](const Result& r) {
         return fmt::format("{:.0f}", perSecond(r.whole.busbar.wakeUps, r.whole));
     }},
    {"ItemsChanged per second", "1",
     [](const Result& r) { return fmt::format("{:.1f}", perSecond(r.whole.signals, r.whole)); }},
    {"items in one, mean / most", "",
     [](const Result& r) {
         return fmt::format("{:.1f} / {}",
                            static_cast<double>(r.whole.items) /
                                static_cast<double>(std::max<std::uint64_t>(r.whole.signals, 1)),
                            r.mostItems);
     }},
    {"limit cut until on the bus: median, ms", "", [](const Result& r) { return middle(r.cut); }},
    {"99th percentile, ms", "≤ 20", [](const Result& r) { return nearlyAll(r.cut); }},
    {"longest of all, ms", "", [](const Result& r) { return longest(r.cut); }},
    {"the same message back at its sender by MQTT alone: median, ms", "",
     [](const Result& r) { return middle(r.cutByMqtt); }},
    {"99th percentile, ms", "", [](const Result& r) { return nearlyAll(r.cutByMqtt); }},
    {"longest of all, ms", "", [](const Result& r) { return longest(r.cutByMqtt); }},
    {"peak resident memory, Busbar, MiB", "< 16 at 16",
     [](const Result& r) { return mebibytes(r.busbarMemory.peak_kB); }},
    {"of the resident: own / program and libraries", "",
     [](const Result& r) {
         return mebibytes(r.busbarMemory.anonymous_kB) + " / " + mebibytes(r.busbarMemory.file_kB);
     }},
    {"peak resident memory, empty subscriber, MiB", "",
     [](const Result& r) { return mebibytes(r.subscriberMemory.peak_kB); }},
    {"of the resident: own / program and libraries", "",
     [](const Result& r) {
         return mebibytes(r.subscriberMemory.anonymous_kB) + " / " +
                mebibytes(r.subscriberMemory.file_kB);
     }},
});

} // namespace

std::string table(const std::vector<Result>& results) {
    std::string head = "| batteries |";
    std::string line = "|---|";
    for (const Result& result : results) {
        head += fmt::format(" {} |", result.batteries);
        line += "---|";
    }
    std::string text = head + " target |\n" + line + "---|\n";
    for (const Figure& figure : kFigures) {
        text += fmt::format("| {} |", figure.name);
        for (const Result& result : results)
            text += fmt::format(" {} |", figure.text(result));
        text += fmt::format(" {} |\n", figure.target);
    }
    return text;
}

} // namespace busbar::bench
