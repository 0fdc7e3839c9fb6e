// SPDX-License-Identifier: MIT
#include "app/view/terminal_view.hpp"
#include "app/view/text_width.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace busbar {
namespace {

MemberReport member(const std::string& name, int instance) {
    MemberReport m;
    m.id = "id" + std::to_string(instance);
    m.name = name;
    m.instance = instance;
    m.takesPart = true;
    m.voltage_V = 53.21;
    m.current_A = -4.0;
    m.power_W = -213.0;
    m.soc_pct = 71.5;
    m.capacity_Ah = 280.0;
    m.maxCharge_A = 30.0;
    m.maxDischarge_A = 150.0;
    m.maxCharge_V = 56.0;
    m.minCell_V = 3.31;
    m.maxCell_V = 3.345;
    return m;
}

struct Scene {
    BankReport report;
    Snapshot snapshot;
    std::vector<Advice> advice;
    ViewHealth health;

    [[nodiscard]] std::string shown(int width, int height = 0, bool isColoured = false) const {
        return terminalView(report, snapshot, advice, health,
                            {.width = width, .height = height, .isColoured = isColoured})
            .text;
    }
};

/// Two batteries work, one of them blocks discharging; a third is out.
Scene busyBank() {
    Scene scene;
    BankReport& r = scene.report;
    r.stage = Stage::Normal;
    r.online = 2;
    r.total = 3;
    r.charge = {60.0, Cause::Member, "Pack A", "C3"};
    r.discharge = {0.0, Cause::Blocked, "Küche 🔋", ""};
    r.chargeVoltage = Limit{56.0, Cause::Member, "Pack A", ""};
    r.members = {member("Pack A", 1), member("Küche 🔋", 2), member("Pack C", 3)};
    r.members[1].maxCharge_A = 100.0;
    r.members[1].maxDischarge_A = 0.0;
    r.members[1].held = true;
    r.members[1].reason = OutReason::Stale;
    r.members[1].detail = "not seen for 12 s";
    r.members[2].takesPart = false;
    r.members[2].reason = OutReason::VoltageMismatch;
    r.members[2].detail = "13.5 V, others 27.1 V";
    Snapshot& s = scene.snapshot;
    s[row("/CustomName")] = "Main bank";
    s[row("/Dc/0/Voltage")] = 53.21;
    s[row("/Dc/0/Current")] = -8.0;
    s[row("/Dc/0/Power")] = -425.0;
    s[row("/Dc/0/Temperature")] = 24.5;
    s[row("/Soc")] = 71.5;
    s[row("/Capacity")] = 400.2;
    s[row("/InstalledCapacity")] = 560.0;
    s[row("/TimeToGo")] = 18720.0;
    s[row("/System/MinCellVoltage")] = 3.31;
    s[row("/System/MinVoltageCellId")] = "Pack A/C3";
    s[row("/System/MaxCellVoltage")] = 3.345;
    s[row("/System/MaxVoltageCellId")] = "Küche 🔋/C12";
    s[row("/Voltages/Diff")] = 0.035;
    s[row("/Alarms/Alarm")] = 2.0;
    s[row("/Alarms/LowVoltage")] = 2.0;
    s[row("/Alarms/CellImbalance")] = 1.0;
    scene.health = {.isLinkUp = true,
                    .portalId = "c0619ab00001",
                    .heartbeatAge = std::chrono::seconds(1),
                    .messages = 12345,
                    .rejected = 2,
                    .dropped = 0};
    return scene;
}

std::vector<std::string> linesOf(const std::string& screen) {
    std::vector<std::string> lines;
    std::istringstream in(screen);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

std::string withoutColours(std::string text) {
    for (auto at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b'))
        text.erase(at, text.find('m', at) - at + 1);
    return text;
}

TEST(TerminalView, ShowsABusyBankInEightyColumns) {
    EXPECT_EQ(busyBank().shown(80),
              R"(Main bank                                               2 of 3 batteries  normal
────────────────────────────────────────────────────────────────────────────────
   53.21V     -8.0A     -425W  discharging, 5 h 12 min to go
    71.5%  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░  400.2Ah of 560.0Ah  24.5C
    Cells  3.310V Pack A/C3 to 3.345V Küche 🔋/C12, spread 0.035V

  Charge           60.0A  member   Pack A/C3
! Discharge         0.0A  blocked  Küche 🔋
  Charge voltage  56.00V  member   Pack A
! Alarm           Low voltage
  Warning         Cell imbalance

  Battery         V        A     SoC high cell      CCL      DCL  sets
  Pack A     53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A  CCL CVL
  Küche 🔋   53.21V    -4.0A   71.5%    3.345V   100.0A     0.0A  DCL
    held, last values: stale: not seen for 12 s
  Pack C    out: voltage mismatch: 13.5 V, others 27.1 V

  GX c0619ab00001 up, heartbeat 1 s ago, 12345 messages, 2 rejected)");
}

TEST(TerminalView, ALimitOfAnInnerBatteryIsSetByTheOneAroundIt) {
    auto scene = busyBank();
    scene.report.charge.member = "Pack A/S1b";
    EXPECT_NE(scene.shown(80).find("150.0A  CCL CVL"), std::string::npos) << scene.shown(80);
}

TEST(TerminalView, ShowsABusyBankInFortyColumns) {
    EXPECT_EQ(busyBank().shown(40), R"(Main bank       2 of 3 batteries  normal
────────────────────────────────────────
   53.21V     -8.0A     -425W
    71.5%    400.2Ah of 560.0Ah  24.5C
    Cells  lowest 3.310V Pack A/C3
           highest 3.345V Küche 🔋/C12
           spread 0.035V

  CCL       60.0A  member   Pack A/C3
! DCL        0.0A  blocked  Küche 🔋
  CVL      56.00V  member   Pack A
! Alarm    Low voltage
  Warning  Cell imbalance

  Battery         V        A     SoC
* Pack A     53.21V    -4.0A   71.5%
* Küche 🔋   53.21V    -4.0A   71.5%
    held, last values: stale: not seen …
  Pack C    out: voltage mismatch: 13.5…

  GX c0619ab00001 up, heartbeat 1 s ago…)");
}

TEST(TerminalView, AdviceIsBrokenBetweenWords) {
    Scene scene = busyBank();
    scene.advice = {{AdviceCode::DvccOff,
                     "DVCC is off, so the GX does not pass the bank's limits on "
                     "to its chargers: switch it on in Settings → DVCC"},
                    {AdviceCode::OtherBms, "Short\x1b"}};
    const std::string screen = scene.shown(80);
    EXPECT_NE(screen.find("\n! DVCC is off, so the GX does not pass the bank's limits on to its "
                          "chargers:\n  switch it on in Settings → DVCC\n! Short\xEF\xBF\xBD\n"),
              std::string::npos)
        << screen;
}

TEST(TerminalView, ShowsABankThatHasNoData) {
    Scene scene;
    scene.report.stage = Stage::NoData;
    scene.report.total = 1;
    scene.report.charge = {0.0, Cause::NoData, "", ""};
    scene.report.discharge = {200.0, Cause::RideThrough, "", ""};
    MemberReport gone;
    gone.name = "Pack A";
    gone.reason = OutReason::Missing;
    scene.report.members = {gone};
    EXPECT_EQ(scene.shown(80),
              R"(Busbar                                                 0 of 1 batteries  no data
────────────────────────────────────────────────────────────────────────────────
      ---       ---       ---
      ---    --- of ---  ---
    Cells  --- to ---, spread ---

! Charge            0.0A  no data
  Discharge       200.0A  ride through
  Charge voltage     ---
  Alarms          none

  Battery        V        A     SoC high cell      CCL      DCL  sets
  Pack A   out: missing

  GX no link, 0 messages)");
}

TEST(TerminalView, NoLineIsLongerThanTheWidth) {
    Scene scene = busyBank();
    scene.report.members[0].name = "電池電池電池電池電池電池電池電池電池電池電池電池電池電池";
    scene.report.members[2].detail = std::string(300, 'x');
    scene.advice = {{AdviceCode::DvccOff, "one " + std::string(300, 'y') + " two  電池電池 three"}};
    scene.report.charge.member = scene.report.members[0].name;
    scene.snapshot[row("/CustomName")] = std::string(300, 'n');
    for (int width = 1; width <= 200; ++width)
        for (const bool isColoured : {false, true})
            for (const std::string& line :
                 linesOf(withoutColours(scene.shown(width, 0, isColoured))))
                EXPECT_LE(columnsOf(line), static_cast<std::size_t>(width))
                    << width << ": " << line;
}

TEST(TerminalView, NoScreenIsHigherThanTheHeight) {
    Scene scene = busyBank();
    for (int i = 4; i < 40; ++i)
        scene.report.members.push_back(member("Pack " + std::to_string(i), i));
    for (int height = 1; height <= 70; ++height) {
        const auto lines = linesOf(scene.shown(80, height));
        EXPECT_LE(lines.size(), static_cast<std::size_t>(height));
    }
    EXPECT_NE(scene.shown(80, 24).find("  … 29 more, all well\n  GX"), std::string::npos)
        << scene.shown(80, 24);
    EXPECT_EQ(scene.shown(80, 0).find(" more"), std::string::npos);
    EXPECT_EQ(scene.shown(80, 60).find(" more"), std::string::npos) << "all fit";
}

/// Twelve packs: the tenth sets a limit, the eleventh is held, the twelfth is lost; and nine of
/// another busbar.
Scene largeBank() {
    Scene scene = busyBank();
    scene.report.members.clear();
    for (int i = 1; i <= 12; ++i)
        scene.report.members.push_back(member("Pack " + std::to_string(i), i));
    for (int i = 13; i <= 21; ++i) {
        MemberReport other = member("Other " + std::to_string(i), i);
        other.takesPart = false;
        other.reason = OutReason::Excluded;
        scene.report.members.push_back(other);
    }
    scene.report.charge = {60.0, Cause::Member, "Pack 10", "C3"};
    scene.report.discharge = {150.0, Cause::Ceiling, "", ""};
    scene.report.chargeVoltage = Limit{56.0, Cause::Configured, "", ""};
    scene.report.members[10].held = true;
    scene.report.members[10].reason = OutReason::Stale;
    scene.report.members[11].takesPart = false;
    scene.report.members[11].reason = OutReason::Missing;
    scene.snapshot[row("/System/MinVoltageCellId")] = "Pack 1/C3";
    scene.snapshot[row("/System/MaxVoltageCellId")] = "Pack 2/C12";
    return scene;
}

TEST(TerminalView, WhoNeedsALookComesFirstAndTheRestIsFolded) {
    EXPECT_EQ(largeBank().shown(80, 21),
              R"(Main bank                                               2 of 3 batteries  normal
────────────────────────────────────────────────────────────────────────────────
   53.21V     -8.0A     -425W  discharging, 5 h 12 min to go
    71.5%  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░  400.2Ah of 560.0Ah  24.5C
    Cells  3.310V Pack 1/C3 to 3.345V Pack 2/C12, spread 0.035V
  Charge           60.0A  member      Pack 10/C3
  Discharge       150.0A  ceiling
  Charge voltage  56.00V  configured
! Alarm           Low voltage
  Warning         Cell imbalance
  Battery        V        A     SoC high cell      CCL      DCL  sets
  Pack 12  out: missing
  Pack 11   53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A
    held, last values: stale
  Pack 10   53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A  CCL
  Pack 1    53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A
  Pack 2    53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A
  Pack 3    53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A
  Pack 4    53.21V    -4.0A   71.5%    3.345V    30.0A   150.0A
  … 14 more: 5 well, 9 excluded
  GX c0619ab00001 up, heartbeat 1 s ago, 12345 messages, 2 rejected)");
}

TEST(TerminalView, ScrollsNoFurtherThanToAFullLastPage) {
    const Scene scene = largeBank();
    const auto at = [&scene](std::size_t first) {
        return terminalView(scene.report, scene.snapshot, {}, scene.health,
                            {.width = 80, .height = 21, .isColoured = false, .first = first});
    };
    EXPECT_EQ(at(0).shown, 7U);
    const TerminalPicture next = at(7);
    EXPECT_NE(next.text.find("\n  … 7 above\n  Pack 5 "), std::string::npos) << next.text;
    const TerminalPicture last = at(1000);
    EXPECT_EQ(last.first + last.shown, 21U);
    EXPECT_EQ(linesOf(last.text).size(), 21U) << last.text;
    EXPECT_EQ(last.text.find(" more"), std::string::npos);
    EXPECT_NE(last.text.find("Other 21  out: excluded"), std::string::npos) << last.text;
    EXPECT_EQ(terminalView(scene.report, scene.snapshot, {}, scene.health,
                           {.width = 80, .height = 60, .isColoured = false, .first = 7})
                  .first,
              0U)
        << "all fit";
}

TEST(TerminalView, ALongNameTakesNoColumnFromTheOthers) {
    Scene scene = largeBank();
    const auto head = [&scene](int width) {
        for (const std::string& line : linesOf(scene.shown(width)))
            if (line.starts_with("  Battery"))
                return line.substr(9);
        return std::string();
    };
    const std::string narrow = head(80);
    const std::string wide = head(100);
    EXPECT_NE(wide.find("low cell"), std::string::npos) << wide;
    scene.report.members[3].name = "Pack in the cellar, left of the stairs";
    const auto columns = [](std::string text) {
        text.erase(0, text.find_first_not_of(' '));
        return text;
    };
    EXPECT_EQ(columns(head(80)), columns(narrow));
    EXPECT_EQ(columns(head(100)), columns(wide));
    EXPECT_NE(scene.shown(80).find("  Pack in th…"), std::string::npos) << scene.shown(80);
    EXPECT_NE(scene.shown(160).find("  Pack in the cellar, left of the stairs  "),
              std::string::npos)
        << scene.shown(160);
}

/// What would hold the limits next: two reasons for charging, seven for discharging.
Scene manyReasons() {
    Scene scene = busyBank();
    LimiterLists& lists = scene.report.limiters;
    lists.charge = {{scene.report.charge},
                    {{66.0, Cause::Member, "Küche 🔋", ""}, 0.54, 35.6},
                    {{80.0, Cause::Ceiling, "", ""}}};
    lists.discharge = {{scene.report.discharge}};
    for (int i = 1; i <= 7; ++i)
        lists.discharge.push_back({{100.0 + i, Cause::Member, "Pack " + std::to_string(i), ""}});
    lists.chargeVoltage = {{*scene.report.chargeVoltage}};
    return scene;
}

Trend rising() {
    Trend trend;
    Snapshot snapshot;
    for (int i = 0; i < 100; ++i) {
        snapshot[row("/Dc/0/Current")] = i - 40.0;
        trend.note(snapshot, {SteadyTime{std::chrono::seconds(1000 + i)}, {}});
    }
    return trend;
}

std::string shownWith(const Scene& scene, int width, int height, bool isAscii = false) {
    return terminalView(scene.report, scene.snapshot, {}, scene.health,
                        {.width = width, .height = height, .isAscii = isAscii}, rising())
        .text;
}

TEST(TerminalView, LinesThatAreLeftTellWhatWouldLimitNextAndHowItWent) {
    const std::string screen = shownWith(manyReasons(), 80, 28);
    EXPECT_EQ(linesOf(screen).size(), 28U) << screen;
    EXPECT_NE(screen.find("  Charge           60.0A  member   Pack A/C3\n"
                          "                   66.0A  member   Küche 🔋, allows 35.6A, takes 54 %\n"
                          "                   80.0A  ceiling\n"
                          "! Discharge         0.0A  blocked  Küche 🔋\n"),
              std::string::npos)
        << screen;
    EXPECT_NE(screen.find("                  101.0A  member   Pack 1\n"
                          "                  102.0A  member   Pack 2\n"
                          "                  103.0A  member   Pack 3\n"
                          "                  104.0A  member   Pack 4\n"
                          "                  105.0A  member   Pack 5\n"
                          "                  … 2 more\n"
                          "  Charge voltage "),
              std::string::npos)
        << screen;
    EXPECT_NE(screen.find("  Current       ▁▁▁▁▁▂▂▂▂▃"), std::string::npos) << screen;
    EXPECT_NE(screen.find("██  -40.0A to 59.0A, 100 s\n"), std::string::npos) << screen;
}

TEST(TerminalView, WhereThereIsNoRoomForThemTheyAreLeftOut) {
    const Scene scene = manyReasons();
    for (const int height : {17, 18, 21, 24, 30, 50})
        EXPECT_LE(linesOf(shownWith(scene, 80, height)).size(), static_cast<std::size_t>(height));
    const std::string usual = shownWith(scene, 80, 24);
    EXPECT_NE(usual.find("66.0A  member"), std::string::npos) << "the nearest first\n" << usual;
    EXPECT_EQ(usual.find("105.0A"), std::string::npos) << usual;
    EXPECT_EQ(shownWith(scene, 80, 19).find("66.0A"), std::string::npos);
    EXPECT_EQ(shownWith(scene, 50, 0).find("▂"), std::string::npos) << "too narrow to be drawn";
    for (int width = 1; width <= 150; ++width)
        for (const std::string& line : linesOf(shownWith(scene, width, 0)))
            EXPECT_LE(columnsOf(line), static_cast<std::size_t>(width)) << width << ": " << line;
}

TEST(TerminalView, ALineAloneTellsTheNextReason) {
    const Scene scene = manyReasons();
    for (int height = 18; height < 24; ++height) {
        const std::string screen = shownWith(scene, 80, height);
        if (screen.find("allows 35.6A") == std::string::npos)
            continue;
        EXPECT_EQ(screen.find(" more"), std::string::npos) << screen;
        return;
    }
    ADD_FAILURE() << "a height has room for one line";
}

TEST(TerminalView, InAsciiEveryLineIsAsWide) {
    const std::string drawn = shownWith(manyReasons(), 100, 0);
    const std::string ascii = shownWith(manyReasons(), 100, 0, true);
    EXPECT_TRUE(std::ranges::all_of(ascii, [](char c) { return c > 0; })) << ascii;
    const auto a = linesOf(drawn);
    const auto b = linesOf(ascii);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_EQ(columnsOf(a[i]), columnsOf(b[i])) << a[i] << "\n" << b[i];
    EXPECT_NE(ascii.find("  ##############......  400.2Ah"), std::string::npos) << ascii;
    EXPECT_NE(ascii.find("K?che ??"), std::string::npos) << ascii;
}

TEST(TextWidth, OnlyALocaleThatSaysSoIsAscii) {
    for (const char* name : {"C", "POSIX", "de_DE.ISO-8859-1", "en_US", "ja_JP.eucJP"})
        EXPECT_TRUE(isAsciiLocale(name)) << name;
    for (const char* name : {"", "C.UTF-8", "de_DE.utf8", "en_US.UTF-8@euro", "C.Utf8"})
        EXPECT_FALSE(isAsciiLocale(name)) << name;
}

TEST(TerminalView, PlainTextHasNoEscapesAndColouredTextNoOthers) {
    Scene scene = busyBank();
    scene.report.members[0].name = "\x1b[2Jevil\n";
    scene.report.charge.member = "\x1b]0;title\x07";
    scene.report.members[2].detail = "a\rb";
    scene.snapshot[row("/CustomName")] = "x\x1b[31m";
    scene.snapshot[row("/System/MinVoltageCellId")] = "\xC2\x9B"
                                                      "1m";
    scene.health.portalId = "id\x1b";
    EXPECT_EQ(scene.shown(80).find('\x1b'), std::string::npos);
    const std::string coloured = scene.shown(80, 0, true);
    EXPECT_NE(coloured.find('\x1b'), std::string::npos);
    EXPECT_EQ(withoutColours(coloured), scene.shown(80));
    for (const char c : withoutColours(coloured))
        EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20U);
}

TEST(TerminalView, ColoursEndWithTheirPiece) {
    const Scene scene = busyBank();
    for (const std::string& line : linesOf(scene.shown(100, 0, true))) {
        const auto last = line.rfind('\x1b');
        EXPECT_TRUE(last == std::string::npos || line.substr(last, 4) == "\x1b[0m") << line;
    }
    EXPECT_NE(scene.shown(80, 0, true).find("\x1b[1;31mblocked"), std::string::npos)
        << "a closed limit is red";
}

} // namespace
} // namespace busbar
