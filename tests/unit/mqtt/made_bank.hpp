// SPDX-License-Identifier: MIT
// A bank made by hand, as outputs see it after a cycle, and a reader of JSON documents.
#pragma once

#include "core/bank_view.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/limits/cause.hpp"
#include "core/members/member.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace busbar::mqtt::made {

/// Owns all that a view refers to. Two batteries, `a` and `b`, on instances 1 and 2.
struct Bank {
    BankSettings settings;
    Snapshot snapshot;
    BankReport report;
    std::vector<Event> events;
    Controls controls;
    std::vector<Advice> advice;
    std::map<int, Battery> batteries;

    Bank() {
        report.stage = Stage::Normal;
        report.charge = {120.0, Cause::Member, "Pack A", "Cell 3"};
        report.discharge = {200.0, Cause::Ceiling, "", ""};
        report.chargeVoltage = Limit{55.2, Cause::Configured, "", ""};
        report.limiters.charge = {{report.charge, 0.5, 60.0},
                                  {{150.0, Cause::Ceiling, "", ""}, {}, {}}};
        report.limiters.discharge = {{report.discharge, {}, {}}};
        report.limiters.chargeVoltage = {{*report.chargeVoltage, {}, {}}};
        snapshot[row("/Dc/0/Voltage")] = 52.8;
        snapshot[row("/Dc/0/Current")] = -10.5;
        snapshot[row("/Dc/0/Power")] = -554.0;
        snapshot[row("/Soc")] = 71.5;
        snapshot[row("/Capacity")] = 200.0;
        showLimits();
        add("a", 1);
        add("b", 2);
    }

    void showLimits() {
        snapshot[row("/Info/MaxChargeCurrent")] = report.charge.value;
        snapshot[row("/Info/MaxDischargeCurrent")] = report.discharge.value;
        snapshot[row("/Info/MaxChargeVoltage")] = report.chargeVoltage->value;
    }
    MemberReport& add(const std::string& id, int instance) {
        MemberReport member;
        member.id = id;
        member.name = "Pack " + id;
        member.instance = instance;
        member.takesPart = true;
        report.members.push_back(member);
        put(instance, row("/Dc/0/Voltage"), 52.8);
        return report.members.back();
    }
    void remove(const std::string& id) {
        std::erase_if(report.members, [&](const MemberReport& m) { return m.id == id; });
    }
    MemberReport& member(const std::string& id) {
        for (MemberReport& m : report.members)
            if (m.id == id)
                return m;
        ADD_FAILURE() << "no member " << id;
        return report.members.front();
    }
    void put(int instance, RowIndex index, const Value& value) {
        Slot& slot = batteries[instance].slots.at(index);
        slot.present = true;
        slot.value = value;
    }
    void putCells(int instance, std::size_t count, double cell_V) {
        batteries[instance].cells.resize(count);
        for (Slot& cell : batteries[instance].cells) {
            cell.present = true;
            cell.value = cell_V;
        }
    }
    [[nodiscard]] BankView view() const {
        return {settings, snapshot, report, events, controls, advice, batteries, false, false};
    }
};

/// Fails, and is null, for what is not valid JSON in valid UTF-8, and for keys that come twice.
inline rapidjson::Document parsed(const std::string& text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
    EXPECT_FALSE(document.HasParseError()) << text;
    if (document.HasParseError() || !document.IsObject())
        return {};
    std::map<std::string, int> keys;
    for (const auto& entry : std::as_const(document).GetObject())
        EXPECT_EQ(++keys[entry.name.GetString()], 1) << entry.name.GetString();
    return document;
}

/// The key is there, and null.
inline bool isNull(const rapidjson::Value& object, const char* key) {
    return object.IsObject() && object.HasMember(key) && object[key].IsNull();
}

} // namespace busbar::mqtt::made
