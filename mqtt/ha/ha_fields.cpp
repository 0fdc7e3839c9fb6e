// SPDX-License-Identifier: MIT
// From the tables of entities to the fields that they show.
#include "mqtt/ha/ha_fields.hpp"

#include "core/table/path_table.hpp"
#include "documents/limits.hpp"
#include "documents/row_names.hpp"

#include <string>

namespace busbar::mqtt {

namespace {

/// Of a limit: what an entity of its own shows, or what changes all the time. Attributes are stored
/// whenever they change.
constexpr auto kNoAttributes = std::to_array<std::string_view>({"value", "power_W", "limiters"});

} // namespace

HaFields::HaFields(std::span<const Entity> entities) {
    for (RowIndex index = 0; index < kRowCount; ++index)
        if (!kRows.at(index).name.empty())
            want(documents::rowName(index), Part::Whole);
    want("cells", Part::Whole);
    want(partsEntity().key, Part::Whole);
    for (const Entity& entity : entities) {
        if (!entity.attributes.empty())
            want(entity.attributes, Part::Whole);
        if (entity.shape != Shape::None && entity.shape != Shape::Event)
            want(entity.source.empty() ? entity.key : entity.source, Part::Whole);
    }
    for (const documents::LimitName& limit : documents::kLimits)
        for (const std::string_view name : kNoAttributes)
            want(std::string("limits.").append(limit.name).append(".").append(name), Part::Out);
}

/// `source`: "limits.charge.cause".
void HaFields::want(std::string_view source, Part part) {
    SaidNames::Place place = SaidNames::kRoot;
    while (!source.empty()) {
        const auto dot = source.find('.');
        place = SaidNames::within(place, source.substr(0, dot));
        const bool isLast = dot == std::string_view::npos;
        if (isLast)
            parts_[place] = part;
        else
            parts_.try_emplace(place, Part::Through);
        source = isLast ? std::string_view() : source.substr(dot + 1);
    }
}

HaFields::Part HaFields::find(SaidNames::Place place, Part around) const {
    const auto found = parts_.find(place);
    if (found != parts_.end())
        return found->second;
    return around == Part::Whole ? Part::Whole : Part::Out;
}

} // namespace busbar::mqtt
