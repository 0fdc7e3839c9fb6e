// SPDX-License-Identifier: MIT
// What one key of the configuration is: its kind, its bounds, the shape of its value.
#pragma once

#include "config/format.hpp"
#include "core/limits/curve_settings.hpp"
#include "core/made/writable_settings.hpp"
#include "core/units/selector.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace busbar::config {

struct BankConfig;
struct Config;
struct Option;

/// Where an option may stand: Program at the top level only; Site in an entry of `sites`, and at
/// the top level as the default of every site; Bank in an entry of `banks` as well.
enum class Section : std::uint8_t { Program, Site, Bank };

enum class Kind : std::uint8_t {
    Flag,
    Whole, ///< whole number
    Number,
    NumberOrNone, ///< null = none
    SpanOrOff,    ///< false or 0 = off
    Text,
    Choice,
    AutoOrFlag, ///< "auto", true or false
    Selectors,
    AutoOrSelectors,
    Curve,              ///< list of [x, factor] pairs; false = off, null = the preset's
    PerMonthOrNone,     ///< one number, or twelve from January on; null = none
    Selector,           ///< one
    Paths,              ///< list of paths of the path table
    PathValues,         ///< object with paths for keys
    Object,             ///< with the keys of `fields`
    Objects,            ///< list of such, of which the first key must be given
    SelectorsOrObjects, ///< the same; a text stands for an object with the first key alone
    BankOptions,        ///< object with options of a bank
};

struct Record;

/// An option's value in the shape of JSON: nothing = null, `false` = off, text = also a choice, a
/// selector or "auto", spans in the unit of the key; an object is one record.
using Setting = std::variant<std::monostate, bool, double, std::string, std::vector<Selector>,
                             std::vector<double>, std::vector<CurvePoint>, std::vector<std::string>,
                             std::vector<Record>, PathValues>;

/// An object; by index of its rows, nothing = not given.
struct Record {
    std::vector<std::optional<Setting>> values;
};
[[nodiscard]] inline bool operator==(const Record& a, const Record& b) {
    return a.values == b.values;
}

/// The rows of the objects that an option holds.
struct FieldRows {
    const Option* first{nullptr};
    std::size_t count{0};
};

/// `set` takes only what fits `kind` (the reader has checked it). Keys of objects have neither.
struct Access {
    Section section;
    Kind kind;
    Setting (*get)(const Config&, const BankConfig&);
    void (*set)(Config&, BankConfig&, const Setting&);
    std::span<const std::string_view> choices;
    FieldRows fields{};
    bool (*takesPath)(std::string_view){nullptr}; ///< for Paths
};

/// One line of a table. `lowest` and `highest` bound numbers in `unit`, the characters of a text,
/// the entries of a list; both 0 for flags, choices and objects. The key ends in the unit, and its
/// dots are the nesting in the file.
struct Option {
    std::string_view key;
    Access access;
    double lowest;
    double highest;
    std::string_view unit;
    Format format;
    std::string_view help;
};

using Rows = std::span<const Option>;

[[nodiscard]] inline Rows fieldsOf(const Option& option) {
    return {option.access.fields.first, option.access.fields.count};
}

} // namespace busbar::config
