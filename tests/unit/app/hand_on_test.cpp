// SPDX-License-Identifier: MIT
// A message that cannot be handled, and the ones behind it.
#include "app/run/hand_on.hpp"
#include "app/run/session.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace busbar::hand_on_test {
namespace {

TEST(HandOn, AMessageThatFailsIsCountedAndStopsNoOther) {
    MailBatch batch;
    for (const std::string_view topic : {"a", "bad", "b", "bad", "c"}) {
        Mail mail;
        mail.topic = topic;
        mail.session = topic == "bad" ? 5 : 6;
        batch.add(mail);
    }
    FaultLog faults;
    std::vector<std::string> taken;
    const auto failed = handOn(batch, faults, [&taken](const Mail& mail) {
        if (mail.topic == "bad")
            throw std::runtime_error("cannot take it");
        taken.emplace_back(mail.topic);
    });
    EXPECT_EQ(failed.count, 2U);
    EXPECT_EQ(failed.sessions, Sessions().set(5));
    EXPECT_EQ(faults.count(), 2U);
    EXPECT_EQ(taken, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(HandOn, APieceOfWorkThatFailsStopsNoOther) {
    FaultLog faults;
    int done = 0;
    for (int i = 0; i < 3; ++i)
        alone(faults, [&] {
            if (i == 1)
                throw std::runtime_error("cannot");
            ++done;
        });
    EXPECT_EQ(done, 2);
    EXPECT_EQ(faults.count(), 1U);
}

TEST(SessionIds, OfAllSitesAreToldApart) {
    std::set<std::uint8_t> numbers;
    for (std::size_t site = 0; site < 64; ++site)
        for (const SessionUse use :
             {SessionUse::Readings, SessionUse::Output, SessionUse::Control}) {
            Mail mail;
            mail.session = numberOf({.site = site, .use = use});
            EXPECT_TRUE(numbers.insert(mail.session).second);
            EXPECT_EQ(sessionOf(mail).site, site);
            EXPECT_EQ(sessionOf(mail).use, use);
        }
}

TEST(SessionIds, SayWhichSiteHasLostMessages) {
    for (std::size_t site = 0; site < 64; ++site)
        for (std::size_t loser = 0; loser < 64; ++loser) {
            const auto control = numberOf({.site = loser, .use = SessionUse::Control});
            EXPECT_EQ(isAnyOf(site, Sessions().set(control)), site == loser) << site << loser;
        }
    EXPECT_FALSE(isAnyOf(0, Sessions()));
}

} // namespace
} // namespace busbar::hand_on_test
