// SPDX-License-Identifier: MIT
// A program that was built without a listener (BUSBAR_WEB=OFF), which every build tries.
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "web/board.hpp"
#include "web/built_in.hpp"
#include "web/server.hpp"
#include "web/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace busbar::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(WebOff, SaysOnceThatAnAddressIsOfNoUse) {
    const log::Tail tail(10);
    EventLoop loop;
    Board board;
    Server server(loop, board);
    HttpSettings settings;
    Now now = loop.now();
    server.configure(settings, now);
    EXPECT_THAT(tail.lines(), ElementsAre());

    settings.listen = "127.0.0.1:1";
    server.configure(settings, now);
    for (int minute = 0; minute < 5; ++minute) {
        now.steady += std::chrono::minutes(1);
        server.tick(now);
        server.said(now);
    }
    server.configure(settings, now);
    EXPECT_THAT(tail.lines(),
                ElementsAre(HasSubstr("error http_not_built_in address=127.0.0.1:1 this "
                                      "program was built without a web server")));
    server.stop();
}

} // namespace
} // namespace busbar::web
