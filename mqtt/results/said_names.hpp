// SPDX-License-Identifier: MIT
// Which fields of a document were ever known: the others are left out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace busbar::mqtt {

/// Of one document, for as long as the program runs. A field that was known once is said from then
/// on, as null while it is unknown: so one that is not there is one that this installation does not
/// have, or has not told yet.
class SaidNames {
public:
    /// A place in a document: names from outside to inside. Elements of a list are one place.
    using Place = std::uint64_t;
    static constexpr Place kRoot = 14695981039346656037ULL; // FNV-1a, 64 bit
    [[nodiscard]] static constexpr Place within(Place around, std::string_view name) {
        constexpr Place kPrime = 1099511628211ULL;
        for (const char c : name)
            around = (around ^ static_cast<unsigned char>(c)) * kPrime;
        return (around ^ static_cast<unsigned char>('.')) * kPrime;
    }

    /// True if the field is to be said.
    [[nodiscard]] bool take(Place place, bool isKnown) {
        if (isKnown)
            places_.insert(place);
        return isKnown || places_.contains(place);
    }
    [[nodiscard]] std::size_t size() const { return places_.size(); }

private:
    std::unordered_set<Place> places_;
};

} // namespace busbar::mqtt
