// SPDX-License-Identifier: MIT
// Which zone a site goes by, and what it says of one that it does not know.
#include "app/site/calendar.hpp"
#include "base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace busbar::site_calendar_test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Now kSummer{SteadyTime(1000h), std::chrono::sys_days(std::chrono::year(2026) / 7 / 1)};

/// A zone file with nothing but a rule.
std::string zoneFile(const std::string& rule) {
    std::string header = "TZif2" + std::string(31, '\0');
    header += std::string("\0\0\0\1\0\0\0\4", 8); // one type, four letters
    const std::string type = std::string(6, '\0') + "UTC" + std::string(1, '\0');
    return header + type + header + type + "\n" + rule + "\n";
}

class SiteCalendar : public ::testing::Test {
protected:
    SiteCalendar() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "busbar-zone-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        std::filesystem::create_directory(folder + "/Europe");
        std::ofstream(folder + "/Europe/Berlin") << zoneFile("CET-1CEST,M3.5.0,M10.5.0/3");
        std::ofstream(folder + "/Torn") << zoneFile("CET-1CEST,M3.5.0,M10.5.0/3").substr(0, 90);
        calendar = Calendar("home", folder);
    }
    ~SiteCalendar() override { std::filesystem::remove_all(folder); }
    SiteCalendar(const SiteCalendar&) = delete;
    SiteCalendar& operator=(const SiteCalendar&) = delete;
    SiteCalendar(SiteCalendar&&) = delete;
    SiteCalendar& operator=(SiteCalendar&&) = delete;

    /// Warnings since it was asked last.
    std::vector<std::string> problems() {
        std::vector<std::string> texts = tail.lines();
        texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(seen));
        seen += texts.size();
        std::erase_if(texts, [](const std::string& text) {
            return text.find("warning") == std::string::npos;
        });
        return texts;
    }

    std::string folder;
    Calendar calendar{"", ""};
    log::Tail tail{100};
    std::size_t seen = 0;
};

TEST_F(SiteCalendar, GoesByTheGxUnlessTheOwnerSaysOtherwise) {
    calendar.follow("auto", std::nullopt);
    EXPECT_EQ(calendar.aheadOfUtc(kSummer), 0s);
    calendar.follow("auto", "Europe/Berlin");
    EXPECT_EQ(calendar.aheadOfUtc(kSummer), 2h);
    calendar.follow("auto", "/UTC");
    EXPECT_EQ(calendar.aheadOfUtc(kSummer), 0s) << "as localsettings begins";
    calendar.follow("Europe/Berlin", "/UTC");
    EXPECT_EQ(calendar.aheadOfUtc(kSummer), 2h);
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(SiteCalendar, SaysOnceThatAZoneIsNotKnownHere) {
    for (int i = 0; i < 3; ++i)
        calendar.follow("auto", "Mars/Olympus");
    EXPECT_EQ(calendar.aheadOfUtc(kSummer), 0s);
    EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("Mars/Olympus"), HasSubstr("UTC"))));
    calendar.follow("auto", "Torn");
    EXPECT_EQ(calendar.aheadOfUtc(kSummer), 0s);
    EXPECT_EQ(problems().size(), 1U);
}

TEST_F(SiteCalendar, ANameThatLeadsElsewhereIsNoneAndIsNotRepeated) {
    for (const char* name : {"../Europe/Berlin", "//Europe/Berlin", "Europe/./Berlin", "a\nb"}) {
        calendar.follow("auto", name);
        EXPECT_EQ(calendar.aheadOfUtc(kSummer), 0s) << name;
        EXPECT_THAT(problems(), ElementsAre(Not(HasSubstr(name))));
    }
}

} // namespace
} // namespace busbar::site_calendar_test
