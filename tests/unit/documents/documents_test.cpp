// SPDX-License-Identifier: MIT
#include "core/bank_view.hpp"
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "documents/bank.hpp"
#include "documents/battery.hpp"
#include "documents/event.hpp"
#include "documents/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace busbar::documents_test {
namespace {

using documents::Form;
using documents::Line;
using documents::Piece;
using documents::Step;
using ::testing::Contains;

const std::vector<std::vector<Line>>& allDocuments() {
    static const std::vector<std::vector<Line>> kAll = {
        documents::bankLines(), documents::batteryLines(), documents::eventLines(),
        documents::healthLines()};
    return kAll;
}

/// A bank with one battery, an advice and an event.
struct Site {
    BankSettings settings;
    Snapshot snapshot;
    BankReport report;
    std::vector<Event> events{{EventKind::Alarm, "Pack", "x", 1.0, true}};
    Controls controls;
    std::vector<Advice> advice{{AdviceCode::DvccOff, "x"}};
    std::map<int, Battery> batteries;

    Site() {
        report.lastFull = WallTime(std::chrono::milliseconds(1500));
        report.members.resize(1);
        report.members[0].name = "Pack";
        report.members[0].instance = 1;
        Slot& soc = batteries[1].slots.at(row("/Soc"));
        soc.present = true;
        soc.value = 50.0;
    }
    [[nodiscard]] BankView view() const {
        return {settings, snapshot, report, events, controls, advice, batteries, false, false};
    }
    /// Everything, told to one reader.
    void tellAll(const documents::Reader& reader) const {
        documents::tellBank(view(), reader);
        documents::tellBattery(documents::viewOf(view(), report.members[0]), reader);
        documents::tellEvent({view(), events[0], {}}, reader);
        documents::tellHealth({{}, {}, {}}, reader);
    }
};

TEST(Documents, HaveNoNameTwice) {
    for (const auto& lines : allDocuments()) {
        std::set<std::string> names;
        for (const Line& line : lines)
            EXPECT_TRUE(names.insert(line.name).second) << line.name;
        EXPECT_THAT(names, Contains("layout"));
    }
}

TEST(Documents, SayWhatEachFieldMeans) {
    for (const auto& lines : allDocuments())
        for (const Line& line : lines)
            EXPECT_TRUE(!line.about.meaning.empty() || !line.about.path.empty()) << line.name;
}

TEST(Documents, NameWhatLiesWithinObjectsAndLists) {
    std::set<std::string> names;
    for (const auto& lines : allDocuments())
        for (const Line& line : lines)
            names.insert(line.name);
    for (const char* name :
         {"soc_pct", "limits.charge.value", "limits.charge.limiters[].own", "meters.full_cycles",
          "advice[].code", "batteries[].id", "cells[]", "output_session.losses"})
        EXPECT_THAT(names, Contains(name));
}

TEST(Documents, GiveEachFieldAValueOfItsForm) {
    Site().tellAll([](const Piece& piece) {
        if (piece.step != Step::Field || !piece.value.isKnown())
            return;
        const auto number = piece.value.number();
        const std::string_view name = piece.about.name;
        switch (piece.about.form) {
        case Form::Text:
            EXPECT_NE(piece.value.text(), nullptr) << name;
            break;
        case Form::Number:
            EXPECT_TRUE(number.has_value()) << name;
            break;
        case Form::Bound:
            EXPECT_TRUE(number || *piece.value.text() == "none") << name;
            break;
        case Form::Truth:
            EXPECT_TRUE(number == 0.0 || number == 1.0) << name;
            break;
        case Form::Time:
            EXPECT_TRUE(number && std::trunc(*number) == *number) << name;
            break;
        }
    });
}

TEST(Documents, CloseWhatTheyOpen) {
    std::vector<Step> open;
    Site().tellAll([&open](const Piece& piece) {
        if (piece.step == Step::Object || piece.step == Step::List)
            open.push_back(piece.step);
        if (piece.step == Step::EndObject || piece.step == Step::EndList) {
            ASSERT_FALSE(open.empty());
            EXPECT_EQ(open.back(), piece.step == Step::EndObject ? Step::Object : Step::List);
            open.pop_back();
        }
    });
    EXPECT_TRUE(open.empty());
}

TEST(Documents, TellMomentsInWholeSeconds) {
    const Site site;
    Value lastFull;
    documents::tellBank(site.view(), [&lastFull](const Piece& piece) {
        if (piece.about.name == "last_full")
            lastFull = piece.value;
    });
    EXPECT_EQ(lastFull, Value(1.0));
}

Value cellMaximumOf(Site& site) {
    Value found;
    documents::tellBank(site.view(), [&found](const Piece& piece) {
        if (piece.about.name == "cell_max_V")
            found = piece.value;
    });
    return found;
}

TEST(Documents, SayWhatNoCellShallPass) {
    Site site;
    EXPECT_EQ(cellMaximumOf(site), Value()) << "no preset, and nothing given";
    site.report.preset = Preset::Lfp;
    EXPECT_EQ(cellMaximumOf(site), Value(3.55));
    site.settings.limits.cvl.cellMax_V = 3.5;
    EXPECT_EQ(cellMaximumOf(site), Value(3.5));
    site.settings.limits.cvl.cellMax_V = 0.0;
    EXPECT_EQ(cellMaximumOf(site), Value()) << "switched off";
}

TEST(Documents, OfABatteryHaveOnlyTheRowsThatItHas) {
    const Site site;
    std::set<std::string> names;
    documents::tellBattery(documents::viewOf(site.view(), site.report.members[0]),
                           [&names](const Piece& piece) {
                               if (!piece.about.path.empty())
                                   names.insert(std::string(piece.about.path));
                           });
    EXPECT_EQ(names, std::set<std::string>{"/Soc"});
}

} // namespace
} // namespace busbar::documents_test
