// SPDX-License-Identifier: MIT
// Edit distance with swaps (optimal string alignment) and the choice of the nearest key.
#include "config/nearest.hpp"

#include <algorithm>
#include <utility>

namespace busbar::config {

namespace {

constexpr std::size_t kLongestKey = 64;

char small(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view lastPart(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

/// A forgotten unit counts as one letter. `enough`: what is at least as far off need not be counted
/// out.
std::size_t partDistance(std::string_view wrong, std::string_view known, std::size_t enough) {
    const bool lacksUnit = !wrong.empty() && known.size() > wrong.size() &&
                           known.starts_with(wrong) && known[wrong.size()] == '_';
    if (lacksUnit)
        return 1;
    const std::size_t least = leastDistance(wrong, known);
    return least >= enough ? least : editDistance(wrong, known);
}

/// How far off a key is; one more if only its last part is compared.
std::size_t keyDistance(std::string_view wrong, std::string_view known, std::size_t enough) {
    return std::min(partDistance(wrong, known, enough),
                    partDistance(lastPart(wrong), lastPart(known), enough) + 1);
}

/// The largest distance that still looks like a slip.
std::size_t tolerated(std::size_t length) {
    return length < 3 ? 1 : std::max<std::size_t>(2, length / 3);
}

} // namespace

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool isSame = small(a[i - 1]) == small(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (isSame ? 0U : 1U)});
            if (i > 1 && j > 1 && small(a[i - 1]) == small(b[j - 2]) &&
                small(a[i - 2]) == small(b[j - 1]))
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

std::optional<std::string_view> nearestKey(std::string_view wrong,
                                           const std::vector<std::string_view>& known) {
    if (wrong.size() > kLongestKey)
        return std::nullopt;
    std::optional<std::string_view> nearest;
    std::size_t smallest = tolerated(lastPart(wrong).size()) + 1;
    for (std::string_view key : known) {
        const std::size_t distance = keyDistance(wrong, key, smallest);
        if (distance < smallest) {
            smallest = distance;
            nearest = key;
        }
    }
    return nearest;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string_view>& known,
                       std::string_view front) {
    const auto nearest = nearestKey(wrong, known);
    if (!nearest)
        return {};
    std::string text("; did you mean ");
    return text.append(front).append(*nearest).append("?");
}

} // namespace busbar::config
