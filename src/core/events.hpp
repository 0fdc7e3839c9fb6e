// SPDX-License-Identifier: MIT
// What changed in a cycle that somebody may want to know about.
#pragma once

#include "core/gx/advice.hpp"
#include "core/limits/cause.hpp"
#include "core/stage.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/row_index.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace busbar {

struct BalancingOutput;
struct BankCurrent;
struct Limit;
struct Snapshot;
struct Verdict;

struct Event {
    EventKind kind{EventKind::StageChanged};
    std::string member; ///< name; empty for events of the bank
    std::string text;
    double value{0.0}; ///< where `hasValue`
    bool isProblem{false};
};

/// What the last cycle looked like; finds the differences of the next.
class EventFinder {
public:
    struct Input {
        const std::vector<Verdict>& verdicts;
        Stage stage;
        const Limit& charge;
        const Limit& discharge;
        const BalancingOutput& balancing;
        const BankCurrent& current;
        const Snapshot& snapshot; ///< as published
        const std::vector<Advice>& advice;
    };
    [[nodiscard]] std::vector<Event> find(const Input& input);

private:
    struct Status {
        bool takesPart{false};
        bool held{false};
        OutReason reason{OutReason::None};
        friend bool operator==(const Status&, const Status&) = default;
    };
    struct LimitStatus {
        Cause cause{Cause::None};
        std::string member;
        bool isZero{false};
        friend bool operator==(const LimitStatus&, const LimitStatus&) = default;
    };
    static void noteLimit(EventKind kind, const Limit& limit, LimitStatus& last,
                          std::vector<Event>& events);
    void forgetAbsent(const std::vector<Verdict>& verdicts);
    void noteMember(const Verdict& verdict, std::vector<Event>& events);
    void noteCurrent(const BankCurrent& current, std::vector<Event>& events);
    void noteAdvice(const std::vector<Advice>& advice, std::vector<Event>& events);
    void noteAlarms(const Snapshot& snapshot, std::vector<Event>& events);

    std::map<std::string, Status> members_;
    Stage stage_{Stage::Starting};
    LimitStatus charge_;
    LimitStatus discharge_;
    std::string currentWhyNot_;
    std::vector<Advice> advice_;
    std::array<double, kRowCount> alarms_{}; ///< last known levels; only rows of alarms are used
};

} // namespace busbar
