// SPDX-License-Identifier: MIT
// Messages for banks and batteries of several kinds pass Home Assistant's rules, and their
// templates read what is really published.
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/settings.hpp"
#include "core/table/advice_code.hpp"
#include "core/table/controls.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/path_table.hpp"
#include "mqtt/ha/ha_discovery.hpp"
#include "unit/mqtt/ha_site.hpp"

#include <gmock/gmock.h>

#include <string>

namespace busbar::mqtt {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

BankSettings bankCalled(const std::string& id, int instance) {
    BankSettings settings;
    settings.id = id;
    settings.membership.takeAll = false;
    settings.membership.selected = {{Selector::Kind::Instance, std::to_string(instance)}};
    return settings;
}

/// Everything is announced and shown; the same again as it will be seen by others.
void showAll(HaSite& site) {
    site.evaluate();
    site.announceAll();
    site.publishDocuments();
    site.home.checkStates();
}

TEST(HaDiscoveryDocument, OfRichAndPoorBatteriesIsSound) {
    HaSite site;
    site.addRich(1, 16);
    site.addPoor(2);
    showAll(site);
    EXPECT_THAT(site.home.problems(), IsEmpty());
    EXPECT_THAT(site.home.devices(), SizeIs(3));
    EXPECT_EQ(site.home.state("sensor.busbar_home_main_voltage"), "26.4");
    EXPECT_EQ(site.home.state("sensor.busbar_home_serial_s1_soc"), "71.5");
}

TEST(HaDiscoveryDocument, SwitchesOnWhatAPersonLooksAt) {
    HaSite site;
    site.addRich(1, 16);
    showAll(site);
    std::size_t ofBank = 0;
    std::size_t ofBattery = 0;
    for (const std::string& id : site.home.enabledIds())
        ++(id.find("busbar_home_main_") != std::string::npos ? ofBank : ofBattery);
    EXPECT_LE(ofBank, 30U);
    EXPECT_GE(ofBank, 20U);
    EXPECT_EQ(ofBattery, 12U);
    EXPECT_GT(site.home.entityIds().size(), 150U) << "the rest is there";
}

TEST(HaDiscoveryDocument, ShowsPowerWithTheSignOfTheEnergyView) {
    HaSite site;
    site.addRich(1, 4);
    showAll(site);
    EXPECT_EQ(site.home.state("sensor.busbar_home_main_power"), "264");
    EXPECT_EQ(site.home.state("sensor.busbar_home_main_power_for_energy_view"), "-264");
}

TEST(HaDiscoveryDocument, SaysCausesInASentence) {
    HaSite site;
    site.addRich(1, 4);
    showAll(site);
    EXPECT_THAT(site.home.attributes("sensor.busbar_home_main_charge_limit_cause"),
                HasSubstr(R"("sentence":")"));
    EXPECT_THAT(site.home.attributes("sensor.busbar_home_main_charge_limit_cause"),
                Not(HasSubstr("limiters")));
}

TEST(HaDiscoveryDocument, LinksToThePageIfThereIsOne) {
    HaSite site;
    site.addPoor(1);
    site.evaluate();
    const HaDevice device = bankDevice(site.context, site.view());
    EXPECT_THAT(discoveryDocument(site.context, device), Not(HasSubstr("configuration_url")));
    site.context.pageUrl = "http://gx.local:8088/";
    EXPECT_THAT(discoveryDocument(site.context, device),
                HasSubstr(R"("configuration_url":"http://gx.local:8088/")"));
    site.announceAll();
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaDiscoveryDocument, OfABankWithoutBatteriesIsSound) {
    HaSite site;
    showAll(site);
    EXPECT_THAT(site.home.problems(), IsEmpty());
    EXPECT_EQ(site.home.state("sensor.busbar_home_main_soc"), "unknown");
    EXPECT_EQ(site.home.state("sensor.busbar_home_main_batteries_online"), "0");
}

TEST(HaDiscoveryDocument, OfSixtyFourBatteriesWithThirtyTwoCellsIsSound) {
    HaSite site;
    for (int instance = 1; instance <= 64; ++instance)
        site.addRich(instance, 32);
    showAll(site);
    EXPECT_THAT(site.home.problems(), IsEmpty());
    EXPECT_THAT(site.home.devices(), SizeIs(65));
    EXPECT_EQ(site.home.state("sensor.busbar_home_serial_s64_cell_32"), "3.331");
}

TEST(HaDiscoveryDocument, HasNoEntityForWhatABatteryDoesNotSay) {
    HaSite site;
    site.addPoor(1);
    showAll(site);
    const auto ids = site.home.entityIds();
    EXPECT_THAT(ids, Contains("sensor.busbar_home_serial_s1_voltage"));
    EXPECT_THAT(ids, Not(Contains("sensor.busbar_home_serial_s1_soc")));
    EXPECT_THAT(ids, Not(Contains("sensor.busbar_home_serial_s1_cell_1")));
    EXPECT_THAT(ids, Not(Contains("sensor.busbar_home_main_mos_temperature")));
}

TEST(HaDiscoveryDocument, SurvivesNamesOfAnyCharacters) {
    HaSite site;
    site.addRich(1, 4);
    site.put(1, row("/CustomName"), "Ä \"quoted\" \\ {{ 1 }} 电池");
    site.put(1, row("/ProductName"), "{% raw %}'");
    site.addPoor(2);
    site.put(2, row("/CustomName"), "bad \xff utf-8");
    showAll(site);
    EXPECT_THAT(site.home.problems(), IsEmpty());
    EXPECT_THAT(site.home.devices(), SizeIs(3));
}

// "a" + "max_cell_voltage" and "a_max" + "cell_voltage" must not be the same.
TEST(HaDiscoveryDocument, KeepsBatteriesApartWhateverTheirSerials) {
    HaSite site({bankCalled("serial_x", 1), bankCalled("two", 2)});
    site.addRich(1, 2);
    site.put(1, row("/Serial"), "X");
    site.addRich(2, 2);
    site.put(2, row("/Serial"), "X max_cell");
    site.evaluate();
    EXPECT_EQ(site.member(0, 1).id, "serial_x"); // as the bank
    std::set<std::string> unique;
    std::size_t count = 0;
    for (const HaDevice& device :
         {bankDevice(site.context, site.view(0)), bankDevice(site.context, site.view(1)),
          batteryDevice(site.context, site.view(0), site.member(0, 1)),
          batteryDevice(site.context, site.view(1), site.member(1, 2))}) {
        bench::HaModel alone;
        HaDevice copy = device;
        copy.viaDevice.clear();
        alone.publish("homeassistant/device/" + copy.deviceId + "/config",
                      discoveryDocument(site.context, copy));
        EXPECT_THAT(alone.problems(), IsEmpty());
        for (const std::string& id : alone.entityIds()) {
            ++count;
            unique.insert(alone.option(id, "unique_id").value());
        }
    }
    EXPECT_EQ(unique.size(), count);
}

TEST(HaDiscoveryDocument, ShowsWhoIsAwayEvenThen) {
    HaSite site;
    site.addRich(1, 2);
    showAll(site);
    site.home.publish(site.topics.batteryStatus("serial_s1"), "offline");
    EXPECT_EQ(site.home.state("sensor.busbar_home_serial_s1_voltage"), "unavailable");
    EXPECT_EQ(site.home.state("sensor.busbar_home_serial_s1_reason"), "takes_part");
    EXPECT_EQ(site.home.state("binary_sensor.busbar_home_serial_s1_connection"), "offline");
    EXPECT_EQ(site.home.state("switch.busbar_home_serial_s1_in_service"), "ON");
    site.home.publish(site.topics.status(), "offline");
    EXPECT_EQ(site.home.state("sensor.busbar_home_serial_s1_reason"), "unavailable");
}

TEST(HaDiscoveryDocument, ShowsAlarmsAsProblemsWithTheirLevel) {
    HaSite site;
    site.addRich(1, 2);
    showAll(site);
    const std::string of = "busbar_home_serial_s1_alarm_";
    EXPECT_EQ(site.home.state("binary_sensor." + of + "low_soc"), "ON");
    EXPECT_EQ(site.home.state("sensor." + of + "low_soc_level"), "warning");
    EXPECT_EQ(site.home.state("binary_sensor." + of + "high_temperature"), "OFF");
    EXPECT_EQ(site.home.state("sensor." + of + "high_temperature_level"), "ok");
    EXPECT_EQ(site.home.state("sensor." + of + "internal_failure_level"), "alarm");
}

TEST(HaDiscoveryDocument, GivesTheEnergyDashboardTotalsThatDoNotExpire) {
    HaSite site;
    site.addRich(1, 2);
    showAll(site);
    for (const auto* const device : {"main", "serial_s1"})
        for (const auto* const key : {"charged_energy", "discharged_energy"}) {
            const std::string id = std::string("sensor.busbar_home_") + device + "_" + key;
            EXPECT_EQ(site.home.option(id, "device_class"), "energy") << id;
            EXPECT_EQ(site.home.option(id, "state_class"), "total_increasing") << id;
            EXPECT_EQ(site.home.option(id, "unit_of_measurement"), "kWh") << id;
            EXPECT_EQ(site.home.option(id, "expire_after"), std::nullopt) << id;
            EXPECT_EQ(site.home.state(id), "0.0") << id;
        }
    EXPECT_EQ(site.home.option("sensor.busbar_home_main_power", "expire_after"), "180");
}

TEST(HaDiscoveryDocument, HidesCellsAndResistancesUntilTheUserAsks) {
    HaSite site;
    site.addRich(1, 2);
    showAll(site);
    for (const auto* const key : {"cell_1", "resistance", "alarm_low_soc_level"})
        EXPECT_EQ(site.home.option(std::string("sensor.busbar_home_serial_s1_") + key,
                                   "enabled_by_default"),
                  "false")
            << key;
    EXPECT_EQ(site.home.option("sensor.busbar_home_main_soc", "enabled_by_default"), std::nullopt);
}

TEST(HaDiscoveryDocument, OffersOnlyControlsThatWork) {
    HaSite site;
    site.addPoor(1);
    site.evaluate();
    HaDevice bank = bankDevice(site.context, site.view());
    const auto highest = [&bank](ControlKind kind) -> std::optional<double>& {
        return bank.controls.at(static_cast<std::size_t>(kind));
    };
    highest(ControlKind::BalanceNow).reset();
    highest(ControlKind::ResetCounter).reset();
    highest(ControlKind::MaxCharge) = 120.5;
    highest(ControlKind::MaxDischarge) = 0.0;
    highest(ControlKind::ChargeTarget) = kLeastTarget_pct; // a number that can only be this
    site.publishDevice(bank);
    const auto ids = site.home.entityIds();
    EXPECT_THAT(ids, Not(Contains("button.busbar_home_main_balance_now")));
    EXPECT_THAT(ids, Not(Contains("button.busbar_home_main_reset_counter")));
    EXPECT_THAT(ids, Not(Contains("number.busbar_home_main_max_discharge")));
    EXPECT_THAT(ids, Not(Contains("number.busbar_home_main_charge_target")));
    EXPECT_EQ(site.home.option("number.busbar_home_main_max_charge", "max"), "120.5");
    EXPECT_EQ(site.home.option("number.busbar_home_main_max_charge", "command_topic"),
              "busbar/home/set/bank/main/max_charge_A");

    site.context.takesCommands = false;
    site.home.publish("homeassistant/device/busbar_home_main/config",
                      discoveryDocument(site.context, bank, Absent::Removed));
    for (const std::string& id : site.home.entityIds())
        EXPECT_EQ(site.home.option(id, "command_topic"), std::nullopt) << id;
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaDiscoveryDocument, TakesEveryEventOfItsOwnBank) {
    HaSite site({bankCalled("main", 1), bankCalled("other", 2)});
    site.addPoor(1);
    site.addPoor(2);
    showAll(site);
    const std::string own = "event.busbar_home_main_events";
    for (std::size_t kind = 0; kind < kEventKindCount; ++kind) {
        Event event;
        event.kind = static_cast<EventKind>(kind);
        event.text = "a 'text' & \"more\"";
        site.home.publish(site.topics.event(), eventDocument(site.view(0), event, site.now));
        EXPECT_EQ(site.home.state(own), toText(event.kind));
    }
    EXPECT_EQ(site.home.state("event.busbar_home_other_events"), "unknown");
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaDiscoveryDocument, ShowsTheFirstAdviceAndAllOfItsTexts) {
    HaSite site;
    site.addPoor(1);
    showAll(site);
    EXPECT_EQ(site.home.state("sensor.busbar_home_main_advice"), "none");
    for (std::size_t code = 0; code < kAdviceCount; ++code) {
        site.advice = {{static_cast<AdviceCode>(code), "Change 'this'."}};
        site.publishDocuments();
        EXPECT_EQ(site.home.state("sensor.busbar_home_main_advice"),
                  toText(static_cast<AdviceCode>(code)));
    }
    EXPECT_THAT(site.home.attributes("sensor.busbar_home_main_advice"),
                HasSubstr("Change 'this'."));
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaDiscoveryDocument, KnowsEveryCauseAndEveryReason) {
    HaSite site;
    site.addPoor(1);
    showAll(site);
    for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
        site.reports[0].charge.cause = static_cast<Cause>(cause);
        site.reports[0].chargeVoltage = Limit{28.4, static_cast<Cause>(cause), "B1", "c3"};
        site.publishDocuments();
        EXPECT_EQ(site.home.state("sensor.busbar_home_main_charge_voltage_limit_cause"),
                  toText(static_cast<Cause>(cause)));
        site.home.checkStates();
    }
    for (std::size_t reason = 1; reason < kOutReasonCount; ++reason) {
        site.reports[0].members.at(0).reason = static_cast<OutReason>(reason);
        site.publishDocuments();
        site.home.checkStates();
    }
    EXPECT_THAT(site.home.attributes("sensor.busbar_home_main_charge_voltage_limit_cause"),
                HasSubstr("\"cell\":\"c3\""));
    EXPECT_THAT(site.home.problems(), IsEmpty());
}

TEST(HaDiscoveryDocument, TellsTheDeviceByItsOwnTexts) {
    HaSite site;
    site.addRich(1, 2);
    site.evaluate();
    const auto document =
        batteryDiscovery(site.context, site.view(), site.reports[0].members.at(0));
    EXPECT_THAT(document, HasSubstr(R"("identifiers":["busbar_home_serial_s1"])"));
    EXPECT_THAT(document, HasSubstr(R"("model":"Pack")"));
    EXPECT_THAT(document, HasSubstr(R"("serial_number":"S1")"));
    EXPECT_THAT(document, HasSubstr(R"("sw_version":"1.2")"));
    EXPECT_THAT(document, HasSubstr(R"("via_device":"busbar_home_main")"));
    EXPECT_THAT(document, Not(HasSubstr("\"object_id\"")));
}

// A broker on a GX keeps 8 MiB per client; 65 devices of this size are a third of that.
TEST(HaDiscoveryDocument, StaysSmall) {
    HaSite site;
    site.addRich(1, 16);
    site.addRich(2, 32);
    site.evaluate();
    const auto sizeOf = [&](std::size_t member) {
        return batteryDiscovery(site.context, site.view(), site.reports[0].members.at(member))
            .size();
    };
    RecordProperty("bank", std::to_string(bankDiscovery(site.context, site.view()).size()));
    RecordProperty("battery16", std::to_string(sizeOf(0)));
    RecordProperty("battery32", std::to_string(sizeOf(1)));
    EXPECT_LT(bankDiscovery(site.context, site.view()).size(), 64U * 1024U);
    EXPECT_LT(sizeOf(1), 64U * 1024U);
}

} // namespace
} // namespace busbar::mqtt
