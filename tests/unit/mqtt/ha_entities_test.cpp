// SPDX-License-Identifier: MIT
// What entities show against what documents hold.
#include "documents/bank.hpp"
#include "documents/battery.hpp"
#include "documents/row_names.hpp"
#include "mqtt/ha/ha_entities.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace busbar::ha_entities_test {
namespace {

using documents::Line;
using mqtt::Entity;
using mqtt::Shape;

const Line* lineOf(const std::vector<Line>& lines, std::string_view name) {
    const auto found = std::ranges::find(lines, name, &Line::name);
    return found == lines.end() ? nullptr : &*found;
}

/// Home Assistant writes some units in its own way, and names what it counts.
bool isSameUnit(std::string_view entity, std::string_view field) {
    return entity == field || (entity == "mΩ" && field == "mOhm") ||
           (entity == "cycles" && field.empty());
}

void expectShown(std::span<const Entity> entities, const std::vector<Line>& lines) {
    for (const Entity& entity : entities) {
        if (entity.shape == Shape::None || entity.shape == Shape::Event)
            continue;
        std::string source(entity.source.empty() ? entity.key : entity.source);
        if (entity.shape == Shape::Advice)
            source += "[].code";
        const Line* line = lineOf(lines, source);
        ASSERT_NE(line, nullptr) << entity.key << " shows " << source;
        const std::string_view unit = entity.shape == Shape::Hours ? "s" : entity.unit;
        EXPECT_TRUE(isSameUnit(unit, line->about.unit)) << entity.key;
    }
}

void expectAttributes(std::span<const Entity> entities, const std::vector<Line>& lines) {
    for (const Entity& entity : entities) {
        const std::string within =
            std::string(entity.attributes) + (entity.attributesAs.empty() ? "." : "[].");
        EXPECT_TRUE(entity.attributes.empty() ||
                    std::ranges::any_of(
                        lines, [&](const Line& line) { return line.name.starts_with(within); }))
            << entity.key;
    }
}

TEST(HaEntities, ShowFieldsOfTheDocumentsInTheirUnits) {
    expectShown(mqtt::bankEntities(), documents::bankLines());
    expectShown(mqtt::batteryEntities(), documents::batteryLines());
    expectShown({&mqtt::partsEntity(), 1}, documents::batteryLines());
}

TEST(HaEntities, TakeTheirAttributesFromTheDocuments) {
    expectAttributes(mqtt::bankEntities(), documents::bankLines());
    expectAttributes(mqtt::batteryEntities(), documents::batteryLines());
}

TEST(HaEntities, OfRowsShowFieldsOfTheDocuments) {
    const auto lines = documents::batteryLines();
    for (RowIndex index = 0; index < kRowCount; ++index)
        if (const auto entity = mqtt::rowEntity(index)) {
            EXPECT_NE(lineOf(lines, documents::rowName(index)), nullptr) << entity->key;
        }
}

TEST(HaEntities, HaveNoKeyTwice) {
    for (const auto entities : {mqtt::bankEntities(), mqtt::batteryEntities()})
        for (const Entity& entity : entities)
            EXPECT_EQ(std::ranges::count(entities, entity.key, &Entity::key), 1) << entity.key;
}

} // namespace
} // namespace busbar::ha_entities_test
