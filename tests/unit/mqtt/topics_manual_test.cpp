// SPDX-License-Identifier: MIT
// The manual of topics against its file and against real documents.
#include "core/events.hpp"
#include "documents/bank.hpp"
#include "documents/battery.hpp"
#include "documents/event.hpp"
#include "documents/health.hpp"
#include "made_bank.hpp"
#include "mqtt/results/results_json.hpp"
#include "mqtt/results/topics_manual.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace busbar::mqtt {
namespace {

std::string fileText(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool has(const std::vector<documents::Line>& lines, const std::string& key) {
    return std::ranges::find(lines, key, &documents::Line::name) != lines.end();
}

void expectInManual(const rapidjson::Value& object, const std::string& prefix,
                    const std::vector<documents::Line>& lines) {
    for (const auto& entry : object.GetObject()) {
        const std::string key = prefix + entry.name.GetString();
        if (entry.value.IsObject())
            expectInManual(entry.value, key + ".", lines);
        else if (entry.value.IsArray() && !entry.value.Empty() && entry.value[0].IsObject())
            expectInManual(entry.value[0], key + "[].", lines);
        else
            EXPECT_TRUE(has(lines, entry.value.IsArray() ? key + "[]" : key)) << key;
    }
}

TEST(TopicsManual, IsTheFileInTheRepository) {
    EXPECT_TRUE(fileText(test::sourcePath("mqtt/TOPICS.md")) == topicsManual())
        << "run: busbar config --topics > mqtt/TOPICS.md";
}

TEST(TopicsManual, NamesEveryKeyOfEveryDocument) {
    made::Bank bank;
    bank.advice = {{AdviceCode::DvccOff, "x"}};
    bank.putCells(1, 1, 3.3);
    Health health;
    health.outputSession.emplace();
    const Event event{EventKind::Alarm, "", "x", 1.0, true};
    expectInManual(made::parsed(bankDocument(bank.view())), "", documents::bankLines());
    expectInManual(made::parsed(batteryDocument(bank.view(), bank.member("a"))), "",
                   documents::batteryLines());
    expectInManual(made::parsed(eventDocument(bank.view(), event, {})), "",
                   documents::eventLines());
    expectInManual(made::parsed(healthDocument(health, {}, {})), "", documents::healthLines());
}

} // namespace
} // namespace busbar::mqtt
