// SPDX-License-Identifier: MIT
// The smallest of several limits, and the text of its cause.
#include "core/limits/limit.hpp"

#include "core/units/inner_name.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

bool isSame(const Limit& a, const Limit& b) {
    return a.cause == b.cause && a.member == b.member && a.cell == b.cell;
}

} // namespace

Limit strictest(const std::vector<Limiter>& limiters) {
    const auto smallest = std::ranges::min_element(
        limiters, [](const Limiter& a, const Limiter& b) { return a.limit.value < b.limit.value; });
    return smallest == limiters.end() ? Limit{0.0, Cause::UnknownLimit, "", ""} : smallest->limit;
}

std::vector<Limiter> withPublished(std::vector<Limiter> limiters, const Limit& published) {
    std::ranges::stable_sort(limiters, {}, [](const Limiter& one) { return one.limit.value; });
    const auto found = std::ranges::find_if(
        limiters, [&published](const Limiter& one) { return isSame(one.limit, published); });
    Limiter first{published};
    if (found != limiters.end()) {
        first.share = found->share;
        first.own = found->own;
        limiters.erase(found);
    }
    limiters.insert(limiters.begin(), std::move(first));
    return limiters;
}

std::string describe(const Limit& limit) {
    const std::string text(toText(limit.cause));
    const std::string who = innerName(limit.member, limit.cell);
    return who.empty() ? text : text + " " + who;
}

} // namespace busbar
