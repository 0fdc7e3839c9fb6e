// SPDX-License-Identifier: MIT
// One line per limit and reason.
#include "app/view/terminal_limits.hpp"

#include "app/view/text_width.hpp"
#include "core/table/quantity.hpp"
#include "core/units/inner_name.hpp"
#include "documents/limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace busbar {

namespace {

Tone toneOf(const Limit& limit) {
    switch (rowOf(limit.cause).severity) {
    case Severity::Fault:
        return Tone::Bad;
    case Severity::Passing:
        return Tone::Warning;
    case Severity::Usual:
        break;
    }
    return limit.value > 0.0 ? Tone::Plain : Tone::Bad;
}

std::string whoText(const Limit& limit) {
    return harmless(innerName(limit.member, limit.cell));
}

Line limitLine(const documents::LimitName& name, const Limit* known, std::size_t width,
               std::size_t causeWidth) {
    const Piece label{fitted(width < kRoomy ? name.abbreviation : name.label, labelWidth(width))};
    if (known == nullptr)
        return {{"  "}, label, {fitted("---", 8, Align::Right)}};
    const Limit& limit = *known;
    const Tone tone = toneOf(limit);
    return {{tone == Tone::Bad ? "! " : "  ", Tone::Bad},
            label,
            {fitted(displayText(name.quantity, limit.value), 8, Align::Right) + "  ",
             tone == Tone::Plain ? Tone::Strong : tone},
            {fitted(words(toText(limit.cause)), causeWidth), tone},
            {"  " + whoText(limit), Tone::Strong}};
}

// ---- what comes next

using Reasons = std::span<const Limiter>;

/// Without the one in force, which comes first.
Reasons reasonsOf(const BankReport& report, const documents::LimitName& name) {
    const Reasons all = report.limiters.*name.limiters;
    return name.of(report) == nullptr || all.empty() ? Reasons() : all.subspan(1);
}

/// ", allows 30.0A, takes 54 %": why a battery holds its bank there.
std::string shareText(const Limiter& limiter) {
    if (!limiter.own || !limiter.share)
        return {};
    return ", allows " + displayText(Quantity::Current, *limiter.own) + ", takes " +
           std::to_string(std::lround(*limiter.share * 100.0)) + " %";
}

Line reasonLine(const documents::LimitName& name, const Limiter& reason, std::size_t width,
                std::size_t causeWidth) {
    const Limit& limit = reason.limit;
    return {{"  " + fitted("", labelWidth(width)) +
                 fitted(displayText(name.quantity, limit.value), 8, Align::Right) + "  " +
                 fitted(words(toText(limit.cause)), causeWidth) + "  " + whoText(limit) +
                 shareText(reason),
             Tone::Dim}};
}

Lines reasonLines(const documents::LimitName& name, Reasons reasons, std::size_t most,
                  std::size_t width, std::size_t causeWidth) {
    // A line alone tells the next reason, not how many there are.
    const bool isWhole = reasons.size() <= most || most < 2;
    const std::size_t shown = isWhole ? std::min(most, reasons.size()) : most - 1;
    Lines lines;
    for (const Limiter& reason : reasons.first(shown))
        lines.push_back(reasonLine(name, reason, width, causeWidth));
    if (!isWhole)
        lines.push_back({{"  " + fitted("", labelWidth(width)) + "  … " +
                              std::to_string(reasons.size() - shown) + " more",
                          Tone::Dim}});
    return lines;
}

/// Line by line to whoever has more to say.
std::vector<std::size_t> sharedLines(const std::vector<Reasons>& reasons, std::size_t further) {
    std::vector<std::size_t> lines(reasons.size());
    for (bool isAny = true; isAny && further > 0;) {
        isAny = false;
        for (std::size_t i = 0; i < reasons.size() && further > 0; ++i)
            if (lines[i] < reasons[i].size()) {
                ++lines[i];
                --further;
                isAny = true;
            }
    }
    return lines;
}

} // namespace

std::size_t furtherReasons(const BankReport& report) {
    std::size_t count = 0;
    for (const documents::LimitName& name : documents::kLimits)
        count += reasonsOf(report, name).size();
    return count;
}

Lines limitLines(const BankReport& report, std::size_t width, std::size_t further) {
    std::vector<Reasons> reasons;
    reasons.reserve(documents::kLimits.size());
    for (const documents::LimitName& name : documents::kLimits)
        reasons.push_back(reasonsOf(report, name));
    const std::vector<std::size_t> share = sharedLines(reasons, further);
    std::size_t causeWidth = 0;
    for (std::size_t i = 0; i < documents::kLimits.size(); ++i) {
        if (const Limit* limit = documents::kLimits.at(i).of(report))
            causeWidth = std::max(causeWidth, toText(limit->cause).size());
        for (const Limiter& reason : reasons[i].first(share[i]))
            causeWidth = std::max(causeWidth, toText(reason.limit.cause).size());
    }
    Lines lines;
    for (std::size_t i = 0; i < documents::kLimits.size(); ++i) {
        const documents::LimitName& name = documents::kLimits.at(i);
        lines.push_back(limitLine(name, name.of(report), width, causeWidth));
        append(lines, reasonLines(name, reasons[i], share[i], width, causeWidth));
    }
    return lines;
}

} // namespace busbar
