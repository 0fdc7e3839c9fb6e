// SPDX-License-Identifier: MIT
// Limits and events as people read them.
#include "core/events.hpp"
#include "core/limits/cause.hpp"
#include "core/limits/limit.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/quantity.hpp"
#include "documents/sentences.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::sentences_test {
namespace {

using documents::sentenceOf;

TEST(Sentences, OfABatterysLimitHaveItsArithmetic) {
    EXPECT_EQ(sentenceOf({{106.0, Cause::Member, "Pack D", ""}, 0.538, 57.0}, Quantity::Current),
              "Pack D allows 57.0 A and takes 54 % of the current");
    EXPECT_EQ(sentenceOf({{55.2, Cause::Member, "Pack A", ""}, {}, {}}, Quantity::Voltage),
              "Pack A asks for no more than 55.20 V");
    EXPECT_EQ(sentenceOf({{300.0, Cause::Member, "", ""}, {}, {}}, Quantity::Current),
              "The limit that a battery's BMS gives, shared over the bank");
}

TEST(Sentences, OfOtherLimitsSayTheCauseAndWho) {
    EXPECT_EQ(sentenceOf({{20.0, Cause::CellHigh, "Pack A", "C7"}, {}, {}}, Quantity::Current),
              "Curve of the highest cell: Pack A/C7");
    EXPECT_EQ(sentenceOf({{90.0, Cause::Ceiling, "", ""}, {}, {}}, Quantity::Current),
              "The owner's ceiling, configured or chosen");
}

TEST(Sentences, OfEveryCauseAndEventBeginLargeAndEndWithoutAStop) {
    for (std::size_t i = 0; i < kCauseCount; ++i) {
        const std::string sentence =
            sentenceOf({{1.0, static_cast<Cause>(i), "", ""}, {}, {}}, Quantity::Current);
        EXPECT_TRUE(sentence.front() >= 'A' && sentence.front() <= 'Z') << sentence;
        EXPECT_NE(sentence.back(), '.') << sentence;
    }
    for (std::size_t i = 0; i < kEventKindCount; ++i)
        for (const char* member : {"", "Pack A"}) {
            const std::string sentence =
                sentenceOf(Event{static_cast<EventKind>(i), member, "detail", 1.0, true});
            EXPECT_TRUE(sentence.front() >= 'A' && sentence.front() <= 'Z') << sentence;
        }
}

TEST(Sentences, OfEventsSayWhatHappenedToWhom) {
    EXPECT_EQ(sentenceOf(Event{EventKind::MemberOut, "Pack D", "stale: 31 s", 0.0, true}),
              "Pack D is lost: stale: 31 s");
    EXPECT_EQ(sentenceOf(Event{EventKind::MemberIn, "Pack D", "", 0.0, false}),
              "Pack D takes part");
    EXPECT_EQ(sentenceOf(Event{EventKind::ChargeCause, "", "no_data", 0.0, true}),
              "Charge limit 0.0 A: no_data");
    EXPECT_EQ(sentenceOf(Event{EventKind::Alarm, "", "Low state of charge alarm", 2.0, true}),
              "Low state of charge alarm: alarm");
    EXPECT_EQ(sentenceOf(Event{EventKind::Advice, "", "DVCC is off", 0.0, false}),
              "Settled: DVCC is off");
}

} // namespace
} // namespace busbar::sentences_test
