// SPDX-License-Identifier: MIT
// Local time of a zone is what the C library says of the same file, in every zone of this machine.
#include "base/file.hpp"
#include "base/time_zone.hpp"
#include "base/zone_name.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

namespace busbar {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr const char* kFolder = "/usr/share/zoneinfo";

sys_seconds at(int year, int month, int day, seconds time = 0s) {
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / month / day) + time;
}

seconds ruleAt(std::string_view rule, sys_seconds moment) {
    const auto parsed = parseZoneRule(rule);
    EXPECT_TRUE(parsed) << rule;
    return parsed ? offsetAt(*parsed, moment) : seconds(-1);
}

TEST(ZoneRule, TurnsTheClockInTheHourInWhichItIsTurned) {
    constexpr std::string_view kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";
    EXPECT_EQ(ruleAt(kBerlin, at(2026, 3, 29, 59min + 59s)), 1h);
    EXPECT_EQ(ruleAt(kBerlin, at(2026, 3, 29, 1h)), 2h);
    EXPECT_EQ(ruleAt(kBerlin, at(2026, 10, 25, 59min + 59s)), 2h);
    EXPECT_EQ(ruleAt(kBerlin, at(2026, 10, 25, 1h)), 1h);
}

TEST(ZoneRule, KnowsTheSouthAndZonesWithoutSummer) {
    constexpr std::string_view kSydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
    EXPECT_EQ(ruleAt(kSydney, at(2026, 1, 1)), 11h);
    EXPECT_EQ(ruleAt(kSydney, at(2026, 7, 1)), 10h);
    EXPECT_EQ(ruleAt(kSydney, at(2026, 12, 31, 23h)), 11h);
    EXPECT_EQ(ruleAt("<-03>3", at(2026, 7, 1)), -3h);
    EXPECT_EQ(ruleAt("<+0545>-5:45", at(2026, 7, 1)), 5h + 45min);
}

TEST(ZoneRule, TakesDaysOfTheYearAndTimesBeyondADay) {
    EXPECT_EQ(ruleAt("AAA0BBB,J60/0,J61/0", at(2024, 3, 1, 1h)), 1h) << "29 February not counted";
    EXPECT_EQ(ruleAt("AAA0BBB,59/0,60/0", at(2024, 2, 29, 1h)), 1h) << "29 February counted";
    EXPECT_EQ(ruleAt("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at(2026, 3, 29, 59min)), -2h);
    EXPECT_EQ(ruleAt("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at(2026, 3, 29, 1h)), -1h);
}

TEST(ZoneRule, IsRefusedUnlessWholeAndInRange) {
    for (const std::string_view text :
         {"", "CET", "CE-1", "<-03", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M13.5.0",
          "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J9", "CET-168",
          "CET-1:60", "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-1CEST,366,1",
          "CET-1CEST,M3.5.0,M10.5.0/"})
        EXPECT_FALSE(parseZoneRule(text)) << text;
}

TEST(TimeZone, NamesLeadOutOfNoFolder) {
    for (const char* name : {"Europe/Berlin", "UTC", "Etc/GMT+1", "America/Argentina/Ushuaia"})
        EXPECT_TRUE(isZoneName(name)) << name;
    for (const char* name : {"", "/", "/UTC", "../passwd", "Europe/../../x", "Europe//Berlin",
                             "Europe/", ".", "a b", "a\nb"})
        EXPECT_FALSE(isZoneName(name)) << name;
    EXPECT_FALSE(isZoneName(std::string(65, 'a')));
}

TEST(TimeZone, UtcNeedsNoFile) {
    const auto zone = readTimeZone("/nowhere", "UTC");
    ASSERT_TRUE(zone);
    EXPECT_EQ(offsetAt(*zone, at(2026, 7, 1)), 0s);
    EXPECT_FALSE(readTimeZone("/nowhere", "Europe/Berlin"));
}

/// "Europe/Berlin" in `TZ` for the C library.
class Zone : public ::testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::is_directory(kFolder))
            GTEST_SKIP() << "no zone files here";
    }
    void TearDown() override {
        ::unsetenv("TZ"); // NOLINT(concurrency-mt-unsafe): one thread
        ::tzset();
    }
    static seconds byLibrary(sys_seconds moment) {
        const std::time_t time = std::chrono::system_clock::to_time_t(moment);
        std::tm local{};
        ::localtime_r(&time, &local);
        return seconds(local.tm_gmtoff);
    }
};

std::vector<std::string> namesHere() {
    std::vector<std::string> names;
    for (const char* part :
         {"Africa", "America", "Antarctica", "Asia", "Australia", "Europe", "Pacific", "Etc"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(
                 std::string(kFolder) + "/" + part, std::filesystem::directory_options::none))
            if (entry.is_regular_file())
                names.push_back(std::filesystem::relative(entry.path(), kFolder).generic_string());
    return names;
}

TEST_F(Zone, AgreesWithTheCLibraryEverywhere) {
    const auto names = namesHere();
    ASSERT_GT(names.size(), 100U);
    for (const std::string& name : names) {
        const auto zone = readTimeZone(kFolder, name);
        ASSERT_TRUE(zone) << name;
        ::setenv("TZ", name.c_str(), 1); // NOLINT(concurrency-mt-unsafe): one thread
        ::tzset();
        // Ends of months, and every 1000003 s, which is no multiple of a day.
        for (sys_seconds moment = at(2023, 12, 31, 22h); moment < at(2045, 1, 1);
             moment += seconds(1000003))
            ASSERT_EQ(offsetAt(*zone, moment), byLibrary(moment))
                << name << " " << moment.time_since_epoch().count();
    }
}

TEST_F(Zone, OfADamagedFileIsNone) {
    std::string error;
    const auto whole = readWholeFile(std::string(kFolder) + "/Europe/Berlin", 65536, error);
    ASSERT_TRUE(whole);
    ASSERT_TRUE(parseTimeZone(*whole));
    for (std::size_t size = 0; size < whole->size(); ++size)
        EXPECT_FALSE(parseTimeZone(whole->substr(0, size))) << size;
    for (std::size_t i = 0; i < whole->size(); ++i) { // nothing is read beyond the end
        std::string torn = *whole;
        torn[i] = static_cast<char>(torn[i] ^ 0x7F);
        static_cast<void>(parseTimeZone(torn));
    }
}

} // namespace
} // namespace busbar
