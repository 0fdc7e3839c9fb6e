// SPDX-License-Identifier: MIT
// Typed ways from a row of the option table to the member it sets.
#pragma once

#include "config/config.hpp"
#include "config/option.hpp"
#include "core/table/setting_words.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace busbar::config {

/// Texts of an enum's values, in their order.
template <typename E>
inline constexpr std::array<std::string_view, 0> kChoices{};
template <>
inline constexpr auto kChoices<Preset> = kPresetTexts;
template <>
inline constexpr auto kChoices<Share> =
    std::to_array<std::string_view>({"adaptive", "resistance", "capacity", "count", "sum"});
template <>
inline constexpr auto kChoices<LimitMode> = std::to_array<std::string_view>({"both", "bms", "own"});
template <>
inline constexpr auto kChoices<CurrentSource> = kCurrentSourceTexts;
template <>
inline constexpr auto kChoices<SocSource> = kSocSourceTexts;
template <>
inline constexpr auto kChoices<mqtt::GxReading> = std::to_array<std::string_view>({"auto", "live",
                                                                                   "lean"});
template <>
inline constexpr auto kChoices<OnBlock> = std::to_array<std::string_view>({"reduce", "stop"});
template <>
inline constexpr auto kChoices<UnheardRule> = std::to_array<std::string_view>({"hold", "ignore"});
template <>
inline constexpr auto kChoices<CvlMode> = std::to_array<std::string_view>(
    {"min", "max", "max_when_balancing", "max_until_all_float", "gx", "own", "max_when_floating"});

inline constexpr auto kLogLevels =
    std::to_array<std::string_view>({"error", "warn", "info", "debug", "trace"});

/// How a member's type looks as a Setting.
template <typename T>
struct Codec;

template <>
struct Codec<bool> {
    static constexpr Kind kKind = Kind::Flag;
    static Setting wrap(bool value) { return value; }
    static bool unwrap(const Setting& setting) { return std::get<bool>(setting); }
};

template <>
struct Codec<int> {
    static constexpr Kind kKind = Kind::Whole;
    static Setting wrap(int value) { return static_cast<double>(value); }
    static int unwrap(const Setting& setting) {
        return static_cast<int>(std::get<double>(setting));
    }
};

template <>
struct Codec<double> {
    static constexpr Kind kKind = Kind::Number;
    static Setting wrap(double value) { return value; }
    static double unwrap(const Setting& setting) { return std::get<double>(setting); }
};

template <>
struct Codec<std::optional<double>> {
    static constexpr Kind kKind = Kind::NumberOrNone;
    static Setting wrap(const std::optional<double>& value) {
        return value ? Setting(*value) : Setting();
    }
    static std::optional<double> unwrap(const Setting& setting) {
        const auto* number = std::get_if<double>(&setting);
        return number != nullptr ? std::optional(*number) : std::nullopt;
    }
};

template <>
struct Codec<std::string> {
    static constexpr Kind kKind = Kind::Text;
    static Setting wrap(const std::string& value) { return value; }
    static std::string unwrap(const Setting& setting) { return std::get<std::string>(setting); }
};

template <>
struct Codec<std::vector<Selector>> {
    static constexpr Kind kKind = Kind::Selectors;
    static Setting wrap(const std::vector<Selector>& value) { return value; }
    static std::vector<Selector> unwrap(const Setting& setting) {
        return std::get<std::vector<Selector>>(setting);
    }
};

template <>
struct Codec<std::chrono::seconds> {
    static constexpr Kind kKind = Kind::Whole;
    static Setting wrap(std::chrono::seconds value) { return static_cast<double>(value.count()); }
    static std::chrono::seconds unwrap(const Setting& setting) {
        return std::chrono::seconds(std::llround(std::get<double>(setting)));
    }
};

/// In the file these are seconds, with decimals down to the millisecond.
template <>
struct Codec<std::chrono::milliseconds> {
    static constexpr Kind kKind = Kind::Number;
    static Setting wrap(std::chrono::milliseconds value) {
        return static_cast<double>(value.count()) / 1000.0;
    }
    static std::chrono::milliseconds unwrap(const Setting& setting) {
        return std::chrono::milliseconds(std::llround(std::get<double>(setting) * 1000.0));
    }
};

template <typename E>
requires std::is_enum_v<E>
struct Codec<E> {
    static constexpr Kind kKind = Kind::Choice;
    static Setting wrap(E value) {
        return std::string(kChoices<E>.at(static_cast<std::size_t>(value)));
    }
    static E unwrap(const Setting& setting) {
        std::size_t index = 0;
        while (kChoices<E>.at(index) != std::get<std::string>(setting))
            ++index;
        return static_cast<E>(index);
    }
};

/// For keys that end in `_ms`.
struct WholeMilliseconds {
    static constexpr Kind kKind = Kind::Whole;
    static Setting wrap(std::chrono::milliseconds value) {
        return static_cast<double>(value.count());
    }
    static std::chrono::milliseconds unwrap(const Setting& setting) {
        return std::chrono::milliseconds(std::llround(std::get<double>(setting)));
    }
};

/// For keys that end in `_days`.
struct Days {
    static constexpr Kind kKind = Kind::Number;
    static Setting wrap(std::chrono::hours value) {
        return static_cast<double>(value.count()) / 24.0;
    }
    static std::chrono::hours unwrap(const Setting& setting) {
        return std::chrono::hours(std::llround(std::get<double>(setting) * 24.0));
    }
};

/// A list that holds nothing, one number or twelve.
struct PerMonth {
    static constexpr Kind kKind = Kind::PerMonthOrNone;
    static Setting wrap(const std::vector<double>& value) {
        if (value.empty())
            return {};
        return value.size() == 1 ? Setting(value.front()) : Setting(value);
    }
    static std::vector<double> unwrap(const Setting& setting) {
        if (const auto* one = std::get_if<double>(&setting))
            return {*one};
        const auto* all = std::get_if<std::vector<double>>(&setting);
        return all == nullptr ? std::vector<double>() : *all;
    }
};

template <typename P>
struct MemberOf;
template <typename C, typename M>
struct MemberOf<M C::*> {
    using Class = C;
    using Type = M;
};

/// The object that a chain of pointers to members leads to, from whichever of the two the chain
/// starts at.
template <auto first, auto... rest>
struct Chain {
    using First = MemberOf<decltype(first)>;
    static constexpr bool kIsSite = std::is_same_v<typename First::Class, Config>;

    static decltype(auto) in(auto& site, auto& bank) {
        if constexpr (kIsSite)
            return ((site.*first).*....*rest);
        else
            return ((bank.*first).*....*rest);
    }
};

template <typename Coder, auto... path>
constexpr Access atAs(std::span<const std::string_view> choices = {}) {
    using Way = Chain<path...>;
    return {
        Way::kIsSite ? Section::Site : Section::Bank, Coder::kKind,
        [](const Config& site, const BankConfig& bank) { return Coder::wrap(Way::in(site, bank)); },
        [](Config& site, BankConfig& bank, const Setting& setting) {
            Way::in(site, bank) = Coder::unwrap(setting);
        },
        choices};
}

/// The member at the end of the chain, such as `at<&BankConfig::bank, &BankSettings::limits,
/// &LimitSettings::ramp_A>()`.
template <auto... path>
constexpr Access at() {
    using Type = std::remove_cvref_t<decltype(Chain<path...>::in(
        std::declval<const Config&>(), std::declval<const BankConfig&>()))>;
    if constexpr (std::is_enum_v<Type>)
        return atAs<Codec<Type>, path...>(kChoices<Type>);
    else
        return atAs<Codec<Type>, path...>();
}

/// The same for an option that holds for all sites.
constexpr Access ofProgram(Access access) {
    access.section = Section::Program;
    return access;
}

/// A text of which only the given words are allowed.
template <auto... path>
constexpr Access wordAt(std::span<const std::string_view> choices) {
    Access access = atAs<Codec<std::string>, path...>(choices);
    access.kind = Kind::Choice;
    return access;
}

/// `batteries`: two members make one option.
constexpr Access batteriesAccess() {
    return {Section::Bank,
            Kind::AutoOrSelectors,
            [](const Config&, const BankConfig& bank) {
                const MembershipSettings& members = bank.bank.membership;
                return members.takeAll ? Setting(std::string("auto")) : Setting(members.selected);
            },
            [](Config&, BankConfig& bank, const Setting& setting) {
                MembershipSettings& members = bank.bank.membership;
                const auto* list = std::get_if<std::vector<Selector>>(&setting);
                members.takeAll = list == nullptr;
                members.selected = list == nullptr ? std::vector<Selector>() : *list;
            },
            {}};
}

/// `frozen_s`: a span and its switch.
constexpr Access frozenAccess() {
    using Span = Codec<std::chrono::milliseconds>;
    return {Section::Bank,
            Kind::SpanOrOff,
            [](const Config&, const BankConfig& bank) {
                const MembershipSettings& members = bank.bank.membership;
                return members.frozenTest ? Span::wrap(members.frozen) : Setting(false);
            },
            [](Config&, BankConfig& bank, const Setting& setting) {
                MembershipSettings& members = bank.bank.membership;
                members.frozenTest = std::holds_alternative<double>(setting);
                if (members.frozenTest)
                    members.frozen = Span::unwrap(setting);
            },
            {}};
}

/// How limits reach a GX from outside.
inline constexpr std::array<std::string_view, 2> kControls = {"none", "dvcc"};

/// `control`: the switch of the DVCC settings.
constexpr Access controlAccess() {
    return {Section::Site, Kind::Choice,
            [](const Config& config, const BankConfig&) {
                return Setting(std::string(kControls.at(config.dvcc.isEnabled ? 1 : 0)));
            },
            [](Config& config, BankConfig&, const Setting& setting) {
                config.dvcc.isEnabled = std::get<std::string>(setting) == kControls.back();
            },
            kControls};
}

/// `mqtt.commands`: an enum of three that is written as "auto", true or false.
constexpr Access commandsAccess() {
    using mqtt::CommandsWanted;
    return {Section::Site,
            Kind::AutoOrFlag,
            [](const Config& config, const BankConfig&) {
                const CommandsWanted wanted = config.output.commands;
                return wanted == CommandsWanted::Auto ? Setting(std::string("auto"))
                                                      : Setting(wanted == CommandsWanted::Yes);
            },
            [](Config& config, BankConfig&, const Setting& setting) {
                const bool* flag = std::get_if<bool>(&setting);
                config.output.commands = flag == nullptr ? CommandsWanted::Auto
                                         : *flag         ? CommandsWanted::Yes
                                                         : CommandsWanted::No;
            },
            {}};
}

/// Points of one curve.
template <CurveKind kind>
constexpr Access curveAccess() {
    constexpr auto kIndex = static_cast<std::size_t>(kind);
    return {Section::Bank,
            Kind::Curve,
            [](const Config&, const BankConfig& bank) {
                const auto& points = bank.bank.limits.curves.at(kIndex).points;
                if (!points)
                    return Setting();
                return points->empty() ? Setting(false) : Setting(*points);
            },
            [](Config&, BankConfig& bank, const Setting& setting) {
                auto& points = bank.bank.limits.curves.at(kIndex).points;
                if (std::holds_alternative<std::monostate>(setting))
                    points.reset();
                else if (const auto* own = std::get_if<std::vector<CurvePoint>>(&setting))
                    points = *own;
                else
                    points.emplace();
            },
            {}};
}

/// Where a stop by this curve is released.
template <CurveKind kind>
constexpr Access releaseAccess() {
    using Number = Codec<std::optional<double>>;
    constexpr auto kIndex = static_cast<std::size_t>(kind);
    return {Section::Bank,
            Kind::NumberOrNone,
            [](const Config&, const BankConfig& bank) {
                return Number::wrap(bank.bank.limits.curves.at(kIndex).release);
            },
            [](Config&, BankConfig& bank, const Setting& setting) {
                bank.bank.limits.curves.at(kIndex).release = Number::unwrap(setting);
            },
            {}};
}

} // namespace busbar::config
