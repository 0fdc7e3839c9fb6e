// SPDX-License-Identifier: MIT
// `busbar health`, and the file behind it.
#include "app/commands/health_check.hpp"

#include "app/commands/commands.hpp"
#include "app/run/app.hpp"
#include "base/file.hpp"
#include "base/log.hpp"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <unistd.h>

namespace busbar {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view kHead = "busbar-health 1 ";
constexpr std::size_t kLargestFile = 65536;

/// Next line, without its end, from `rest`, which is shortened by it; nothing if its end is
/// missing.
std::optional<std::string_view> takeLine(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
        return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

std::optional<std::int64_t> wholeNumber(std::string_view text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return number;
}

std::string inSeconds(SteadyTime::duration span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
}

} // namespace

std::string healthText(const HealthNote& note) {
    const auto ms = std::chrono::duration_cast<milliseconds>(note.written.time_since_epoch());
    return std::string(kHead) + std::to_string(ms.count()) + "\n" + note.facts + "\n";
}

std::optional<HealthNote> parseHealth(std::string_view text) {
    const auto head = takeLine(text);
    const auto facts = takeLine(text);
    if (!head || !facts || !head->starts_with(kHead))
        return std::nullopt;
    const auto ms = wholeNumber(head->substr(kHead.size()));
    constexpr std::int64_t kMost = milliseconds(std::chrono::years(1000)).count();
    if (!ms || *ms < 0 || *ms > kMost)
        return std::nullopt;
    return HealthNote{SteadyTime(milliseconds(*ms)), std::string(*facts)};
}

HealthVerdict judgeHealth(const HealthNote& note, SteadyTime now) {
    const auto age = now - note.written;
    // The stamp is cut to whole milliseconds, never rounded up.
    if (age < SteadyTime::duration::zero())
        return {false, "unwell: the health file is from before the last boot"};
    if (age > kHealthMost)
        return {false, "unwell: last sign of life " + inSeconds(age) + " ago: " + note.facts};
    return {true, "well: last sign of life " + inSeconds(age) + " ago: " + note.facts};
}

namespace {

std::string factsOf(SiteRun& run, const Now& now) {
    std::string facts = run.isConnected() ? "broker=connected" : "broker=away";
    const auto heartbeat = run.site().source().heartbeatAge(now);
    facts += " heartbeat_s=" + (heartbeat ? std::to_string(heartbeat->count()) : "unknown");
    for (const Bank& bank : run.site().banks()) {
        const BankReport report = bank.report();
        facts += formatted(" bank={} stage={} online={}/{}", bank.settings().id,
                           toText(report.stage), report.online, report.total);
    }
    return facts;
}

} // namespace

std::string healthFacts(App& app, const Now& now) {
    if (app.sites().size() == 1)
        return factsOf(*app.sites().front(), now);
    std::string facts;
    for (const auto& site : app.sites())
        facts +=
            (facts.empty() ? "site=" : " site=") + site->config().site + " " + factsOf(*site, now);
    return facts;
}

HealthFile::~HealthFile() {
    if (tried_)
        ::unlink(path_.c_str());
}

void HealthFile::write(const HealthNote& note) {
    tried_ = note.written;
    const std::string error = replaceFile(path_, healthText(note));
    if (error == lastError_)
        return;
    if (error.empty())
        log::info("health_file_written_again file={}", path_);
    else
        log::warn("health_file_not_written reason=\"{}\" going on without", error);
    lastError_ = error;
}

int healthCommand(const std::string& file) {
    std::string error;
    const auto text = readWholeFile(file, kLargestFile, error);
    const auto note = text ? parseHealth(*text) : std::nullopt;
    HealthVerdict verdict;
    if (note)
        verdict = judgeHealth(*note, std::chrono::steady_clock::now());
    else if (text)
        verdict.line = "unwell: " + file + " is no health file of `busbar run`";
    else
        verdict.line =
            "unwell: cannot read " + file + ": " +
            (error.empty() ? "there is no such file; `busbar run --health-file` makes it" : error);
    std::fprintf(stdout, "%s\n", verdict.line.c_str());
    return verdict.isWell ? kDone : kFailed;
}

} // namespace busbar
