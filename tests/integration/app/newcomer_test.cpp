// SPDX-License-Identifier: MIT
// Somebody who tries Busbar for the first time: mistyped commands, a GX that does not answer, a
// wrong password, and what `busbar doctor` says of each.
#include "plant.hpp"
#include "support/sanitized.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace busbar::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Usage, AMistypedCommandOrOptionIsAnsweredWithTheNearest) {
    struct Case {
        std::vector<std::string> line;
        std::string answer;
    };
    for (const Case& it : std::vector<Case>{
             {{"rn"}, "there is no command \"rn\"; did you mean run?"},
             {{"nonsense"}, "there is no command \"nonsense\"; there are: "},
             {{}, "which command? There are: "},
             {{"run", "--confg", "x.json"},
              "there is no option --confg of run; did you mean "
              "--config?"},
             {{"--confg", "run"}, "there is no option --confg in front of a command"},
             {{"health", "--fle", "x"}, "did you mean --file?"},
             {{"health"}, "--file is required"},
             {{"check", "a", "b"}, "check takes no \"b\""},
         }) {
        const Finished result = runBusbar(it.line);
        EXPECT_EQ(result.exitCode, 2) << it.answer;
        EXPECT_THAT(result.errors, HasSubstr(it.answer));
        EXPECT_EQ(result.output, "");
    }
}

TEST(Run, AFileOfAnotherProgramIsToldFromABadOne) {
    const ScratchDir dir;
    const std::string dab = dir.write("config.ini", "[DEFAULT]\nNR_OF_BATTERIES = 2\n");
    const std::string bag = dir.write("config.json", R"({"cvlMode": "max_always"})");
    for (const auto& [command, file, hint] :
         std::vector<std::array<std::string, 3>>{{"run", dab, "busbar migrate dab " + dab},
                                                 {"watch", bag, "busbar migrate bag " + bag}}) {
        const Finished result = runBusbar({command, "--config", file});
        EXPECT_EQ(result.exitCode, 3);
        EXPECT_THAT(result.errors, testing::StartsWith(file + ": this seems to be a file of "));
        EXPECT_THAT(result.errors, HasSubstr(hint));
    }
    const std::string ours = dir.write("busbar.json", R"({"limits": {"mode": "nonsense"}})");
    EXPECT_THAT(runBusbar({"check", ours}).output, Not(HasSubstr("migrate")));
}

/// Plain broker without a GX of ours, and a folder that is there.
std::string configFor(const Plant& plant, const std::string& url, const Options& more = {}) {
    Options options = more;
    options["gx.url"] = jsonText(url);
    return plant.writeConfig(options);
}

Finished doctorOf(Plant& plant, const std::string& file) {
    BusbarProcess doctor({"doctor", "--config", file});
    EXPECT_TRUE(plant.until([&] { return doctor.hasEnded(); }));
    const auto end = doctor.waitForEnd();
    return {end ? end->exitCode : -1, doctor.output(), doctor.log()};
}

TEST(Run, SaysWithinTenSecondsWhatItTriedAndGoesOn) {
    Plant plant;
    plant.options["gx.url"] = R"("mqtt://127.0.0.1:9")";
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("awaited tried=mqtt://127.0.0.1:9"), seconds(30)))
        << plant.log();
    if (!isSanitized()) {
        EXPECT_LT(plant.sinceStart(), seconds(12)) << "two are this machine's";
    }
    EXPECT_THAT(plant.log(), AllOf(HasSubstr("missing=\"port\""), HasSubstr("connection refused"),
                                   HasSubstr("MQTT Access"), HasSubstr("going on trying")));
    EXPECT_FALSE(plant.busbar->hasEnded());
}

TEST(Run, SaysThatTheBrokerHasNoGx) {
    Plant plant;
    plant.gx.setSilent(true);
    plant.start({{"gx.portal_id", R"("0123456789ab")"}});
    ASSERT_TRUE(plant.until(plant.says("awaited tried="), seconds(30))) << plant.log();
    EXPECT_THAT(plant.log(), HasSubstr("nothing comes from the GX 0123456789ab"));
}

TEST(Run, SaysNothingOfTheKindWhenAllIsThere) {
    Plant plant;
    plant.gx.add(kPackA);
    ASSERT_TRUE(plant.startAndWait()) << plant.log();
    plant.goOn(seconds(9));
    EXPECT_EQ(plant.busbar->logged("awaited"), 0U) << plant.log();
}

TEST(Doctor, FindsAllInOrderAndPublishesNothing) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    ASSERT_TRUE(plant.settle());
    const Finished result = doctorOf(plant, plant.writeConfig());
    EXPECT_EQ(result.exitCode, 0) << result.output << result.errors;
    EXPECT_THAT(result.output,
                AllOf(HasSubstr("fine   port"), HasSubstr("fine   portal id         c0619ab00001"),
                      HasSubstr("fine   answers of the GX"), HasSubstr("A, B take part"),
                      HasSubstr("com.victronenergy.battery.busbar is free"),
                      Not(HasSubstr("WRONG"))));
    EXPECT_FALSE(plant.isOnBus());
}

TEST(Doctor, ABrokerThatIsNotThere) {
    Plant plant;
    const Finished result = doctorOf(plant, configFor(plant, "mqtt://127.0.0.1:9"));
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, AllOf(HasSubstr("WRONG  port"), HasSubstr("what to do: "),
                                     HasSubstr("?      login")));
}

TEST(Doctor, ANameThatNobodyKnows) {
    Plant plant;
    const Finished result = doctorOf(plant, configFor(plant, "mqtt://no-such-gx.invalid"));
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("WRONG  name"));
}

TEST(Doctor, AWrongPassword) {
    const ScratchDir dir;
    const std::string right = dir.write("right", "right-5309\n");
    Plant plant({.broker = {.user = "gx", .password = "right-5309"}, .login = [&](auto& login) {
                     login.user = "gx";
                     login.passwordFile = right;
                 }});
    const std::string secret = dir.write("secret", "wrong-8675\n");
    const Finished result = doctorOf(
        plant, plant.writeConfig({{"gx.user", R"("gx")"}, {"gx.password_file", jsonText(secret)}}));
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output,
                AllOf(HasSubstr("fine   port"), HasSubstr("WRONG  login"),
                      HasSubstr("user or password refused"), HasSubstr("gx.password_file")));
    EXPECT_THAT(result.output + result.errors, Not(HasSubstr("wrong-8675")));
}

TEST(Doctor, APasswordThatCannotBeRead) {
    Plant plant;
    const Finished result =
        doctorOf(plant, plant.writeConfig({{"gx.password_file", R"("/nowhere/password")"}}));
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, HasSubstr("WRONG  password"));
}

TEST(Doctor, NoBatteryAndNoBus) {
    Plant plant;
    ASSERT_TRUE(plant.settle());
    const Finished result =
        doctorOf(plant, plant.writeConfig({{"dbus.bus", R"("unix:path=/nowhere/bus")"}}));
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, AllOf(HasSubstr("WRONG  batteries         the GX shows no battery"),
                                     HasSubstr("WRONG  D-Bus")));
}

TEST(Doctor, WhoTheGxObeys) {
    Plant plant;
    plant.gx.add(kPackA);
    plant.gx.setSetting("/Settings/Services/Bol", 0);
    plant.gx.setSystem("/ActiveBmsInstance", 1.0);
    ASSERT_TRUE(plant.settle());
    const Finished result = doctorOf(plant, plant.writeConfig());
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_THAT(result.output, AllOf(HasSubstr("WRONG  who controls      battery 1 (A) controls "
                                               "the chargers"),
                                     HasSubstr("DVCC is off")));
}

TEST(Doctor, ABadConfigurationIsItsOwnAnswer) {
    const ScratchDir dir;
    EXPECT_EQ(runBusbar({"doctor", "-c", dir.write("b.json", "{\"gxx\": 1}")}).exitCode, 3);
}

} // namespace
} // namespace busbar::test
