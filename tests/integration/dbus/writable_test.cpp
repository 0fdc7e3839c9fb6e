// SPDX-License-Identifier: MIT
#include "core/cycle/surroundings.hpp"
#include "core/made/written.hpp"
#include "core/made/written_snapshot.hpp"
#include "dbus/bus_value.hpp"
#include "dbus_test.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace busbar::test {
namespace {

using dbus::BusItemTree;

/// A tree with a number (0 … 100, 13 is refused, above 100 becomes 100), a text, and a leaf that
/// nobody may set.
class WritableTest : public DbusTest {
protected:
    WritableTest() : tree(loop.faults()), server(loop, bus.address()), client(loop, bus.address()) {
        tree.add("/Limit", Quantity::Current, 50.0,
                 [this](Value& wanted) { return decide(wanted); });
        tree.add("/Name", Quantity::Text, "first", [](Value&) { return 0; });
        tree.add("/Soc", Quantity::Percent, 71.5);
        tree.attach(server.bus());
        tree.forgetChanges();
        server.own(kService);
        client.listen();
    }
    void TearDown() override { EXPECT_EQ(loop.faults().count(), 0U) << log.all(); }

    int decide(Value& wanted) {
        ++decisions;
        if (wanted.number() && *wanted.number() > 100.0)
            wanted = 100.0;
        return wanted == Value(13.0) ? 2 : 0;
    }
    std::string get(const char* path) { return client.call(kService, path, "GetValue").text(); }

    BusItemTree tree;
    BusClient server;
    BusClient client;
    int decisions = 0;
};

TEST_F(WritableTest, NumbersOfEveryTypeAreTakenBareAndInVariants) {
    const auto set = [this](const char* types, auto... arguments) {
        return client.call(kService, "/Limit", "SetValue", types, arguments...).text();
    };
    double expected = 0.0;
    const auto taken = [&](const std::string& answer, double value) {
        EXPECT_EQ(answer, "i:0") << value;
        EXPECT_EQ(tree.value(*tree.find("/Limit")), Value(value));
        expected = value;
    };
    taken(set("y", 1), 1);
    taken(set("n", -2), -2);
    taken(set("q", 3), 3);
    taken(set("i", -4), -4);
    taken(set("u", 5U), 5);
    taken(set("x", std::int64_t{-6}), -6);
    taken(set("t", std::uint64_t{7}), 7);
    taken(set("d", 8.5), 8.5);
    taken(set("b", 1), 1);
    taken(set("v", "y", 11), 11);
    taken(set("v", "n", -12), -12);
    taken(set("v", "i", 14), 14);
    taken(set("v", "d", 15.25), 15.3); // rounded as the text shows it
    taken(set("v", "v", "v", "u", 16U), 16);
    EXPECT_EQ(client.signals.size(), 14U);
    EXPECT_EQ(get("/Limit"), "<d:16>");
}

TEST_F(WritableTest, EveryEmptyArrayClears) {
    for (const char* types : {"ai", "au", "av", "as", "ad"}) {
        EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "d", 20.0).text(), "i:0");
        EXPECT_EQ(client.call(kService, "/Limit", "SetValue", types, 0).text(), "i:0") << types;
        EXPECT_EQ(get("/Limit"), "<ai[]>") << types;
        EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "d", 20.0).text(), "i:0");
        EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "v", types, 0).text(), "i:0")
            << types;
        EXPECT_EQ(get("/Limit"), "<ai[]>") << types;
    }
}

/// Each appends arguments that no leaf takes.
struct Garbage {
    const char* name;
    void (*append)(sd_bus_message* message);
};

constexpr auto kGarbage = std::to_array<Garbage>({
    {"nothing", [](sd_bus_message*) {}},
    {"two numbers",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "ii", 1, 2), "append"); }},
    {"two variants",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "vv", "i", 1, "i", 2), "append"); }},
    {"struct",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "(id)", 1, 2.0), "append"); }},
    {"struct inside",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "v", "(is)", 1, "x"), "append"); }},
    {"array", [](sd_bus_message* m) { check(sd_bus_message_append(m, "ai", 2, 1, 2), "append"); }},
    {"array inside",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "v", "ad", 1, 1.0), "append"); }},
    {"dictionary",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "a{sv}", 1, "x", "i", 1), "append"); }},
    {"array of variants",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "v", "av", 1, "i", 1), "append"); }},
    {"object path",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "o", "/x"), "append"); }},
    {"signature",
     [](sd_bus_message* m) { check(sd_bus_message_append(m, "v", "g", "i"), "append"); }},
    {"descriptor", [](sd_bus_message* m) { check(sd_bus_message_append(m, "h", 0), "append"); }},
    {"not a number",
     [](sd_bus_message* m) {
         check(sd_bus_message_append(m, "d", std::numeric_limits<double>::quiet_NaN()), "append");
     }},
    {"infinity",
     [](sd_bus_message* m) {
         check(sd_bus_message_append(m, "v", "d", std::numeric_limits<double>::infinity()),
               "append");
     }},
});

TEST_F(WritableTest, GarbageIsRefusedByANumberAndNeverByAnError) {
    for (const char* path : {"/Limit", "/Name", "/Soc"})
        for (const Garbage& garbage : kGarbage)
            for (const char* interface :
                 {"com.victronenergy.BusItem", static_cast<const char*>(nullptr)}) {
                const auto call = client.newCall(kService, path, interface, "SetValue");
                garbage.append(call.get());
                const std::string expected = std::string(path) == "/Soc" ? "i:1" : "i:3";
                EXPECT_EQ(client.send(call).text(), expected) << path << " " << garbage.name;
            }
    EXPECT_EQ(decisions, 0);
    EXPECT_EQ(client.signals.size(), 0U);
    EXPECT_EQ(get("/Limit"), "<d:50>");
    EXPECT_EQ(get("/Name"), "<s:\"first\">");
}

TEST_F(WritableTest, WrongTypesAreRefused) {
    EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "v", "s", "80").text(), "i:3");
    EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "s", "80").text(), "i:3");
    EXPECT_EQ(client.call(kService, "/Name", "SetValue", "v", "i", 5).text(), "i:3");
    EXPECT_EQ(client.call(kService, "/Name", "SetValue", "d", 5.0).text(), "i:3");
    EXPECT_EQ(decisions, 0);
    EXPECT_EQ(tree.counters().refusedWrites, 4U);
}

TEST_F(WritableTest, ReadOnlyLeavesAnswerOne) {
    EXPECT_EQ(client.call(kService, "/Soc", "SetValue", "v", "i", 5).text(), "i:1");
    EXPECT_EQ(client.call(kService, "/Soc", "SetValue", "v", "d", 71.5).text(), "i:1");
    EXPECT_EQ(client.call(kService, "/Soc", "SetValue", "v", "s", "x").text(), "i:1");
    EXPECT_EQ(client.call(kService, "/Soc", "SetValue", "ai", 0).text(), "i:1");
    EXPECT_EQ(client.call(kService, "/Soc", "SetValue", "i", 5).text(), "i:1");
    EXPECT_EQ(get("/Soc"), "<d:71.5>");
    EXPECT_EQ(tree.counters().refusedWrites, 5U);
}

TEST_F(WritableTest, EqualValuesAreAcceptedWithoutAskingAndWithoutSignal) {
    EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "v", "i", 50).text(), "i:0");
    EXPECT_EQ(client.call(kService, "/Name", "SetValue", "v", "s", "first").text(), "i:0");
    EXPECT_EQ(decisions, 0);
    EXPECT_EQ(client.signals.size(), 0U);
}

TEST_F(WritableTest, TheOwnerMayRefuseOrChangeTheValue) {
    EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "v", "i", 13).text(), "i:2");
    EXPECT_EQ(get("/Limit"), "<d:50>");
    EXPECT_EQ(client.signals.size(), 0U);
    EXPECT_EQ(client.call(kService, "/Limit", "SetValue", "v", "i", 5000).text(), "i:0");
    EXPECT_EQ(get("/Limit"), "<d:100>");
    ASSERT_EQ(client.signals.size(), 1U);
    EXPECT_THAT(client.signals.front().body, ::testing::HasSubstr("<d:100>"));
}

TEST_F(WritableTest, TheChangeIsToldBeforeTheAnswer) {
    EXPECT_EQ(client.call(kService, "/Name", "SetValue", "v", "s", "second").text(), "i:0");
    ASSERT_EQ(client.signals.size(), 1U) << "the answer overtook the signal";
    EXPECT_EQ(client.signals.front().body,
              "a{sa{sv}}[s:\"/Name\"=a{sv}[s:\"Value\"=<s:\"second\"> s:\"Text\"=<s:\"second\">]]");
    EXPECT_EQ(client.signals.front().path, "/");
}

TEST_F(WritableTest, AHandlerThatThrowsIsAnErrorForTheCallerAndNothingElse) {
    tree.add("/Bad", Quantity::Count, 0.0,
             [](Value&) -> int { throw std::runtime_error("broken"); });
    EXPECT_NE(client.call(kService, "/Bad", "SetValue", "v", "i", 5).error, "");
    EXPECT_EQ(get("/Bad"), "<i:0>");
    EXPECT_EQ(get("/Limit"), "<d:50>");
    EXPECT_EQ(loop.faults().count(), 1U);
    EXPECT_EQ(log.count("callback_failed"), 1);
    tree.detach();
    loop.faults() = {};
}

TEST_F(WritableTest, ATreeOutlivesItsConnection) {
    tree.detach();
    tree.set(*tree.find("/Soc"), 60.0);
    EXPECT_EQ(client.call(kService, "/Soc", "GetValue").error, kUnknownObject);
    tree.attach(server.bus());
    EXPECT_EQ(get("/Soc"), "<d:60>");
}

/// A battery whose rows are written from outside; the core decides.
class WrittenBatteryTest : public DbusTest {
protected:
    static constexpr const char* kGateway = "com.victronenergy.battery.busbar_gw";

    WrittenBatteryTest()
        : service(loop, serviceSettings(), {.uid = "busbar_gw", .customName = "Gateway"},
                  callbacks()),
          client(loop, bus.address()) {
        show();
        service.setOnBus(true);
        service.start();
        EXPECT_TRUE(pump([this] { return isOnBus(service); })) << log.all();
        client.listen();
    }
    void TearDown() override { EXPECT_EQ(loop.faults().count(), 0U) << log.all(); }

    dbus::BusSettings serviceSettings() const {
        dbus::BusSettings wanted = settings();
        wanted.service = "busbar_gw";
        return wanted;
    }
    dbus::BatteryCallbacks callbacks() {
        dbus::BatteryCallbacks made;
        made.written = [this](std::string_view path, const Value& value) {
            ++writes;
            const WrittenValue one{std::string(path), value};
            return written.write(std::span(&one, 1), now).isTaken() ? 0 : dbus::kRefusedByOwner;
        };
        return made;
    }
    void show() {
        Identity identity;
        identity.serial = "BB1";
        service.publish(snapshotOf(written, identity, now));
    }
    template <class... Arguments>
    std::string set(const char* path, const char* types, Arguments... arguments) {
        return client.call(kGateway, path, "SetValue", types, arguments...).text();
    }
    std::string get(const char* path) { return client.call(kGateway, path, "GetValue").text(); }

    Written written{{.expire = std::chrono::seconds(60)}};
    Now now{SteadyTime(std::chrono::hours(1000)), WallTime(std::chrono::hours(500000))};
    int writes = 0;
    dbus::BatteryService service;
    BusClient client;
};

TEST_F(WrittenBatteryTest, IsThereBeforeAnybodyHasWrittenAndClosed) {
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<d:0>");
    EXPECT_EQ(get("/Info/MaxDischargeCurrent"), "<d:0>");
    EXPECT_EQ(get("/Alarms/InternalFailure"), "<i:1>");
    EXPECT_EQ(get("/Busbar/Expired"), "<i:1>");
    EXPECT_EQ(get("/Soc"), "<ai[]>");
}

TEST_F(WrittenBatteryTest, TakesValuesOfEveryNumberTypeAndTellsThem) {
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", 50), "i:0");
    EXPECT_EQ(set("/Info/MaxDischargeCurrent", "v", "d", 60.04), "i:0");
    EXPECT_EQ(set("/InstalledCapacity", "v", "u", 280U), "i:0");
    EXPECT_EQ(set("/ConsumedAmphours", "d", -12.5), "i:0");
    EXPECT_EQ(set("/Alarms/LowSoc", "v", "b", 1), "i:0");
    EXPECT_EQ(set("/System/MinVoltageCellId", "v", "s", "C3"), "i:0");
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<d:50>");
    EXPECT_EQ(get("/Info/MaxDischargeCurrent"), "<d:60>") << "shown as a battery shows it";
    EXPECT_EQ(client.call(kGateway, "/InstalledCapacity", "GetText").text(), "s:\"280.0Ah\"");
    EXPECT_EQ(get("/System/MinVoltageCellId"), "<s:\"C3\">");
    EXPECT_EQ(client.signals.size(), 6U);
    show();
    EXPECT_EQ(get("/Busbar/Expired"), "<i:0>");
    EXPECT_EQ(get("/Alarms/InternalFailure"), "<ai[]>") << "the fail-safe is over";
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "ai", 0), "i:0");
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<ai[]>");
}

TEST_F(WrittenBatteryTest, RefusesWhatOthersTakeAndStaysReadable) {
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", 50), "i:0");
    show();
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "s", "fifty"), "i:2");
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", -5), "i:2");
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "d", std::numeric_limits<double>::infinity()),
              "i:3");
    EXPECT_EQ(set("/Soc", "v", "d", std::numeric_limits<double>::quiet_NaN()), "i:3");
    EXPECT_EQ(set("/Alarms/HighVoltage", "v", "i", 7), "i:2");
    EXPECT_EQ(set("/Alarms/HighVoltage", "v", "d", 1.5), "i:2") << "nothing is rounded to fit";
    EXPECT_EQ(set("/Soc", "v", "d", 105.04), "i:2");
    EXPECT_EQ(set("/System/MinVoltageCellId", "v", "i", 3), "i:2");
    EXPECT_EQ(set("/Soc", "v", "ad", 1, 50.0), "i:3");
    EXPECT_EQ(set("/Serial", "v", "s", "x"), "i:1");
    EXPECT_EQ(set("/Connected", "v", "i", 0), "i:1");
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<d:50>");
    EXPECT_EQ(get("/Soc"), "<ai[]>");
    EXPECT_EQ(client.call(kGateway, "/", "GetItems").error, "");
    EXPECT_EQ(service.health().refusedWrites, 11U);
}

TEST_F(WrittenBatteryTest, TheSameAgainKeepsItAlive) {
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", 50), "i:0");
    now = now + std::chrono::seconds(59);
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", 50), "i:0");
    EXPECT_EQ(writes, 2);
    now = now + std::chrono::seconds(59);
    show();
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<d:50>");
    now = now + std::chrono::seconds(1);
    show();
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<d:0>");
}

TEST_F(WrittenBatteryTest, ShowsWhatCountsHoweverItWasWrittenBetween) {
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", 50), "i:0");
    show();
    EXPECT_EQ(set("/Info/MaxChargeCurrent", "v", "i", 60), "i:0");
    const WrittenValue elsewhere{"/Info/MaxChargeCurrent", 50.0};
    ASSERT_TRUE(written.write(std::span(&elsewhere, 1), now).isTaken());
    show();
    EXPECT_EQ(get("/Info/MaxChargeCurrent"), "<d:50>");
}

} // namespace
} // namespace busbar::test
