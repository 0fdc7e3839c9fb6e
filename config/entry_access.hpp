// SPDX-License-Identifier: MIT
// Typed ways from the keys of objects in lists to the members they set, and objects as records.
#pragma once

#include "config/option.hpp"
#include "config/option_access.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace busbar::config {

/// Typed ways between the value of a key and a member of T.
template <class T>
struct FieldWay {
    Access access;
    Setting (*get)(const T&);
    void (*set)(T&, const Setting&);
};

template <class T>
struct Field {
    std::string_view key;
    FieldWay<T> way;
    double lowest = 0.0;
    double highest = 0.0;
    std::string_view unit{};
    Format format = Format::Any;
    std::string_view help{};
};

template <class T>
inline constexpr std::array<Field<T>, 0> kFields{};

template <class T, std::size_t... i>
constexpr std::array<Option, sizeof...(i)> optionsOf(const std::array<Field<T>, sizeof...(i)>& rows,
                                                     std::index_sequence<i...>) {
    return {Option{rows[i].key, rows[i].way.access, rows[i].lowest, rows[i].highest, rows[i].unit,
                   rows[i].format, rows[i].help}...};
}

/// The keys of T without their members.
template <class T>
inline constexpr auto kFieldRows = optionsOf<T>(kFields<T>,
                                                std::make_index_sequence<kFields<T>.size()>());

template <class T>
constexpr FieldRows fieldRows() {
    return {kFieldRows<T>.data(), kFieldRows<T>.size()};
}

/// What differs from a new T.
template <class T>
Record toRecord(const T& value) {
    const T standard{};
    Record record;
    for (const Field<T>& field : kFields<T>) {
        Setting own = field.way.get(value);
        const bool isGiven = own != field.way.get(standard);
        record.values.push_back(isGiven ? std::optional<Setting>(std::move(own)) : std::nullopt);
    }
    return record;
}

template <class T>
T fromRecord(const Record& record) {
    T value{};
    for (std::size_t i = 0; i < record.values.size(); ++i)
        if (record.values[i])
            kFields<T>.at(i).way.set(value, *record.values[i]);
    return value;
}

template <class T>
Setting toRecords(const std::vector<T>& list) {
    std::vector<Record> records;
    records.reserve(list.size());
    for (const T& one : list)
        records.push_back(toRecord(one));
    return records;
}

template <class T>
std::vector<T> fromRecords(const Setting& setting) {
    std::vector<T> list;
    for (const Record& record : std::get<std::vector<Record>>(setting))
        list.push_back(fromRecord<T>(record));
    return list;
}

template <>
struct Codec<Selector> {
    static constexpr Kind kKind = Kind::Selector;
    static Setting wrap(const Selector& value) { return toText(value); }
    static Selector unwrap(const Setting& setting) {
        return parseSelector(std::get<std::string>(setting)).value_or(Selector{});
    }
};

template <>
struct Codec<std::vector<std::string>> {
    static constexpr Kind kKind = Kind::Paths;
    static Setting wrap(const std::vector<std::string>& value) { return value; }
    static std::vector<std::string> unwrap(const Setting& setting) {
        return std::get<std::vector<std::string>>(setting);
    }
};

template <>
struct Codec<PathValues> {
    static constexpr Kind kKind = Kind::PathValues;
    static Setting wrap(const PathValues& value) { return value; }
    static PathValues unwrap(const Setting& setting) { return std::get<PathValues>(setting); }
};

/// Seconds, or null for never.
template <>
struct Codec<std::optional<std::chrono::milliseconds>> {
    static constexpr Kind kKind = Kind::NumberOrNone;
    using Span = Codec<std::chrono::milliseconds>;
    static Setting wrap(const std::optional<std::chrono::milliseconds>& value) {
        return value ? Span::wrap(*value) : Setting();
    }
    static std::optional<std::chrono::milliseconds> unwrap(const Setting& setting) {
        if (std::holds_alternative<std::monostate>(setting))
            return std::nullopt;
        return Span::unwrap(setting);
    }
};

constexpr Access fieldAccess(Kind kind, FieldRows fields = {}) {
    return {Section::Bank, kind, nullptr, nullptr, {}, fields};
}

/// A member of T.
template <auto member>
constexpr auto field() {
    using Class = typename MemberOf<decltype(member)>::Class;
    using Coder = Codec<typename MemberOf<decltype(member)>::Type>;
    return FieldWay<Class>{
        fieldAccess(Coder::kKind), [](const Class& value) { return Coder::wrap(value.*member); },
        [](Class& value, const Setting& setting) { value.*member = Coder::unwrap(setting); }};
}

/// Paths, of which not all make sense.
template <auto member>
constexpr auto pathsField(bool (*takesPath)(std::string_view)) {
    auto way = field<member>();
    way.access.takesPath = takesPath;
    return way;
}

/// A list of objects that is a member of the bank.
template <Kind kind, auto... path>
constexpr Access objectsAt() {
    using Way = Chain<path...>;
    using Entry = typename std::remove_cvref_t<decltype(Way::in(
        std::declval<const Config&>(), std::declval<const BankConfig&>()))>::value_type;
    return {
        Section::Bank,
        kind,
        [](const Config& site, const BankConfig& bank) { return toRecords(Way::in(site, bank)); },
        [](Config& site, BankConfig& bank, const Setting& setting) {
            Way::in(site, bank) = fromRecords<Entry>(setting);
        },
        {},
        fieldRows<Entry>()};
}

} // namespace busbar::config
