// SPDX-License-Identifier: MIT
// `busbar migrate`: files in, files out, and what is in the way.
#include "busbar_process.hpp"
#include "support/private_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace busbar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kIni =
    "[DEFAULT]\nNR_OF_BATTERIES = 2\nOWN_CHARGE_PARAMETERS = True\nOWN_SOC = True\n";

TEST(Migrate, AFolderOfDabBecomesAConfigurationThatIsGood) {
    const ScratchDir dir;
    dir.write("config.ini", kIni);
    dir.write("storedvalue_last_balancing", "1\n");
    dir.write("storedvalue_charge", "321.5\n");
    const std::string out = dir.file("new");
    const Finished first = runBusbar({"migrate", "dab", dir.file(""), "--out", out});
    EXPECT_EQ(first.exitCode, 0) << first.errors;
    EXPECT_THAT(first.output, HasSubstr("TAKEN OVER"));
    EXPECT_THAT(first.output, HasSubstr("written: " + out + "/busbar.json"));
    EXPECT_EQ(runBusbar({"check", out + "/busbar.json"}).exitCode, 0);
    EXPECT_THAT(contentOf(out + "/state.json"), HasSubstr("balancing_last_success"));
    EXPECT_THAT(contentOf(out + "/state.json"), HasSubstr("\"handed_over_Ah\":321.5"));

    const Finished second = runBusbar({"migrate", "dab", dir.file(""), "--out", out});
    EXPECT_EQ(second.exitCode, 1);
    EXPECT_THAT(second.errors, HasSubstr("busbar.json: is there already; --force replaces it"));
    EXPECT_EQ(runBusbar({"migrate", "dab", dir.file(""), "--out", out, "--force"}).exitCode, 0);
}

/// What is on standard output is a configuration, the report its comment.
TEST(Migrate, WithoutAFolderItGoesToStandardOutput) {
    const ScratchDir dir;
    const Finished result = runBusbar({"migrate", "dab", dir.write("config.ini", kIni)});
    EXPECT_EQ(result.exitCode, 0);
    EXPECT_THAT(result.output, HasSubstr("// NO COUNTERPART"));
    EXPECT_EQ(runBusbar({"check", dir.write("busbar.json", result.output)}).exitCode, 0);
}

TEST(Migrate, ReadsSettingsOfEarlierVersionsAsData) {
    const ScratchDir dir;
    const std::string trace = dir.file("trace");
    dir.write("settings.py", "NR_OF_BATTERIES = 3\nopen('" + trace + "', 'w').close()\n");
    const Finished result = runBusbar({"migrate", "dab", dir.file("")});
    EXPECT_EQ(result.exitCode, 0);
    EXPECT_THAT(result.output, HasSubstr("// NR_OF_BATTERIES, settings.py line 1"));
    EXPECT_FALSE(std::filesystem::exists(trace));
}

struct Bad {
    const char* content;
    int exitCode;
    const char* error;
};

TEST(Migrate, SaysInOneLineWhatCannotBeRead) {
    for (const Bad& bad : {
             Bad{"\xFF\xFE[", 3, "config.ini is UTF-16, not UTF-8: save it as UTF-8\n"},
             Bad{"[DEFAULT]\n; 20 \xB0"
                 "C\n",
                 3, "config.ini is not UTF-8 (line 2; perhaps Latin-1)"},
         }) {
        const ScratchDir dir;
        const Finished result = runBusbar({"migrate", "dab", dir.write("config.ini", bad.content)});
        EXPECT_EQ(result.exitCode, bad.exitCode);
        EXPECT_THAT(result.errors, HasSubstr(bad.error));
        EXPECT_EQ(countOf(result.errors, "\n"), 1U);
        EXPECT_EQ(result.output, "");
    }
    const ScratchDir dir;
    const std::string big(3000000, 'x');
    EXPECT_THAT(runBusbar({"migrate", "dab", dir.write("config.ini", big)}).errors,
                HasSubstr("larger than 1 MB"));
    EXPECT_THAT(runBusbar({"migrate", "dab", dir.file("none")}).errors, HasSubstr("no such file"));
    const ScratchDir empty;
    EXPECT_THAT(runBusbar({"migrate", "dab", empty.file("")}).errors,
                HasSubstr("has neither config.ini nor settings.py"));
}

TEST(Migrate, HalfAFileIsTakenAsFarAsItGoes) {
    const ScratchDir dir;
    const Finished result = runBusbar(
        {"migrate", "dab", dir.write("config.ini", "[DEFAULT]\r\nNR_OF_BATTERIES = 2\r\nOWN_S")});
    EXPECT_EQ(result.exitCode, 0);
    EXPECT_THAT(result.output, HasSubstr("config.ini:3: is neither an option"));
    EXPECT_THAT(result.output, HasSubstr("\"expected\": 2"));
}

TEST(Migrate, AFolderInThePlaceOfAFile) {
    const ScratchDir dir;
    std::filesystem::create_directory(dir.file("config.ini"));
    const Finished result = runBusbar({"migrate", "dab", dir.file("")});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr("config.ini: is a folder, not a file"));
}

TEST(Migrate, WithoutRights) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "nothing is forbidden to root";
    const ScratchDir dir;
    const std::string file = dir.write("config.ini", kIni);
    std::filesystem::permissions(file, std::filesystem::perms::none);
    const Finished result = runBusbar({"migrate", "dab", file});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr("cannot be read: Permission denied"));
}

TEST(Migrate, WhereNothingCanBeWritten) {
    const ScratchDir dir;
    const std::string file = dir.write("config.ini", kIni);
    const Finished result = runBusbar({"migrate", "dab", file, "--out", file});
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.errors, HasSubstr("/busbar.json: "));
}

TEST(Migrate, NamesTheProgramsThatItKnows) {
    EXPECT_EQ(runBusbar({"migrate"}).exitCode, 2);
    const Finished other = runBusbar({"migrate", "dub"});
    EXPECT_EQ(other.exitCode, 2);
    EXPECT_THAT(other.errors, HasSubstr("dab"));
}

} // namespace
} // namespace busbar::test
