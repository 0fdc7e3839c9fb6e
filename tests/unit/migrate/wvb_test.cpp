// SPDX-License-Identifier: MIT
#include "migrate/wvb.hpp"
#include "unit/migrate/good.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace busbar::migrate {
namespace {

TEST(Wvb, IsABatteryThatExpires) {
    const auto config = test::good(migrateWvb(std::nullopt));
    ASSERT_EQ(config.made.size(), 1U);
    EXPECT_EQ(config.made.front().id, "virtual");
}

/// The constants of the ancestor, LTO.
TEST(Wvb, ItsConstantsBindWhatIsWritten) {
    const auto result = migrateWvb(
        PeerText{"settings.py",
                 "CHARGE_VOLTAGE = 2.48\nMAX_CELL_VOLTAGE = 2.55\nDISCHARGE_VOLTAGE = 2.1\n"
                 "MIN_CELL_VOLTAGE = 2.0\nMAX_CHARGE_CURRENT = 200\nMAX_DISCHARGE_CURRENT = 200\n"
                 "CV1 = 2.45\nMAX_CHARGE_CURRENT_ABOVE_CV1 = 50\nCV2 = 2.52\n"
                 "MAX_CHARGE_CURRENT_ABOVE_CV2 = 10\nNR_OF_CELLS_PER_BATTERY = 20\nX = 3\n"});
    test::good(result);
    EXPECT_EQ(result.draft.find("limits.curves.high_cell_V")->json,
              "[[2.44, 1], [2.45, 0.25], [2.51, 0.25], [2.52, 0.05], [2.54, 0.05], [2.55, 0]]");
    EXPECT_EQ(result.draft.find("limits.curves.low_cell_V")->json,
              "[[1.99, 0], [2, 0], [2.01, 1]]");
    EXPECT_EQ(result.draft.find("limits.curves.low_pack_V")->json, "[[42, 0], [42.01, 1]]");
    EXPECT_THAT(result.report, testing::HasSubstr("X: no constant"));
}

TEST(Wvb, EachConstantIsNamedWhateverItIs) {
    for (const std::string_view name : wvbConstants())
        for (const char* value : {"0", "-1", "3.4", "200", "'x'", "1e9", "None"}) {
            const std::string text = std::string(name) + " = " + value + "\n";
            const auto result = migrateWvb(PeerText{"settings.py", text});
            test::good(result);
            EXPECT_TRUE(std::ranges::any_of(result.draft.lines, [name](const Line& line) {
                return line.option == name;
            })) << text;
        }
}

} // namespace
} // namespace busbar::migrate
