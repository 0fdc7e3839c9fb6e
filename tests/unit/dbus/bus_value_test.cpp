// SPDX-License-Identifier: MIT
#include "dbus/bus_value.hpp"
#include "dbus/sd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <sys/socket.h>

namespace busbar::dbus {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Messages need a bus to belong to; this one talks to nobody.
class BusValueTest : public ::testing::Test {
protected:
    BusValueTest() : bus(make<BusHandle>("bus", sd_bus_new)) {
        std::array<int, 2> ends{};
        check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
              "socketpair");
        check(sd_bus_set_fd(bus.get(), ends[0], ends[0]), "fd");
        check(sd_bus_start(bus.get()), "start");
        other = ends[1];
    }
    ~BusValueTest() override { ::close(other); }
    BusValueTest(const BusValueTest&) = delete;
    BusValueTest& operator=(const BusValueTest&) = delete;
    BusValueTest(BusValueTest&&) = delete;
    BusValueTest& operator=(BusValueTest&&) = delete;

    [[nodiscard]] Message empty() const {
        return make<Message>("message", [this](sd_bus_message** out) {
            return sd_bus_message_new_signal(bus.get(), out, "/", "a.b", "C");
        });
    }
    static void seal(const Message& message) {
        check(sd_bus_message_seal(message.get(), 1, 0), "seal");
    }
    template <class... Arguments>
    [[nodiscard]] Message with(const char* types, Arguments... arguments) const {
        Message message = empty();
        check(sd_bus_message_append(message.get(), types, arguments...), "append");
        seal(message);
        return message;
    }
    /// There and back, and the signature in between.
    [[nodiscard]] std::pair<std::string, ReadValue> roundTrip(Quantity quantity,
                                                              const Value& value) const {
        const Message message = empty();
        appendValue(*message, quantity, forBus(quantity, value));
        seal(message);
        char type = 0;
        const char* contents = "";
        check(sd_bus_message_peek_type(message.get(), &type, &contents), "peek");
        return {contents, readOnlyValue(*message)};
    }

    BusHandle bus;
    int other = -1;
};

TEST_F(BusValueTest, EveryQuantityComesBackAsItWentOut) {
    for (int i = 0; i <= static_cast<int>(Quantity::Text); ++i) {
        const auto quantity = static_cast<Quantity>(i);
        const WireType wire = spec(quantity).wire;
        const std::string expected = wire == WireType::Text  ? "s"
                                     : wire == WireType::Int ? "i"
                                                             : "d";
        for (const double number : {0.0, 1.0, -7.0, 52.0}) {
            const Value value = wire == WireType::Text ? Value("C3") : Value(number);
            const auto [signature, read] = roundTrip(quantity, value);
            EXPECT_EQ(signature, expected) << i;
            EXPECT_EQ(read, value) << i;
        }
        const auto [signature, read] = roundTrip(quantity, Value());
        EXPECT_EQ(signature, "ai") << i;
        EXPECT_EQ(read, Value()) << i;
    }
}

TEST_F(BusValueTest, IntegersChooseTheirWidth) {
    struct Case {
        double number;
        const char* signature;
    };
    for (const auto& [number, signature] : std::to_array<Case>({{2147483647.0, "i"},
                                                                {2147483648.0, "x"},
                                                                {-2147483648.0, "i"},
                                                                {-2147483649.0, "x"},
                                                                {4000000000.0, "x"},
                                                                {9.2e18, "x"}})) {
        const auto [found, read] = roundTrip(Quantity::Duration, number);
        EXPECT_EQ(found, signature) << number;
        EXPECT_EQ(read, Value(number)) << number;
    }
    for (const double tooLarge : {9223372036854775808.0, -9223372036854775808.0, 1e300})
        EXPECT_EQ(roundTrip(Quantity::Count, tooLarge).first, "ai") << tooLarge;
}

TEST_F(BusValueTest, NumbersAreRoundedAndNeverOtherThanNumbers) {
    EXPECT_EQ(forBus(Quantity::Voltage, 13.510000228881836), Value(13.51));
    EXPECT_EQ(forBus(Quantity::Count, 2.7), Value(3.0));
    for (const double bad : {kNaN, kInfinity, -kInfinity, std::numeric_limits<double>::max()})
        for (const Quantity quantity : {Quantity::CellVoltage, Quantity::Count})
            EXPECT_EQ(forBus(quantity, bad), Value()) << bad;
    EXPECT_EQ(forBus(Quantity::Text, kNaN), Value());
    EXPECT_EQ(forBus(Quantity::Percent, "71.5"), Value());
    EXPECT_EQ(forBus(Quantity::Text, 3.5), Value("3.5"));
}

TEST_F(BusValueTest, ReadsEveryNumericType) {
    EXPECT_EQ(readOnlyValue(*with("y", 255)), Value(255.0));
    EXPECT_EQ(readOnlyValue(*with("n", -32768)), Value(-32768.0));
    EXPECT_EQ(readOnlyValue(*with("q", 65535)), Value(65535.0));
    EXPECT_EQ(readOnlyValue(*with("i", -5)), Value(-5.0));
    EXPECT_EQ(readOnlyValue(*with("u", 4294967295U)), Value(4294967295.0));
    EXPECT_EQ(readOnlyValue(*with("x", std::int64_t{-9000000000})), Value(-9e9));
    EXPECT_EQ(readOnlyValue(*with("t", std::uint64_t{9000000000})), Value(9e9));
    EXPECT_EQ(readOnlyValue(*with("d", 0.5)), Value(0.5));
    EXPECT_EQ(readOnlyValue(*with("b", 1)), Value(1.0));
    EXPECT_EQ(readOnlyValue(*with("v", "q", 7)), Value(7.0));
    EXPECT_EQ(readOnlyValue(*with("v", "v", "v", "v", "d", 1.5)), Value(1.5));
    EXPECT_EQ(readOnlyValue(*with("s", "x")), Value("x"));
    EXPECT_EQ(readOnlyValue(*with("v", "s", "")), Value(""));
}

TEST_F(BusValueTest, EveryEmptyArrayIsUnknown) {
    for (const char* type : {"ai", "au", "av", "as", "ad", "a{sv}", "a(ii)", "aai"}) {
        EXPECT_EQ(readOnlyValue(*with(type, 0)), Value()) << type;
        EXPECT_EQ(readOnlyValue(*with("v", type, 0)), Value()) << type;
    }
}

TEST_F(BusValueTest, WhatNoPathTakesIsNothing) {
    EXPECT_EQ(readOnlyValue(*with("")), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("ii", 1, 2)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("aii", 0, 2)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("ai", 1, 5)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("(ii)", 1, 2)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("v", "(ii)", 1, 2)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("a{sv}", 1, "k", "i", 1)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("o", "/a")), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("g", "ai")), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("d", kNaN)), std::nullopt);
    EXPECT_EQ(readOnlyValue(*with("v", "d", kInfinity)), std::nullopt);
}

TEST_F(BusValueTest, ReadingStandsBehindTheElementWhateverItWas) {
    const Message message = with("v(ii)aivi", "(is)", 1, "x", 1, 2, 2, 7, 8, "v", "as", 1, "y", 42);
    EXPECT_EQ(readValue(*message), std::nullopt);
    EXPECT_EQ(readValue(*message), std::nullopt);
    EXPECT_EQ(readValue(*message), std::nullopt);
    EXPECT_EQ(readValue(*message), std::nullopt);
    EXPECT_EQ(readValue(*message), Value(42.0));
    EXPECT_THROW((void)readValue(*message), std::system_error);
}

TEST(ValidUtf8, KeepsWhatIsValidAndReplacesTheRest) {
    EXPECT_EQ(validUtf8(""), "");
    EXPECT_EQ(validUtf8("Zelle 3 \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x8B"),
              "Zelle 3 \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x8B");
    EXPECT_EQ(validUtf8("caf\xE9"), "caf?");
    EXPECT_EQ(validUtf8("\xC0\xAF"), "??") << "overlong";
    EXPECT_EQ(validUtf8("\xED\xA0\x80"), "???") << "surrogate";
    EXPECT_EQ(validUtf8("\xF5\x80\x80\x80"), "????") << "beyond Unicode";
    EXPECT_EQ(validUtf8("a\xE2\x82"), "a??") << "cut off";
    EXPECT_EQ(validUtf8(std::string_view("a\0b", 3)), "a");
}

TEST(ValidUtf8, CutsBetweenCharacters) {
    EXPECT_EQ(validUtf8(std::string(5000, 'x')).size(), 1000U);
    std::string euros = "x";
    for (int i = 0; i < 1000; ++i)
        euros += "\xE2\x82\xAC";
    const std::string cut = validUtf8(euros);
    EXPECT_EQ(cut.size(), 1000U);
    EXPECT_EQ(cut.substr(997), "\xE2\x82\xAC");
}

} // namespace
} // namespace busbar::dbus
