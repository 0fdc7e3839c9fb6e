// SPDX-License-Identifier: MIT
// Divides a limit among the packs of the twin.
#include "bench/control/strain.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace busbar::bench {

namespace {

// A limit that is off by less is within what reports, rounding and learning cost.
constexpr double kOver = 1.1;
constexpr double kOver_A = 1.0;

struct Lot {
    double conductance = 0.0; ///< of all packs that carry
    double current_A = 0.0;   ///< in them now, towards the limit
};

bool carries(const sim::PackTruth& truth, Way way) {
    return way == Way::Charge ? truth.canCharge : truth.canDischarge;
}

double towards(double current_A, Way way) {
    return way == Way::Charge ? current_A : -current_A;
}

Lot lotOf(const sim::Twin& twin, Way way) {
    Lot lot;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const sim::PackTruth truth = twin.truth(i);
        if (!carries(truth, way))
            continue;
        lot.conductance += 1.0 / twin.cells(i).resistance_Ohm();
        lot.current_A += towards(truth.current_A, way);
    }
    return lot;
}

std::string wordsOf(const std::string& name, double would_A, double own_A) {
    std::array<char, 120> text{};
    std::snprintf(text.data(), text.size(), "%s would carry %.1f A of %.1f", name.c_str(), would_A,
                  own_A);
    return text.data();
}

} // namespace

Strain strainOf(const sim::Twin& twin, std::optional<double> limit_A, Way way) {
    Strain strain;
    const Lot lot = lotOf(twin, way);
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const sim::PackTruth truth = twin.truth(i);
        if (!carries(truth, way))
            continue;
        const double share = 1.0 / twin.cells(i).resistance_Ohm() / lot.conductance;
        const double atZero_A = towards(truth.current_A, way) - share * lot.current_A;
        const double would_A = atZero_A + share * limit_A.value_or(0.0);
        const double own_A =
            way == Way::Charge ? truth.ownLimit.maxCharge_A : truth.ownLimit.maxDischarge_A;
        const double over_A = would_A - (own_A * kOver + kOver_A);
        if (atZero_A <= own_A && over_A > strain.over_A)
            strain = {over_A, wordsOf(twin.pack(i).name, would_A, own_A)};
    }
    return strain;
}

} // namespace busbar::bench
