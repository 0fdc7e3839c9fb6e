// SPDX-License-Identifier: MIT
#include "base/log_place.hpp"
#include "base/log_sink.hpp"
#include "support/pipe.hpp"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include <string>
#include <sys/stat.h>

namespace busbar::log_place_test {
namespace {

using test::Pipe;

std::string streamOf(int fd) {
    struct stat status {};
    EXPECT_EQ(::fstat(fd, &status), 0);
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string line(LogPlace place, spdlog::level::level_enum level) {
    spdlog::memory_buf_t text;
    lineFormatter(place)->format({spdlog::source_loc{}, "busbar", level, "stage=normal"}, text);
    return {text.data(), text.size()};
}

TEST(PlaceOfTheLog, OnlyTheStreamThatSystemdMadeIsTheJournal) {
    const Pipe journal;
    const Pipe other;
    const std::string stream = streamOf(journal.in());
    EXPECT_EQ(logPlace(journal.in(), stream.c_str(), nullptr), LogPlace::Journal);
    EXPECT_EQ(logPlace(other.in(), stream.c_str(), nullptr), LogPlace::Plain) << "inherited";
    EXPECT_EQ(logPlace(journal.in(), nullptr, nullptr), LogPlace::Plain);
    EXPECT_EQ(logPlace(journal.in(), "", nullptr), LogPlace::Plain);
    EXPECT_EQ(logPlace(-1, stream.c_str(), nullptr), LogPlace::Plain);
    EXPECT_EQ(logPlace(other.in(), nullptr, "yes"), LogPlace::Stamped);
    EXPECT_EQ(logPlace(other.in(), nullptr, ""), LogPlace::Plain);
}

TEST(PlaceOfTheLog, TheJournalGetsAPriorityAndNoTime) {
    EXPECT_EQ(line(LogPlace::Journal, spdlog::level::err), "<3>error stage=normal\n");
    EXPECT_EQ(line(LogPlace::Journal, spdlog::level::warn), "<4>warning stage=normal\n");
    EXPECT_EQ(line(LogPlace::Journal, spdlog::level::info), "<6>info stage=normal\n");
    EXPECT_EQ(line(LogPlace::Journal, spdlog::level::debug), "<7>debug stage=normal\n");
}

TEST(PlaceOfTheLog, ATimeStandsWhereNobodyElseWritesOne) {
    EXPECT_EQ(line(LogPlace::Stamped, spdlog::level::info), "info stage=normal\n");
    EXPECT_TRUE(line(LogPlace::Plain, spdlog::level::info).starts_with("20"));
    EXPECT_TRUE(line(LogPlace::Plain, spdlog::level::info).ends_with(" info stage=normal\n"));
}

} // namespace
} // namespace busbar::log_place_test
