// SPDX-License-Identifier: MIT
// A message that cannot be handled, and the ones behind it.
#include "app/run/hand_on.hpp"

#include <gtest/gtest.h>

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
        batch.add(mail);
    }
    FaultLog faults;
    std::vector<std::string> taken;
    const auto failed = handOn(batch, faults, [&taken](const Mail& mail) {
        if (mail.topic == "bad")
            throw std::runtime_error("cannot take it");
        taken.emplace_back(mail.topic);
    });
    EXPECT_EQ(failed, 2U);
    EXPECT_EQ(faults.count(), 2U);
    EXPECT_EQ(taken, (std::vector<std::string>{"a", "b", "c"}));
}

} // namespace
} // namespace busbar::hand_on_test
