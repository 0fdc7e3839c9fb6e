// SPDX-License-Identifier: MIT
// Reads the files of DAB, walks its options, and takes over what it has counted.
#include "migrate/dab.hpp"

#include "config/issue.hpp"
#include "migrate/dab_options.hpp"
#include "migrate/peer_file.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

namespace busbar::migrate {

namespace {

using std::chrono::days;

/// Nothing, and `error`, if it cannot be read.
std::optional<PeerFile> read(const PeerText& text, bool isPython, std::string& error) {
    const ReadableText plain = readable(text.bytes, text.name);
    if (!plain.error.empty()) {
        error = text.name + " " + plain.error;
        return std::nullopt;
    }
    PeerFile file = isPython ? readPython(plain.text, text.name) : readIni(plain.text, text.name);
    file.mistakes.insert(file.mistakes.begin(), plain.mistakes.begin(), plain.mistakes.end());
    return file;
}

std::optional<double> firstNumber(const std::string& bytes) {
    const std::string_view line = trimmed(std::string_view(bytes).substr(0, bytes.find('\n')));
    double number = 0.0;
    const auto result = std::from_chars(line.data(), line.data() + line.size(), number);
    const bool isWhole = result.ec == std::errc() && result.ptr == line.data() + line.size();
    return isWhole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// More than any bank holds.
constexpr double kMost_Ah = 1e6;

void takeCharge(const PeerText& text, const DabValues& values, Migration& result) {
    const auto charge_Ah = firstNumber(text.bytes);
    if (!charge_Ah || *charge_Ah > kMost_Ah) {
        result.draft.blame(text.name + ": \"" + config::printable(trimmed(text.bytes)) +
                           "\" is no charge in Ah; each counter begins with what its BMS says");
        return;
    }
    if (*charge_Ah < 0) {
        result.draft.say(Part::TakenOver, text.name,
                         "below 0: each counter begins with what its BMS says, as before");
        return;
    }
    if (!values.isOn("OWN_SOC")) {
        result.draft.say(
            Part::NoCounterpart, text.name,
            "not shown by the old program, because OWN_SOC is not True; each counter begins "
            "with what its BMS says");
        return;
    }
    result.kept.charge_Ah = charge_Ah;
    result.draft.say(
        Part::TakenOver, text.name,
        numberText(*charge_Ah) +
            " Ah: the counters of all batteries begin with that together, apart from each other as "
            "their BMSs say, if Busbar starts within an hour; later each begins with what its BMS "
            "says");
}

void takeLastBalanced(const PeerText& text, WallTime today, Migration& result) {
    const auto day = firstNumber(text.bytes);
    const bool isDay = day && *day == std::floor(*day) && std::abs(*day) < 1000.0;
    result.kept.lastBalanced = isDay ? lastDayOfYear(static_cast<int>(*day), today) : std::nullopt;
    if (result.kept.lastBalanced)
        result.draft.say(Part::Differs, text.name,
                         "day " + numberText(*day) +
                             " of a year that is not told: taken is the last such day (state file, "
                             "balancing_last_success); from now on the whole date is kept");
    else if (isDay && *day == 0.0)
        result.draft.say(Part::TakenOver, text.name, "never balanced");
    else
        result.draft.blame(text.name + ": \"" + config::printable(trimmed(text.bytes)) +
                           "\" is no day of a year; not taken");
}

std::vector<std::string> headOf(const std::string& source) {
    return {"Made by `busbar migrate dab` from " + source +
                ". Above each line: where it comes from.",
            "`busbar check FILE` says if all is well, `busbar check --live FILE` also looks at the "
            "batteries.",
            "Every option: `busbar config --options`."};
}

} // namespace

std::optional<WallTime> lastDayOfYear(int day, WallTime today) {
    using namespace std::chrono_literals;
    if (day < 1 || day > 366)
        return std::nullopt;
    const auto now = std::chrono::floor<days>(today);
    auto year = std::chrono::year_month_day(now).year();
    // Day 366 is up to four years ago, or eight round a century.
    for (int i = 0; i <= 8; ++i, --year) {
        const std::chrono::sys_days newYear(year / std::chrono::January / 1);
        const auto found = newYear + days(day - 1);
        if (found <= now && std::chrono::year_month_day(found).year() == year)
            return std::chrono::time_point_cast<WallTime::duration>(found + 12h);
    }
    return std::nullopt;
}

Migration migrateDab(const DabFiles& files, WallTime today) {
    Migration result;
    PeerFile standards;
    PeerFile given;
    const bool isPython = !files.ini && files.python;
    const auto& main = isPython ? files.python : files.ini;
    for (const auto& [text, target] :
         {std::pair(&files.defaults, &standards), std::pair(&main, &given)}) {
        if (!*text)
            continue;
        auto file = read(**text, target == &given && isPython, result.error);
        if (!file)
            return result;
        *target = std::move(*file);
    }
    for (const std::string& mistake : given.mistakes)
        result.draft.blame(mistake);
    if (given.values.empty())
        result.draft.blame((main ? main->name : std::string("config.ini")) +
                           ": no option in it; what follows are the old program's own values");
    const DabValues values = dabValues(standards, given, isPython, result.draft);
    takeDab(values, given, result.draft);
    if (files.charge)
        takeCharge(*files.charge, values, result);
    if (files.lastBalanced && values.isOn("OWN_CHARGE_PARAMETERS"))
        takeLastBalanced(*files.lastBalanced, today, result);
    else if (files.lastBalanced)
        result.draft.say(Part::NoCounterpart, files.lastBalanced->name,
                         "the old program looked at it with OWN_CHARGE_PARAMETERS only");
    result.config = configText(result.draft, headOf(main ? main->name : "its own values"));
    result.report = reportText(result.draft);
    return result;
}

} // namespace busbar::migrate
