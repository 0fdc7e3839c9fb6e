// SPDX-License-Identifier: MIT
// How far each kind of value may move unsaid.
#include "mqtt/ha/ha_steady.hpp"

#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"

#include <array>
#include <cmath>
#include <string_view>

namespace busbar::mqtt {

namespace {

constexpr double kChargingFrom_A = 0.5;
constexpr double kChargingTo_A = 0.2;

struct Band {
    std::string_view unit; ///< as in documents
    int decimals;
    double width; ///< a change below it is not said
};

// A few steps of BMSs that Venus OS has drivers for (0.01 V, 0.1 A, 1 mV of a cell), and what a
// diagram of a day still shows; our choice.
constexpr auto kBands = std::to_array<Band>({
    {"V", 2, 0.05},
    {"V", 3, 0.004},
    {"A", 1, 0.5},
    {"W", 0, 25.0},
    {"°C", 1, 0.5},
    {"%", 1, 0.2},
    {"Ah", 1, 1.0},
    {"kWh", 2, 0.05},
    {"s", 0, 300.0},
    {"mOhm", 2, 0.1},
});

/// A limit is part of what protects: what is said of it is never above what it is.
constexpr double kRise = 0.01;

double bandOf(const documents::About& about) {
    for (const Band& band : kBands)
        if (band.unit == about.unit && band.decimals == about.decimals)
            return band.width;
    return 0.0;
}

bool isLimit(const documents::About& about) {
    const auto row = about.path.empty() ? std::nullopt : findRow(about.path);
    return row && rows::isLimit(*row);
}

bool isNews(const documents::About& about, double said, double now) {
    if (isLimit(about))
        return now < said || now > said * (1.0 + kRise);
    const double band = bandOf(about);
    return band > 0.0 ? std::abs(now - said) >= band * (1.0 - 1e-9) : now != said;
}

} // namespace

Value HaSteady::keep(SaidNames::Place place, const documents::About& about, const Value& value) {
    const auto number = value.number();
    if (about.form != documents::Form::Number || !number || !std::isfinite(*number)) {
        said_.erase(place);
        return value;
    }
    const auto [said, isFirst] = said_.try_emplace(place, *number);
    const bool mayMove = !isHeld_ || isLimit(about);
    if (isFirst || (mayMove && isNews(about, said->second, *number)))
        said->second = *number;
    return {said->second};
}

Value HaSteady::charging(std::optional<double> current_A) {
    if (!current_A)
        return {};
    if (!isHeld_)
        isCharging_ = *current_A >= (isCharging_ ? kChargingTo_A : kChargingFrom_A);
    return {isCharging_ ? 1.0 : 0.0};
}

} // namespace busbar::mqtt
