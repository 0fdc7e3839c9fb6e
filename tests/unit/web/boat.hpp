// SPDX-License-Identifier: MIT
// A board as the program fills it: a site with one bank, two batteries, an event and a history.
#pragma once

#include "web/board.hpp"

namespace busbar::web::test {

inline constexpr Now kThen{SteadyTime{std::chrono::hours(1000)},
                           WallTime{std::chrono::minutes(29'000'000)}};

/// `site`: of the configuration. Names hold what HTML and Prometheus have to escape.
inline void fill(SitePage& page, const Now& now = kThen) {
    page.isOnline = true;
    page.isConcluded = true;
    page.said = now.steady;
    page.banks = {
        {"main",
         R"({"id":"main","name":"Main <b>\"bank\"","stage":"normal","online":1,"total":2,"soc":72.0,)"
         R"("voltage":53.2,"current":-12.5,"temperature":null,"energy_kWh":7.5,)"
         R"("limits":{"charge":{"value":57.0,"cause":"member","member":"Pack D","cell":null,)"
         R"("limiters":[{"cause":"member","value":57.0,"member":"Pack D","binding":true},)"
         R"({"cause":"ceiling","value":80.0,"member":null,"binding":false}]},)"
         R"("discharge":{"value":0,"cause":"no_data","member":"","cell":""},"charge_voltage":null},)"
         R"("meters":{"charged_kWh":2.0},)"
         R"("batteries":[{"id":"pack_d","name":"Pack <D>","takes_part":true,"reason":"none"}]})",
         R"({"time":"2026-11-29T14:30:00Z","age_s":0.4})"}};
    page.batteries = {
        {"pack_d",
         R"({"id":"pack_d","name":"Pack <D>\n\"x\\","bank":"main","voltage":53.1,)"
         R"("takes_part":true,"cells":[3.31,null,3.33]})",
         R"({"time":"2026-11-29T14:30:00Z","age_s":1})"},
        {"pack_e", R"({"id":"pack_e","name":"😀","bank":"main","takes_part":false})", ""}};
    page.events = {
        R"({"time":"2026-11-29T14:29:00Z","type":"battery_lost","text":"lost & <gone>"})"};
    page.health = R"({"uptime_s":5,"evaluations":9})";
    Moment moment;
    moment[Curve::Voltage] = 53.2;
    page.history["main"].add(moment, now.wall);
}

inline void fill(Board& board, const Now& now = kThen) {
    board.setSites({"boat"});
    board.version = "0.4.0";
    board.time = "2026-11-29T14:30:00Z";
    fill(board.site(0), now);
}

} // namespace busbar::web::test
