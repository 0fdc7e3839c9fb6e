// SPDX-License-Identifier: MIT
// Adds up moments.
#include "app/compare/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace busbar {

namespace {

/// A BMS's own limit is passed for a moment by every change of load.
constexpr double kBears = 1.02;
constexpr double kBears_A = 0.5;
constexpr double kBears_V = 0.05;

constexpr std::size_t indexOfRow(RowIndex row) {
    for (std::size_t i = 0; i < kComparedCount; ++i)
        if (kComparedRows.at(i).row == row)
            return i;
    return kComparedCount;
}

/// In the order of kOverWords.
constexpr std::array<std::size_t, kOverWords.size()> kOverRows = {
    indexOfRow(rows::kMaxChargeCurrent), indexOfRow(rows::kMaxDischargeCurrent),
    indexOfRow(rows::kMaxChargeVoltage)};

/// What would flow is known less well: a share is a mean of minutes, and a limit that is worked out
/// from shares stands exactly where they end. As for limits that nobody keeps to (obedience.hpp).
constexpr double kProjected = 1.10;
constexpr double kProjected_A = 1.0;

bool isAbove(double flows_A, const std::optional<double>& most_A) {
    return most_A && flows_A > *most_A * kBears + kBears_A;
}

bool wouldPass(double flows_A, const std::optional<double>& most_A) {
    return most_A && flows_A > *most_A * kProjected + kProjected_A;
}

/// A battery that blocks and carries nothing is off the busbar in this direction: nothing that is
/// allowed flows into it.
bool isOff(const ComparedMember& member, const std::optional<double>& most_A) {
    return most_A == 0.0 && std::abs(member.current_A.value_or(0.0)) <= kBears_A;
}

/// What would flow in the member, in the direction of the limit (+1 charging, −1), with all of it
/// used: from what flows now, the rest by its share, because currents between batteries of unequal
/// voltage do not grow with the load.
double flowAt_A(const ComparedMember& member, double limit_A, double direction,
                const std::optional<double>& bank_A) {
    if (!member.current_A || !bank_A)
        return limit_A * member.share;
    return direction * *member.current_A + member.share * (limit_A - direction * *bank_A);
}

/// Shares of a small current say nothing of a large one: a limit is judged while at least half of
/// it flows, or while nobody knows what flows.
bool isJudged(std::size_t limit, double value, const std::optional<double>& bank_A) {
    const double direction = limit == 1 ? -1.0 : 1.0;
    return limit == 2 || !bank_A || direction * *bank_A >= 0.5 * value;
}

bool passes(const ComparedMember& member, std::size_t limit, double value,
            const std::optional<double>& bank_A) {
    if (limit == 2)
        return member.maxCharge_V && value > *member.maxCharge_V + kBears_V;
    const double direction = limit == 0 ? 1.0 : -1.0;
    const auto& most_A = limit == 0 ? member.maxCharge_A : member.maxDischarge_A;
    return !isOff(member, most_A) && wouldPass(flowAt_A(member, value, direction, bank_A), most_A);
}

bool isMeasuredAbove(const ComparedMember& member) {
    const double current_A = member.current_A.value_or(0.0);
    return current_A >= 0.0 ? isAbove(current_A, member.maxCharge_A)
                            : isAbove(-current_A, member.maxDischarge_A);
}

template <class Passes>
void tally(OverTally& over, const ComparedMoment& moment, std::chrono::milliseconds span,
           Passes&& isOver) {
    over.known += span;
    bool isAny = false;
    for (const ComparedMember& member : moment.members)
        if (isOver(member)) {
            over.members[member.name] += span;
            isAny = true;
        }
    if (isAny)
        over.over += span;
}

void average(std::optional<double>& mean, const std::optional<double>& value, double count) {
    if (value)
        mean = mean ? *mean + (*value - *mean) / count : *value;
}

} // namespace

bool agree(const ComparedRow& row, double ours, double theirs) {
    const double larger = std::max(std::abs(ours), std::abs(theirs));
    return std::abs(ours - theirs) <= row.tolerance + row.share * larger;
}

void Comparison::add(const ComparedMoment& moment, SteadyTime now) {
    const auto before = std::exchange(last_, now);
    const Span span = before ? std::chrono::duration_cast<Span>(now - *before) : Span(0);
    if (span <= Span(0) || span > kLongestStep)
        return;
    compared_ += span;
    tallyRows(moment, span);
    tallyOver(moment, span);
    plot(moment);
}

void Comparison::tallyRows(const ComparedMoment& moment, Span span) {
    for (std::size_t i = 0; i < kComparedCount; ++i) {
        RowTally& row = rows_.at(i);
        const auto& ours = moment.ours.at(i);
        const auto& theirs = moment.theirs.at(i);
        if (!ours || !theirs) {
            row.onlyOurs += ours ? span : Span(0);
            row.onlyTheirs += theirs ? span : Span(0);
            row.lasts = Span(0);
            continue;
        }
        if (agree(kComparedRows.at(i), *ours, *theirs)) {
            row.agreed += span;
            row.lasts = Span(0);
            continue;
        }
        row.differed += span;
        row.lasts += span;
        row.longest = std::max(row.longest, row.lasts);
        if (!moment.causes.at(i).empty())
            row.causes[moment.causes.at(i)] += span;
        if (const double apart = std::abs(*ours - *theirs); apart > row.largest) {
            row.largest = apart;
            row.at = compared_;
            row.ours = *ours;
            row.theirs = *theirs;
        }
    }
}

void Comparison::tallyOver(const ComparedMoment& moment, Span span) {
    const std::array sides = {&moment.ours, &moment.theirs};
    const std::optional<double>& bank_A = moment.ours.at(indexOfRow(rows::kCurrent));
    for (std::size_t side = 0; side < kComparedSides; ++side)
        for (std::size_t limit = 0; limit < kOverRows.size(); ++limit)
            if (const auto& value = sides.at(side)->at(kOverRows.at(limit));
                value && isJudged(limit, *value, bank_A))
                tally(over_.at(side).at(limit), moment, span, [&](const ComparedMember& member) {
                    return passes(member, limit, *value, bank_A);
                });
    tally(measured_, moment, span, isMeasuredAbove);
}

void Comparison::plot(const ComparedMoment& moment) {
    if (points_.empty() || compared_ - pointBegan_ >= span_) {
        if (points_.size() == kMostPoints)
            mergePoints();
        points_.emplace_back();
        pointBegan_ = compared_;
        inPoint_ = 0;
    }
    ++inPoint_;
    const auto count = static_cast<double>(inPoint_);
    for (std::size_t i = 0; i < kComparedCount; ++i) {
        average(points_.back().ours.at(i), moment.ours.at(i), count);
        average(points_.back().theirs.at(i), moment.theirs.at(i), count);
    }
}

/// Two become one; so all of it is kept, half as fine.
void Comparison::mergePoints() {
    for (std::size_t k = 0; 2 * k + 1 < points_.size(); ++k) {
        ComparedPoint merged = points_[2 * k];
        for (std::size_t i = 0; i < kComparedCount; ++i) {
            average(merged.ours.at(i), points_[2 * k + 1].ours.at(i), 2.0);
            average(merged.theirs.at(i), points_[2 * k + 1].theirs.at(i), 2.0);
        }
        points_[k] = merged;
    }
    points_.resize(points_.size() / 2);
    span_ *= 2;
}

} // namespace busbar
