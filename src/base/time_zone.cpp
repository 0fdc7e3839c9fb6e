// SPDX-License-Identifier: MIT
// Reads zone files.
#include "base/time_zone.hpp"

#include "base/file.hpp"
#include "base/zone_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace busbar {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kZoneHeader = 44;
constexpr std::size_t kZoneType = 6; ///< offset (4), summer time (1), where its name stands (1)
/// The largest of the 2026 files has 3.7 kB.
constexpr std::size_t kMostZoneBytes = 65536;
constexpr std::chrono::hours kFarthest{26}; ///< RFC 9636, of an offset

std::int64_t bigEndian(std::string_view bytes) {
    std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0
                              ? ~std::uint64_t{0}
                              : std::uint64_t{0};
    for (const char c : bytes)
        value = value << 8U | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

/// One of the two blocks of a file: how much of what it has.
struct ZoneBlock {
    std::size_t turns = 0;
    std::size_t types = 0;
    std::size_t size = 0; ///< bytes after its header

    /// Nothing if `file` does not begin with its header, or ends before it does.
    static std::optional<ZoneBlock> at(std::string_view file, std::size_t timeBytes) {
        if (file.size() < kZoneHeader || !file.starts_with("TZif") || file[4] < '2')
            return std::nullopt;
        std::array<std::size_t, 6> counts{};
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const std::int64_t count = bigEndian(file.substr(20 + 4 * i, 4));
            if (count < 0 || count > static_cast<std::int64_t>(file.size()))
                return std::nullopt;
            counts.at(i) = static_cast<std::size_t>(count);
        }
        const auto [marks, standards, leaps, turns, types, letters] = counts;
        const std::size_t size = turns * (timeBytes + 1) + types * kZoneType + letters +
                                 leaps * (timeBytes + 4) + standards + marks;
        if (file.size() - kZoneHeader < size)
            return std::nullopt;
        return ZoneBlock{turns, types, size};
    }
};

/// Offsets by type and turns by time, of the second block.
std::optional<TimeZone> turnsOf(const ZoneBlock& block, std::string_view data) {
    if (block.types == 0)
        return std::nullopt;
    const std::string_view types = data.substr(block.turns * 9);
    const auto offset = [&types](std::size_t type) {
        return seconds(bigEndian(types.substr(type * kZoneType, 4)));
    };
    TimeZone zone{.first = offset(0)};
    if (std::chrono::abs(zone.first) > kFarthest)
        return std::nullopt;
    for (std::size_t i = 0; i < block.turns; ++i) {
        const auto type = static_cast<unsigned char>(data[block.turns * 8 + i]);
        const sys_seconds at{seconds(bigEndian(data.substr(i * 8, 8)))};
        if (type >= block.types || (!zone.turns.empty() && at <= zone.turns.back().at) ||
            std::chrono::abs(offset(type)) > kFarthest)
            return std::nullopt;
        zone.turns.push_back({at, offset(type)});
    }
    return zone;
}

} // namespace

std::optional<TimeZone> parseTimeZone(std::string_view file) {
    if (file.size() > kMostZoneBytes)
        return std::nullopt;
    const auto old = ZoneBlock::at(file, 4);
    if (!old)
        return std::nullopt;
    file.remove_prefix(kZoneHeader + old->size);
    const auto block = ZoneBlock::at(file, 8);
    if (!block)
        return std::nullopt;
    file.remove_prefix(kZoneHeader);
    auto zone = turnsOf(*block, file);
    if (!zone)
        return std::nullopt;
    const std::string_view rule = file.substr(block->size);
    if (rule.size() < 2 || rule.front() != '\n' || rule.back() != '\n')
        return std::nullopt;
    if (rule.size() > 2 && !(zone->after = parseZoneRule(rule.substr(1, rule.size() - 2))))
        return std::nullopt;
    return zone;
}

std::optional<TimeZone> readTimeZone(const std::string& folder, std::string_view name) {
    if (!isZoneName(name))
        return std::nullopt;
    if (name == "UTC")
        return TimeZone{};
    std::string error;
    const auto file = readWholeFile(folder + "/" + std::string(name), kMostZoneBytes, error);
    return file ? parseTimeZone(*file) : std::nullopt;
}

seconds offsetAt(const TimeZone& zone, WallTime moment) {
    const auto at = std::chrono::floor<seconds>(moment);
    const auto next = std::ranges::upper_bound(zone.turns, at, {}, &TimeZone::Turn::at);
    if (next == zone.turns.end() && zone.after)
        return offsetAt(*zone.after, at);
    return next == zone.turns.begin() ? zone.first : std::prev(next)->offset;
}

} // namespace busbar
