// SPDX-License-Identifier: MIT
// The state of a session without any library: who may do what when, and what becomes of requests.
#include "mqtt/session/session_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::mqtt {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class State : public testing::Test {
protected:
    void connect() {
        state.beginAttempt(std::nullopt);
        EXPECT_EQ(next().kind, Job::Kind::Attempt);
        state.connected();
    }

    /// The next job, which must be there: otherwise this would wait for ever.
    Job next(std::optional<std::chrono::steady_clock::time_point> lifeSign = std::nullopt) {
        return state.nextJob(never_.get_token(), lifeSign);
    }

    std::vector<std::string> mails() {
        MailBatch batch;
        box_.take(batch);
        box_.arm();
        std::vector<std::string> result;
        for (std::size_t i = 0; i < batch.size(); ++i)
            result.push_back(std::to_string(static_cast<int>(batch.at(i).kind)) + ":" +
                             std::string(batch.at(i).payload));
        return result;
    }

    static Outgoing publication(std::string topic, std::size_t bytes = 0) {
        return {std::move(topic), std::string(bytes, 'x')};
    }

private:
    Mailbox box_;
    std::stop_source never_;

public:
    SessionState state{3, {200, 1000}, box_};
};

TEST_F(State, GoesFromIdleToConnectedAndBack) {
    EXPECT_TRUE(state.takeNews().isIdle);
    connect();
    EXPECT_TRUE(state.isConnected());
    EXPECT_THAT(mails(), ElementsAre("1:"));
    state.lost("");
    EXPECT_FALSE(state.isConnected());
    EXPECT_THAT(mails(), ElementsAre("2:session lost"));
    const auto news = state.takeNews();
    EXPECT_TRUE(news.isIdle);
    ASSERT_EQ(news.transitions.size(), 2U);
    EXPECT_EQ(news.transitions[0].kind, MailKind::Connected);
    EXPECT_EQ(news.transitions[1].reason, "session lost");
    EXPECT_THAT(state.takeNews().transitions, IsEmpty()) << "told once";
}

TEST_F(State, HasASignOfLifeGivenWhenItIsDueAndNothingElseIsToBeDone) {
    const std::chrono::steady_clock::time_point longAgo;
    connect();
    EXPECT_EQ(next(longAgo).kind, Job::Kind::LifeSign);
    EXPECT_TRUE(state.offer(publication("a")));
    EXPECT_EQ(next(longAgo).kind, Job::Kind::Send);
    EXPECT_EQ(next(longAgo).kind, Job::Kind::LifeSign);
    std::stop_source ended;
    ended.request_stop();
    EXPECT_EQ(state.nextJob(ended.get_token(), longAgo).kind, Job::Kind::Stop);
}

TEST_F(State, ExplainsAFailureBeforeTheAttemptIsOver) {
    state.beginAttempt(Will{"status", "lost", true});
    EXPECT_EQ(next().will->payload, "lost");
    state.connectFailed(5);
    EXPECT_FALSE(state.takeNews().isIdle);
    EXPECT_THAT(mails(), IsEmpty());
    const auto job = next();
    EXPECT_EQ(job.kind, Job::Kind::Explain);
    EXPECT_EQ(job.returnCode, 5);
    state.fail({LinkStep::Port, "because"});
    EXPECT_TRUE(state.takeNews().isIdle);
    EXPECT_THAT(mails(), ElementsAre("3:because"));
    EXPECT_EQ(state.counters().connectFailures, 1U);
    ASSERT_TRUE(state.lastFailure());
    EXPECT_EQ(state.lastFailure()->step, LinkStep::Port);
    EXPECT_EQ(state.lastFailure()->text, "because");
}

TEST_F(State, AFailureIsForgottenWithTheNextSession) {
    EXPECT_FALSE(state.lastFailure());
    state.beginAttempt(std::nullopt);
    state.fail({LinkStep::Name, "because"});
    EXPECT_TRUE(state.lastFailure());
    connect();
    EXPECT_FALSE(state.lastFailure());
}

TEST_F(State, IgnoresEventsThatDoNotFit) {
    state.connected();
    state.lost("late");
    state.connectFailed(1);
    state.fail({LinkStep::Port, "nothing was tried"});
    EXPECT_THAT(mails(), IsEmpty());
    EXPECT_TRUE(state.takeNews().isIdle);
    connect();
    state.connected();
    state.connectFailed(1);
    state.beginAttempt(std::nullopt);
    EXPECT_THAT(mails(), ElementsAre("1:"));
    EXPECT_EQ(state.counters().connects, 1U);
}

TEST_F(State, TakesNothingWithoutASession) {
    EXPECT_FALSE(state.offer(publication("t")));
    state.beginAttempt(std::nullopt);
    EXPECT_FALSE(state.offer(publication("t")));
    EXPECT_EQ(state.counters().refused, 2U);
    EXPECT_EQ(state.counters().accepted, 0U);
}

TEST_F(State, HandsOutInOrderAndUsesTheSlotOfAFinishedRequestAgain) {
    connect();
    for (std::size_t i = 0; i < SessionState::kWindow + 1; ++i)
        ASSERT_TRUE(state.offer(publication(std::to_string(i))));
    Job last;
    for (std::size_t i = 0; i < SessionState::kWindow; ++i) {
        last = next();
        ASSERT_EQ(last.kind, Job::Kind::Send);
        ASSERT_EQ(last.entry.topic, std::to_string(i));
    }
    state.finished(last.slot, true, 0);
    state.finished(last.slot, true, 0);
    EXPECT_EQ(state.counters().delivered, 1U);
    const auto another = next();
    EXPECT_EQ(another.entry.topic, std::to_string(SessionState::kWindow));
    EXPECT_EQ(another.slot, last.slot) << "the only free one";
    EXPECT_EQ(state.counters().inFlight, SessionState::kWindow);
}

TEST_F(State, LosesWhatIsInFlightWithTheSessionAndCountsIt) {
    connect();
    ASSERT_TRUE(state.offer(publication("a", 9)));
    ASSERT_TRUE(state.offer(publication("b", 9)));
    const auto handed = next();
    EXPECT_EQ(state.counters().inFlightBytes, 20U);
    state.lost("cut");
    EXPECT_EQ(state.counters().failed, 2U);
    EXPECT_EQ(state.counters().inFlight, 0U);
    state.finished(handed.slot, false, -1);
    EXPECT_EQ(state.counters().failed, 2U) << "not twice";
    EXPECT_EQ(state.counters().inFlightBytes, 0U);
}

TEST_F(State, NamesTheSubscriptionsThatWereRefused) {
    connect();
    for (const auto* topic : {"N/#", "N/c0/#"})
        ASSERT_TRUE(
            state.offer({.topic = topic, .payload = {}, .kind = Outgoing::Kind::Subscription}));
    ASSERT_TRUE(state.offer(publication("R/c0/keepalive")));
    state.finished(next().slot, false, 0x80);
    state.finished(next().slot, true, 0);
    state.finished(next().slot, false, 0x80);
    EXPECT_THAT(state.takeNews().refusedFilters, ElementsAre("N/#"));
}

TEST_F(State, SaysGoodbyeOnlyAfterEverythingIsSent) {
    connect();
    ASSERT_TRUE(state.offer(publication("status")));
    EXPECT_FALSE(state.close(0ms));
    EXPECT_FALSE(state.offer(publication("too late")));
    const auto job = next();
    ASSERT_EQ(job.kind, Job::Kind::Send);
    state.finished(job.slot, true, 0);
    EXPECT_EQ(next().kind, Job::Kind::Close);
    state.stopped();
    EXPECT_TRUE(state.close(0ms));
    state.beginAttempt(std::nullopt);
    EXPECT_FALSE(state.takeNews().isIdle);
}

TEST_F(State, ClosesAtOnceWhileConnecting) {
    state.beginAttempt(std::nullopt);
    (void)next();
    EXPECT_FALSE(state.close(0ms));
    EXPECT_EQ(next().kind, Job::Kind::Close);
    state.stopped();
    state.connected();
    EXPECT_FALSE(state.isConnected());
    EXPECT_THAT(mails(), IsEmpty());
}

} // namespace
} // namespace busbar::mqtt
