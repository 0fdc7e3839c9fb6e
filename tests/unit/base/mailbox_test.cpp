// SPDX-License-Identifier: MIT
#include "base/mailbox.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <string>
#include <thread>

namespace busbar {
namespace {

bool readable(const Mailbox& box) {
    pollfd p{box.fd(), POLLIN, 0};
    return ::poll(&p, 1, 0) == 1;
}

Mail message(std::string_view topic, std::string_view payload) {
    return {.topic = topic, .payload = payload};
}

TEST(Mailbox, KeepsOrderAndContent) {
    Mailbox box;
    box.put({.kind = MailKind::Connected, .session = 3});
    box.put({.session = 3, .retained = true, .topic = "N/x/a", .payload = "{}"});
    box.put(message("N/x/b", ""));
    MailBatch batch;
    box.take(batch);
    ASSERT_EQ(batch.size(), 3U);
    EXPECT_EQ(batch.at(0).kind, MailKind::Connected);
    EXPECT_EQ(batch.at(0).session, 3);
    EXPECT_EQ(batch.at(1).topic, "N/x/a");
    EXPECT_TRUE(batch.at(1).retained);
    EXPECT_EQ(batch.at(2).topic, "N/x/b");
    EXPECT_EQ(batch.at(2).payload, "");
    EXPECT_EQ(batch.dropped(), 0U);
}

TEST(Mailbox, WakesOnlyWhileArmed) {
    Mailbox box;
    EXPECT_FALSE(readable(box));
    box.put(message("a", "1"));
    EXPECT_TRUE(readable(box));
    MailBatch batch;
    box.take(batch);
    EXPECT_FALSE(readable(box));
    box.put(message("a", "2"));
    EXPECT_FALSE(readable(box));
    box.arm();
    EXPECT_TRUE(readable(box));
    box.take(batch);
    EXPECT_EQ(batch.at(0).payload, "2");
    box.arm();
    EXPECT_FALSE(readable(box));
}

TEST(Mailbox, WhatIsPressingWakesAlsoWhileNotArmed) {
    Mailbox box;
    MailBatch batch;
    box.take(batch);
    box.put(message("a", "1"));
    EXPECT_FALSE(readable(box));
    Mail pressing = message("a", "2");
    pressing.isPressing = true;
    box.put(pressing);
    EXPECT_TRUE(readable(box));
    box.take(batch);
    EXPECT_EQ(batch.size(), 2U) << "and takes along what had gathered";
    box.put({.kind = MailKind::Disconnected, .payload = "a reason"});
    EXPECT_TRUE(readable(box));
}

TEST(Mailbox, DropsMessagesWhenFullButNeverSessionEvents) {
    Mailbox box({.bytes = 10, .count = 100});
    box.put(message("12345", "67890"));
    box.put(message("x", ""));
    box.put({.kind = MailKind::Disconnected, .payload = "a long reason"});
    MailBatch batch;
    box.take(batch);
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch.at(1).payload, "a long reason");
    EXPECT_EQ(batch.dropped(), 1U);
    box.take(batch);
    EXPECT_EQ(batch.dropped(), 0U);
}

TEST(Mailbox, BoundsTheCountToo) {
    Mailbox box({.bytes = 1000, .count = 2});
    for (int i = 0; i < 5; ++i)
        box.put(message("t", "p"));
    MailBatch batch;
    box.take(batch);
    EXPECT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch.dropped(), 3U);
}

TEST(Mailbox, KnowsWhoseMessagesDidNotFit) {
    Mailbox box({.bytes = 1000, .count = 2});
    for (const std::uint8_t session : std::initializer_list<std::uint8_t>{1, 1, 200, 255, 200}) {
        Mail mail = message("t", "p");
        mail.session = session;
        box.put(mail);
    }
    MailBatch batch;
    box.take(batch);
    EXPECT_EQ(batch.losers().count(), 2U);
    EXPECT_TRUE(batch.losers()[200] && batch.losers()[255]);
    box.take(batch);
    EXPECT_TRUE(batch.losers().none());
}

TEST(Mailbox, LosesNothingBetweenTwoThreads) {
    Mailbox box;
    constexpr std::size_t kCount = 20000;
    std::thread writer([&box] {
        for (std::size_t i = 0; i < kCount; ++i)
            box.put(message("t", std::to_string(i)));
    });
    std::size_t next = 0;
    MailBatch batch;
    while (next < kCount) {
        pollfd p{box.fd(), POLLIN, 0};
        ASSERT_EQ(::poll(&p, 1, 10000), 1);
        box.take(batch);
        for (std::size_t i = 0; i < batch.size(); ++i)
            ASSERT_EQ(batch.at(i).payload, std::to_string(next++));
        ASSERT_EQ(batch.dropped(), 0U);
        box.arm();
    }
    writer.join();
}

} // namespace
} // namespace busbar
