// SPDX-License-Identifier: MIT
// Reads TZ texts and turns the clock by them.
#include "base/zone_rule.hpp"

#include <algorithm>
#include <cstddef>

namespace busbar {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// Zone files of version 3 have hours of a turn up to a week (RFC 9636).
constexpr unsigned kMostHours = 167;

bool isZoneLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// What is left of a text; every step says whether it found what it looked for.
struct RuleText {
    std::string_view left;

    bool skip(char c) {
        if (left.empty() || left.front() != c)
            return false;
        left.remove_prefix(1);
        return true;
    }
    /// "CET" or "<-03>".
    bool name() {
        const bool isQuoted = skip('<');
        const auto end = isQuoted
                             ? left.find('>')
                             : static_cast<std::size_t>(
                                   std::ranges::find_if_not(left, isZoneLetter) - left.begin());
        if (end == std::string_view::npos || end < 3)
            return false;
        left.remove_prefix(end + (isQuoted ? 1 : 0));
        return true;
    }
    std::optional<unsigned> number(unsigned least, unsigned most) {
        unsigned value = 0;
        std::size_t digits = 0;
        for (; digits < left.size() && digits < 4 && left[digits] >= '0' && left[digits] <= '9';
             ++digits)
            value = value * 10 + static_cast<unsigned>(left[digits] - '0');
        left.remove_prefix(digits);
        return digits > 0 && value >= least && value <= most ? std::optional(value) : std::nullopt;
    }
    /// "[+-]hh[:mm[:ss]]"
    std::optional<seconds> time() {
        const bool isNegative = skip('-');
        if (!isNegative)
            skip('+');
        const auto hours = number(0, kMostHours);
        const auto minutes = hours && skip(':') ? number(0, 59) : std::optional(0U);
        const auto rest = minutes && skip(':') ? number(0, 59) : std::optional(0U);
        if (!hours || !minutes || !rest)
            return std::nullopt;
        const seconds sum{static_cast<int>(*hours * 3600 + *minutes * 60 + *rest)};
        return isNegative ? -sum : sum;
    }
};

std::optional<TurnRule> weekdayOf(RuleText& text) {
    const auto month = text.number(1, 12);
    const auto week = month && text.skip('.') ? text.number(1, 5) : std::nullopt;
    const auto day = week && text.skip('.') ? text.number(0, 6) : std::nullopt;
    if (!day)
        return std::nullopt;
    return TurnRule{TurnRule::Kind::Weekday, *month, *week, *day};
}

std::optional<TurnRule> dayOf(RuleText& text) {
    if (text.skip('M'))
        return weekdayOf(text);
    const bool isWithoutLeap = text.skip('J');
    const auto day = isWithoutLeap ? text.number(1, 365) : text.number(0, 365);
    if (!day)
        return std::nullopt;
    return TurnRule{isWithoutLeap ? TurnRule::Kind::DayWithoutLeap : TurnRule::Kind::Day, 0, 0,
                    *day};
}

/// ",M3.5.0/2"
std::optional<TurnRule> turnOf(RuleText& text) {
    if (!text.skip(','))
        return std::nullopt;
    auto turn = dayOf(text);
    if (!turn || !text.skip('/'))
        return turn;
    const auto time = text.time();
    if (!time)
        return std::nullopt;
    turn->time = *time;
    return turn;
}

/// "CEST[-2],M3.5.0,M10.5.0/3"
std::optional<ZoneRule::Summer> summerOf(RuleText& text, seconds standard) {
    if (!text.name())
        return std::nullopt;
    const bool isGiven = !text.left.empty() && text.left.front() != ',';
    const auto west = isGiven ? text.time() : std::optional(-standard - seconds(3600));
    const auto begin = west ? turnOf(text) : std::nullopt;
    const auto end = begin ? turnOf(text) : std::nullopt;
    if (!end || !text.left.empty())
        return std::nullopt;
    return ZoneRule::Summer{-*west, *begin, *end};
}

std::chrono::sys_days dateOf(const TurnRule& turn, std::chrono::year year) {
    using namespace std::chrono;
    const sys_days newYear = year / January / 1;
    switch (turn.kind) {
    case TurnRule::Kind::DayWithoutLeap:
        return newYear + days(turn.day - 1) + days(year.is_leap() && turn.day >= 60 ? 1 : 0);
    case TurnRule::Kind::Day:
        return newYear + days(turn.day);
    case TurnRule::Kind::Weekday:
        break;
    }
    const year_month monthOfTurn = year / month(turn.month);
    const weekday dayOfTurn(turn.day);
    if (turn.week == 5)
        return sys_days(monthOfTurn / dayOfTurn[last]);
    return sys_days(monthOfTurn / dayOfTurn[turn.week]);
}

} // namespace

std::optional<ZoneRule> parseZoneRule(std::string_view text) {
    RuleText rest{text};
    const auto west = rest.name() ? rest.time() : std::nullopt;
    if (!west)
        return std::nullopt;
    ZoneRule rule{-*west, std::nullopt};
    if (rest.left.empty())
        return rule;
    rule.summer = summerOf(rest, rule.standard);
    return rule.summer ? std::optional(rule) : std::nullopt;
}

seconds offsetAt(const ZoneRule& rule, sys_seconds moment) {
    if (!rule.summer)
        return rule.standard;
    const std::chrono::year_month_day local(
        std::chrono::floor<std::chrono::days>(moment + rule.standard));
    const ZoneRule::Summer& summer = *rule.summer;
    const sys_seconds begin =
        dateOf(summer.begin, local.year()) + summer.begin.time - rule.standard;
    const sys_seconds end = dateOf(summer.end, local.year()) + summer.end.time - summer.offset;
    const bool isSummer =
        begin < end ? moment >= begin && moment < end : moment >= begin || moment < end;
    return isSummer ? summer.offset : rule.standard;
}

} // namespace busbar
