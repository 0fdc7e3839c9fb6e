// SPDX-License-Identifier: MIT
// The state file: whole, torn, foreign, of another version, not writable.
#include "app/state.hpp"
#include "base/file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace busbar {
namespace {

State someState() {
    State state;
    state.banks["main"].customName = "Häuschen \"1\"\n";
    state.banks["second"].customName = "";
    return state;
}

TEST(StateText, ComesBackAsItWent) {
    const ParsedState parsed = parseState(stateText(someState()));
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.state, someState());
}

TEST(StateText, EveryTornPieceIsNamedAndHarmless) {
    const std::string whole = stateText(someState());
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
        const ParsedState parsed = parseState(whole.substr(0, size));
        EXPECT_EQ(parsed.error, "is not a whole JSON object") << size;
        EXPECT_EQ(parsed.state, State{}) << size;
    }
}

TEST(StateText, ForeignAndNewerFilesAreNotTaken) {
    EXPECT_EQ(parseState("{\"banks\":{}}").error, "is no state of Busbar");
    EXPECT_EQ(parseState("{\"busbar_state\":\"1\"}").error, "is no state of Busbar");
    EXPECT_EQ(parseState("{\"busbar_state\":2}").error,
              "is of version 2, this program knows version 1");
    EXPECT_EQ(parseState("[1]").error, "is not a whole JSON object");
}

TEST(StateText, WrongTypesInsideAreLeftOut) {
    const ParsedState parsed =
        parseState(R"({"busbar_state":1,"banks":{"a":7,"b":{"custom_name":3}}})");
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.state.banks.at("a"), BankState{});
    EXPECT_EQ(parsed.state.banks.at("b"), BankState{});
}

class StateFile : public ::testing::Test {
protected:
    StateFile() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "busbar-state-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
    }
    ~StateFile() override { std::filesystem::remove_all(folder); }
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;
    StateFile(StateFile&&) = delete;
    StateFile& operator=(StateFile&&) = delete;

    std::string folder;
};

TEST_F(StateFile, SurvivesARestart) {
    StateStore before(folder + "/new");
    before.load();
    before.state = someState();
    before.save();
    StateStore after(folder + "/new");
    after.load();
    EXPECT_EQ(after.state, someState());
}

TEST_F(StateFile, ABrokenOneIsKeptAside) {
    ASSERT_EQ(replaceFile(folder + "/state.json", "{\"busbar_state\":1,\"ban"), "");
    StateStore store(folder);
    store.load();
    EXPECT_EQ(store.state, State{});
    EXPECT_TRUE(std::filesystem::exists(folder + "/state.json.bad"));
    store.state = someState();
    store.save();
    EXPECT_TRUE(std::filesystem::exists(folder + "/state.json"));
}

TEST_F(StateFile, IsNotWrittenWithoutAChange) {
    StateStore store(folder);
    store.save();
    EXPECT_FALSE(std::filesystem::exists(folder + "/state.json"));
}

TEST_F(StateFile, AFolderThatCannotBeMadeStopsNothing) {
    ASSERT_EQ(replaceFile(folder + "/file", "x"), "");
    StateStore store(folder + "/file/below");
    store.load();
    store.state = someState();
    store.save();
    EXPECT_EQ(store.state, someState());
}

} // namespace
} // namespace busbar
