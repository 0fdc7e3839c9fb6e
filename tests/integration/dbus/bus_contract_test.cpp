// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"
#include "dbus_test.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

namespace busbar::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr auto kInterfaces = std::to_array<const char*>({"com.victronenergy.BusItem", nullptr});

std::string published(const std::string& value, const std::string& text) {
    return "a{sv}[s:\"Value\"=<" + value + "> s:\"Text\"=<s:\"" + text + "\">]";
}

/// What a value of this quantity must look like on the bus, written down once more: `d` for what is
/// measured, `i` for what is counted or named, `s` for texts.
std::string wire(Quantity quantity, double number) {
    using enum Quantity;
    static constexpr auto kIntegers =
        std::to_array<Quantity>({Duration, Count, Flag, Alarm, Enum, Hex});
    if (quantity == Text)
        return "s:\"x\"";
    const bool isInteger = std::ranges::find(kIntegers, quantity) != kIntegers.end();
    return (isInteger ? "i:" : "d:") + std::to_string(static_cast<int>(number));
}

TEST_F(PublishedTest, GetItemsHasEveryPublishedRowAndNothingElse) {
    const Reply reply = client.call(kService, "/", "GetItems");
    ASSERT_EQ(reply.error, "");
    EXPECT_STREQ(sd_bus_message_get_signature(reply.message.get(), 1), "a{sa{sv}}");
    const std::string items = reply.text();
    std::size_t rows = 0;
    for (const Row& r : kRows) {
        const bool isThere = items.find("s:\"" + std::string(r.path) + "\"=a{sv}[s:\"Value\"=<") !=
                             std::string::npos;
        EXPECT_EQ(isThere, isPublished(r)) << r.path;
        rows += isPublished(r) ? 1U : 0U;
    }
    std::size_t leaves = 0;
    for (std::size_t at = items.find("\"Value\""); at != std::string::npos;
         at = items.find("\"Value\"", at + 1))
        ++leaves;
    EXPECT_EQ(leaves, rows);
    EXPECT_THAT(items, HasSubstr("s:\"/Soc\"=" + published("d:71.5", "71.5%")));
    EXPECT_THAT(items, HasSubstr("s:\"/Soh\"=" + published("ai[]", "---")));
    EXPECT_THAT(items, HasSubstr("s:\"/ProductId\"=" + published("i:47797", "0xBAB5")));
    EXPECT_THAT(items, HasSubstr("s:\"/DeviceInstance\"=" + published("i:0", "0")));
    EXPECT_THAT(items, HasSubstr("s:\"/CustomName\"=" + published("s:\"Bank\"", "Bank")));
}

TEST_F(PublishedTest, EveryRowHasItsTypeAndText) {
    for (const double number : {0.0, 1.0}) {
        for (std::size_t i = 0; i < kRowCount; ++i)
            snapshot.rows.at(i) =
                kRows.at(i).quantity == Quantity::Text ? Value("x") : Value(number);
        publish(snapshot);
        for (const Row& r : kRows) {
            if (!isPublished(r) || r.path == "/CustomName" || r.path == "/DeviceInstance")
                continue;
            const std::string path(r.path);
            EXPECT_EQ(client.call(kService, path, "GetValue").text(),
                      "<" + wire(r.quantity, number) + ">")
                << path;
            const std::string text =
                r.quantity == Quantity::Text ? "x" : displayText(r.quantity, number);
            EXPECT_EQ(client.call(kService, path, "GetText").text(), "s:\"" + text + "\"") << path;
        }
    }
}

TEST_F(PublishedTest, BranchesGiveRelativePaths) {
    EXPECT_EQ(client.call(kService, "/Dc", "GetValue").text(),
              "<a{sv}[s:\"0/Current\"=<d:-8> s:\"0/Power\"=<d:-422> s:\"0/Temperature\"=<ai[]> "
              "s:\"0/Voltage\"=<d:52.81>]>");
    EXPECT_EQ(
        client.call(kService, "/Dc/0", "GetText").text(),
        "<a{ss}[s:\"Current\"=s:\"-8.0A\" s:\"Power\"=s:\"-422W\" s:\"Temperature\"=s:\"---\" "
        "s:\"Voltage\"=s:\"52.81V\"]>");
    const std::string all = client.call(kService, "/", "GetValue").text();
    EXPECT_THAT(all, StartsWith("<a{sv}[s:\"Alarms/Alarm\"=<ai[]> "));
    EXPECT_THAT(all, HasSubstr(" s:\"Soc\"=<d:71.5> "));
    EXPECT_THAT(client.call(kService, "/", "GetText").text(), HasSubstr(" s:\"Soc\"=s:\"71.5%\" "));
    EXPECT_THAT(all, Not(HasSubstr("NumberOfBmses")));
}

TEST_F(PublishedTest, UnknownIsAnEmptyArrayAndThreeDashes) {
    EXPECT_EQ(client.call(kService, "/Soh", "GetValue").text(), "<ai[]>");
    EXPECT_EQ(client.call(kService, "/Soh", "GetText").text(), "s:\"---\"");
}

TEST_F(PublishedTest, WhatIsNotThereGetsTheRightError) {
    struct Case {
        const char* path;
        const char* member;
        const char* error;
    };
    for (const auto& [path, member, error] : std::to_array<Case>({
             {"/Nope", "GetValue", kUnknownObject},
             {"/Nope", "SetValue", kUnknownObject},
             {"/Dc/1", "GetValue", kUnknownObject},
             {"/Dc/0/Voltage/x", "GetText", kUnknownObject},
             {"/NumberOfBmses", "GetValue", kUnknownObject},
             {"/Soc", "GetMin", kUnknownMethod},
             {"/Soc", "GetItems", kUnknownMethod},
             {"/Dc", "GetItems", kUnknownMethod},
             {"/Dc", "SetValue", kUnknownMethod},
             {"/", "SetValue", kUnknownMethod},
         }))
        for (const char* interface : kInterfaces)
            EXPECT_EQ(client.send(client.newCall(kService, path, interface, member)).error, error)
                << path << " " << member << " "
                << (interface == nullptr ? "no interface" : interface);
    EXPECT_EQ(client.send(client.newCall(kService, "/Soc", "com.example.Other", "GetValue")).error,
              kUnknownMethod);
    EXPECT_EQ(client.call(kService, "/Soc", "GetValue", "s", "x").error,
              "org.freedesktop.DBus.Error.InvalidArgs");
}

TEST_F(PublishedTest, CallsWithoutInterfaceWork) {
    const auto bare = [this](const char* path, const char* member) {
        return client.send(client.newCall(kService, path, nullptr, member)).text();
    };
    EXPECT_EQ(bare("/Soc", "GetValue"), "<d:71.5>");
    EXPECT_EQ(bare("/Soc", "GetText"), "s:\"71.5%\"");
    EXPECT_THAT(bare("/", "GetItems"), StartsWith("a{sa{sv}}[s:\"/Alarms/Alarm\"="));
    EXPECT_THAT(bare("/Dc", "GetValue"), StartsWith("<a{sv}[s:\"0/Current\"=<d:-8> "));
    EXPECT_THAT(bare("/Dc/0", "GetText"), StartsWith("<a{ss}[s:\"Current\"="));
}

TEST_F(PublishedTest, IntrospectionNamesMethodsAndChildren) {
    const auto introspect = [this](const char* path) {
        return client
            .send(
                client.newCall(kService, path, "org.freedesktop.DBus.Introspectable", "Introspect"))
            .text();
    };
    const std::string root = introspect("/");
    for (const char* part :
         {"<node name=\"Dc\"/>", "<node name=\"Soc\"/>", "<method name=\"GetItems\">",
          "<arg type=\"a{sa{sv}}\" direction=\"out\"/>", "<signal name=\"ItemsChanged\">"})
        EXPECT_THAT(root, HasSubstr(part));
    EXPECT_THAT(introspect("/Dc"), HasSubstr("<node name=\"0\"/>"));
    EXPECT_THAT(introspect("/Dc"), Not(HasSubstr("SetValue")));
    const std::string leaf = introspect("/Soc");
    for (const char* part : {"<method name=\"SetValue\">", "<arg type=\"v\" direction=\"in\"/>",
                             "<arg type=\"i\" direction=\"out\"/>", "<method name=\"GetText\">"})
        EXPECT_THAT(leaf, HasSubstr(part));
}

TEST_F(PublishedTest, OneSignalPerPublishWithOnlyWhatChanged) {
    snapshot[row("/Soc")] = 71.4;
    snapshot[row("/Dc/0/Voltage")] = Value();
    publish(snapshot);
    ASSERT_EQ(client.signals.size(), 1U);
    const Signal& signal = client.signals.front();
    EXPECT_EQ(signal.path, "/");
    EXPECT_EQ(signal.member, "ItemsChanged");
    EXPECT_EQ(signal.sender, client.ownerOf(kService));
    EXPECT_EQ(signal.body, "a{sa{sv}}[s:\"/Dc/0/Voltage\"=" + published("ai[]", "---") +
                               " s:\"/Soc\"=" + published("d:71.4", "71.4%") + "]");
}

TEST_F(PublishedTest, TenThousandUnchangedPublishesSendNothing) {
    const auto before = service.health();
    for (int i = 0; i < 10000; ++i) {
        snapshot[row("/Soc")] = 71.5 + (i % 2 == 0 ? 0.01 : -0.01); // the same after rounding
        service.publish(snapshot);
    }
    publish(snapshot);
    EXPECT_EQ(client.signals.size(), 0U);
    EXPECT_EQ(service.health().signals, before.signals);
    EXPECT_EQ(service.health().items, before.items);
}

TEST_F(PublishedTest, OwnPathsIgnoreTheSnapshot) {
    snapshot[row("/DeviceInstance")] = 77.0;
    snapshot[row("/CustomName")] = "other";
    publish(snapshot);
    EXPECT_EQ(client.call(kService, "/DeviceInstance", "GetValue").text(), "<i:0>");
    EXPECT_EQ(client.call(kService, "/CustomName", "GetValue").text(), "<s:\"Bank\">");
    EXPECT_EQ(client.signals.size(), 0U);
}

TEST_F(PublishedTest, WhatNoClientSurvivesNeverReachesTheBus) {
    snapshot[row("/Soc")] = "full";
    snapshot[row("/Dc/0/Voltage")] = std::numeric_limits<double>::quiet_NaN();
    snapshot[row("/Dc/0/Current")] = -std::numeric_limits<double>::infinity();
    snapshot[row("/ProductName")] = "caf\xE9 \xC3\xA9 \xED\xA0\x80";
    snapshot[row("/Serial")] = 1234.0;
    snapshot[row("/System/NrOfBatteries")] = 1e300;
    publish(snapshot);
    for (const char* path : {"/Soc", "/Dc/0/Voltage", "/Dc/0/Current", "/System/NrOfBatteries"})
        EXPECT_EQ(client.call(kService, path, "GetValue").text(), "<ai[]>") << path;
    EXPECT_EQ(client.call(kService, "/ProductName", "GetValue").text(),
              "<s:\"caf? \xC3\xA9 ???\">");
    EXPECT_EQ(client.call(kService, "/Serial", "GetValue").text(), "<s:\"1234\">");
    EXPECT_TRUE(isOnBus(service));
}

TEST_F(PublishedTest, LargeCountsTravelAs64Bit) {
    snapshot[row("/TimeToGo")] = 4000000000.0;
    publish(snapshot);
    EXPECT_EQ(client.call(kService, "/TimeToGo", "GetValue").text(), "<x:4000000000>");
}

TEST_F(PublishedTest, ExtrasAppearChangeAndBecomeUnknown) {
    snapshot.extras = {{"/Voltages/Cell1", Quantity::CellVoltage, 3.31},
                       {"/Voltages/Cell2", Quantity::CellVoltage, 3.32}};
    publish(snapshot);
    ASSERT_EQ(client.signals.size(), 1U);
    EXPECT_EQ(client.signals.back().body,
              "a{sa{sv}}[s:\"/Voltages/Cell1\"=" + published("d:3.31", "3.310V") +
                  " s:\"/Voltages/Cell2\"=" + published("d:3.32", "3.320V") + "]");
    EXPECT_EQ(client.call(kService, "/Voltages/Cell2", "GetValue").text(), "<d:3.32>");
    EXPECT_THAT(client.call(kService, "/Voltages", "GetText").text(),
                HasSubstr("s:\"Cell1\"=s:\"3.310V\""));

    snapshot.extras = {{"/Voltages/Cell1", Quantity::CellVoltage, 3.31},
                       {"/Pack/7/Name", Quantity::Text, "A"}};
    std::ranges::sort(snapshot.extras, {}, &Item::path);
    publish(snapshot);
    ASSERT_EQ(client.signals.size(), 2U);
    EXPECT_EQ(client.signals.back().body,
              "a{sa{sv}}[s:\"/Voltages/Cell2\"=" + published("ai[]", "---") +
                  " s:\"/Pack/7/Name\"=" + published("s:\"A\"", "A") + "]");
    EXPECT_EQ(client.call(kService, "/Pack", "GetValue").text(), "<a{sv}[s:\"7/Name\"=<s:\"A\">]>");
    EXPECT_EQ(client.call(kService, "/Voltages/Cell2", "GetValue").text(), "<ai[]>");

    snapshot.extras = {{"/Voltages/Cell2", Quantity::CellVoltage, 3.3}};
    publish(snapshot);
    EXPECT_EQ(client.call(kService, "/Voltages/Cell2", "GetValue").text(), "<d:3.3>");
    EXPECT_EQ(client.call(kService, "/Pack/7/Name", "GetValue").text(), "<ai[]>");
}

TEST_F(PublishedTest, AChoiceIsTakenWithinItsRangeAndKept) {
    const auto shown = [this] { return client.call(kService, "/Choice", "GetValue").text(); };
    const auto choose = [this](const char* types, auto... arguments) {
        return client.call(kService, "/Choice", "SetValue", types, arguments...).text();
    };
    snapshot.extras = {{"/Choice", Quantity::Count, 1.0, 3}, {"/Voltage", Quantity::Voltage, 26.4}};
    publish(snapshot);
    EXPECT_EQ(shown(), "<i:1>");
    EXPECT_EQ(choose("v", "i", 3), "i:0");
    EXPECT_EQ(shown(), "<i:3>");
    EXPECT_EQ(choose("v", "i", 4), "i:2");
    EXPECT_EQ(choose("v", "i", 0), "i:2");
    EXPECT_EQ(choose("v", "i", -1), "i:2");
    EXPECT_EQ(choose("v", "s", "2"), "i:3");
    EXPECT_EQ(choose("v", "ai", 0), "i:2") << "nothing is none of them";
    EXPECT_EQ(client.call(kService, "/Voltage", "SetValue", "v", "d", 1.0).text(), "i:1");
    EXPECT_EQ(shown(), "<i:3>");
    EXPECT_EQ(chosen, std::vector<std::string>{"/Choice 3"}) << "the owner is told";

    snapshot.extras[1].value = 26.5;
    publish(snapshot);
    EXPECT_EQ(shown(), "<i:3>") << "other news leave it";
    snapshot.extras[0].choices = 2;
    publish(snapshot);
    EXPECT_EQ(shown(), "<i:1>") << "the third is gone";
    EXPECT_EQ(choose("v", "i", 3), "i:2");
    snapshot.extras.clear();
    publish(snapshot);
    EXPECT_EQ(shown(), "<ai[]>");
    EXPECT_EQ(choose("v", "i", 1), "i:2");
}

TEST_F(PublishedTest, ExtrasThatCannotBePathsAreLeftOutAndLoggedOnce) {
    const auto bad =
        std::to_array<std::string>({"", "/", "/A//B", "/Dc", "/Dc/0/Voltage/x", "/Pack/", "/Pack-1",
                                    "/Soc", "/Zell\xC3\xA9", "Pack"});
    for (const std::string& path : bad)
        snapshot.extras.push_back({path, Quantity::Count, 5.0});
    std::ranges::sort(snapshot.extras, {}, &Item::path);
    publish(snapshot);
    snapshot.extras.push_back({"/zzz", Quantity::Count, 6.0});
    publish(snapshot);
    EXPECT_EQ(log.count("path_refused"), static_cast<int>(bad.size())) << log.all();
    EXPECT_EQ(client.call(kService, "/Soc", "GetValue").text(), "<d:71.5>");
    EXPECT_EQ(client.call(kService, "/zzz", "GetValue").text(), "<i:6>");
    EXPECT_EQ(client.call(kService, "/Dc/0/Voltage", "GetValue").text(), "<d:52.81>");
}

TEST_F(PublishedTest, TwoBatteriesAreTwoConnections) {
    dbus::BusSettings second = settings();
    second.service = "busbar_second";
    dbus::BatteryService other(loop, second, {.uid = "busbar_second", .customName = ""});
    other.publish(snapshot);
    other.setOnBus(true);
    other.start();
    ASSERT_TRUE(pump([&] { return isOnBus(other); }));
    const std::string first = client.ownerOf(kService);
    const std::string later = client.ownerOf("com.victronenergy.battery.busbar_second");
    EXPECT_THAT(first, StartsWith(":"));
    EXPECT_THAT(later, StartsWith(":"));
    EXPECT_NE(first, later);
}

TEST_F(DbusTest, NameComesLastWithAllThatClientsReadThen) {
    dbus::BatteryService service(loop, settings(), {.uid = "busbar_main", .customName = ""});
    BusClient client(loop, bus.address());
    service.start();
    service.setOnBus(true);
    ASSERT_TRUE(pump([&] { return service.state() == dbus::BusState::Ready; }));
    EXPECT_FALSE(pump([&] { return !client.ownerOf(kService).empty(); }, 50ms))
        << "nothing was published yet";
    service.publish(exampleSnapshot());
    ASSERT_TRUE(pump([&] { return !client.ownerOf(kService).empty(); }));
    const std::string items = client.call(kService, "/", "GetItems").text();
    EXPECT_THAT(items, HasSubstr("s:\"/DeviceInstance\"=" + published("i:0", "0")));
    EXPECT_THAT(items, HasSubstr("s:\"/Info/MaxChargeVoltage\"=" + published("d:55.2", "55.20V")));
    ASSERT_TRUE(pump([&] { return isOnBus(service); }));
    EXPECT_EQ(service.health().signals, 0U) << "nobody knew the service when its values were set";
}

TEST_F(PublishedTest, LeavingTheBusGivesTheNameBackAndKeepsTheConnection) {
    const std::string before = client.ownerOf(kService);
    service.setOnBus(false);
    ASSERT_TRUE(pump([&] { return client.ownerOf(kService).empty(); }));
    ASSERT_TRUE(pump([&] { return service.state() == dbus::BusState::Ready; }));
    snapshot[row("/Soc")] = 40.0;
    service.publish(snapshot);
    service.setOnBus(true);
    ASSERT_TRUE(pump([&] { return isOnBus(service); }));
    EXPECT_EQ(client.ownerOf(kService), before);
    EXPECT_EQ(client.call(kService, "/Soc", "GetValue").text(), "<d:40>");
}

TEST_F(PublishedTest, WishesThatFollowEachOtherQuicklyEndWithTheLast) {
    for (int i = 0; i < 20; ++i)
        service.setOnBus(i % 2 == 0);
    ASSERT_TRUE(pump([&] {
        return service.state() == dbus::BusState::Ready && client.ownerOf(kService).empty();
    }));
    for (int i = 0; i < 21; ++i)
        service.setOnBus(i % 2 == 0);
    ASSERT_TRUE(pump([&] { return isOnBus(service) && !client.ownerOf(kService).empty(); }));
}

TEST_F(PublishedTest, StoppingGivesTheNameBackAndStartingAgainShowsTheValues) {
    service.stop();
    ASSERT_TRUE(pump([&] { return client.ownerOf(kService).empty(); }));
    EXPECT_EQ(service.state(), dbus::BusState::Off);
    service.setOnBus(true);
    service.start();
    ASSERT_TRUE(pump([&] { return isOnBus(service); }));
    EXPECT_EQ(client.call(kService, "/Soc", "GetValue").text(), "<d:71.5>");
}

TEST_F(PublishedTest, StoppingAfterTheLoopHasEndedWorks) {
    Timer end(loop, [this](const Now&) { loop.exit(0); });
    end.arm(1ms);
    EXPECT_EQ(loop.run(), 0);
    service.publish(exampleSnapshot());
    service.stop();
    EXPECT_EQ(client.ownerOf(kService), "");
}

TEST_F(DbusTest, NoneMeansNoBusAtAll) {
    dbus::BusSettings off = settings();
    off.bus = "none";
    dbus::BatteryService service(loop, off, {.uid = "busbar_main", .customName = ""});
    service.start();
    service.setOnBus(true);
    service.publish(exampleSnapshot());
    EXPECT_FALSE(pump([&] { return service.state() != dbus::BusState::Off; }, 50ms));
    EXPECT_EQ(log.all(), "");
}

} // namespace
} // namespace busbar::test
