// SPDX-License-Identifier: MIT
// Takes, holds and refuses commands.
#include "app/outputs/command_gate.hpp"

#include "app/site/write_desk.hpp"
#include "base/log.hpp"
#include "core/units/display_name.hpp"
#include "mqtt/venus/topic.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace busbar {

namespace {

/// Refused commands are said once each, but not without end.
constexpr std::size_t kMostRefusals = 100;
/// A broker answers a subscription within a round trip; nobody at a switch notices this much. Over
/// a slower way a retained command acts once, and is refused from the next connection on.
constexpr auto kProof = std::chrono::milliseconds(400);
/// Every battery of a large bank switched at once.
constexpr std::size_t kMostPending = 64;
/// Of one topic: the one whose turn is next, and the newest, so that a hand on a slider, which
/// makes some ten per second, takes no room from others, and is obeyed on its way as well as at its
/// end.
constexpr std::ptrdiff_t kMostOfTopic = 2;
/// Who sends the same command again and again need not read the same about it.
constexpr auto kSayShadowedAgain = std::chrono::hours(1);

/// For the log.
std::string setTopic(std::string_view tail) {
    return "set/" + std::string(tail);
}

} // namespace

CommandGate::CommandGate(mqtt::CommandsInForce inForce, std::string root, Subscribe subscribe,
                         OutputActions actions)
    : inForce_(inForce), root_(std::move(root)), subscribe_(std::move(subscribe)),
      actions_(std::move(actions)) {}

std::vector<std::string> CommandGate::filters() const {
    return root_.empty() ? std::vector<std::string>() : std::vector{filter()};
}

/// Only what was subscribed: anything else below our root may be a reading or a request that a
/// bridge puts there.
bool CommandGate::message(const Mail& mail, const Now& now) {
    const auto tail = root_.empty() ? std::nullopt : mqtt::tailBelow(root_, mail.topic);
    if (tail)
        take(*tail, mail, now);
    return tail.has_value();
}

void CommandGate::take(std::string_view tail, const Mail& mail, const Now& now) {
    if (!inForce_.areTaken) {
        refuse(notTaken());
        return;
    }
    if (mail.payload.empty())
        return; // somebody clears what the broker keeps
    const auto isThis = [&](const Pending& each) {
        return each.tail == tail && each.payload == mail.payload;
    };
    if (mail.retained && std::erase_if(pending_, isThis) > 0) {
        sayShadowed(tail, mail.payload, now);
        return;
    }
    if (mqtt::isWriteTopic(tail)) {
        takeValues(tail, mail, now);
        return;
    }
    const auto parsed = mqtt::parseCommand(tail, mail.payload, mail.retained, actions_.highest);
    if (parsed.command)
        hold(tail, mail.payload, now);
    else
        refuse(parsed.refusal);
}

/// A battery that is alive is written at once: whoever writes does so again and again, and a cut
/// must not wait. One that nobody has written for too long is not brought back by what a broker
/// kept, and hands on as if it came live when a bridge to another one is there again.
void CommandGate::takeValues(std::string_view tail, const Mail& mail, const Now& now) {
    if (actions_.desk == nullptr)
        return;
    const mqtt::WriteMessage message = mqtt::parseWriteMessage(tail, mail.payload);
    if (mail.retained)
        actions_.desk->refuse(setTopic(tail), message.id,
                              "retained; values must be sent without retain, because the broker "
                              "would repeat them at every start",
                              now);
    else if (message.problem.empty() && actions_.desk->isSilent(message.id, message.group, now))
        hold(tail, mail.payload, now);
    else
        writeNow(tail, message, now);
}

void CommandGate::writeNow(std::string_view tail, const mqtt::WriteMessage& message,
                           const Now& now) {
    if (message.problem.empty())
        actions_.desk->write(setTopic(tail), message.id, message.group, now);
    else
        actions_.desk->refuse(setTopic(tail), message.id, message.problem, now);
}

/// It is alive with the first, so what came after that does not wait longer: in their order, or an
/// older one would count in the end.
void CommandGate::writeHeld(const Pending& due, const Now& now) {
    const mqtt::WriteMessage first = mqtt::parseWriteMessage(due.tail, due.payload);
    writeNow(due.tail, first, now);
    if (actions_.desk->isSilent(first.id, first.group, now))
        return;
    for (auto one = pending_.begin(); one != pending_.end();) {
        const bool isWrite = mqtt::isWriteTopic(one->tail);
        const auto next =
            isWrite ? mqtt::parseWriteMessage(one->tail, one->payload) : mqtt::WriteMessage{};
        if (isWrite && next.id == first.id) {
            writeNow(one->tail, next, now);
            one = pending_.erase(one);
        } else {
            ++one;
        }
    }
}

void CommandGate::write(const std::string& id, const WrittenValue& value, const Now& now) {
    if (!inForce_.areTaken)
        refuse(notTaken());
    else if (actions_.desk != nullptr)
        actions_.desk->write("W" + value.path, id, std::span(&value, 1), now);
}

/// A new message cannot be told from one like it that the broker keeps, so it would be refused for
/// ever. Only what was a command comes here, so there are not many of them.
void CommandGate::sayShadowed(std::string_view tail, std::string_view payload, const Now& now) {
    ++refused_;
    if (saidShadowed_.size() >= kMostRefusals && !saidShadowed_.contains(std::string(tail)))
        return;
    const auto [said, isFirst] = saidShadowed_.try_emplace(std::string(tail), now.steady);
    if (!isFirst && now.steady - said->second < kSayShadowedAgain)
        return;
    said->second = now.steady;
    const std::string topic = root_ + "/" + std::string(tail);
    log::warn("command_refused \"{}\" on {}: the broker keeps the same as a retained "
              "message. To clear it, publish an empty retained message to {}; send commands "
              "without retain",
              std::string(payload), topic, topic);
}

/// To those who have subscribed already, a broker hands on a retained message like any other
/// (MQTT 3.1.1, 3.3.1.3). A new subscription has it told once more what it keeps, marked so: a
/// command that comes again then was retained, and is dropped.
void CommandGate::hold(std::string_view tail, std::string_view payload, const Now& now) {
    const auto isOfTopic = [tail](const Pending& each) { return each.tail == tail; };
    const auto newest = std::find_if(pending_.rbegin(), pending_.rend(), isOfTopic);
    if (newest != pending_.rend() && newest->payload == payload)
        return;
    if (std::ranges::count_if(pending_, isOfTopic) >= kMostOfTopic)
        pending_.erase(std::next(newest).base());
    if (pending_.size() >= kMostPending) {
        refuse("too many commands at once");
        return;
    }
    if (subscribe_({filter()}))
        pending_.push_back({std::string(tail), std::string(payload), now.steady + kProof});
    else
        refuse("the session has too much in flight to prove that it is not retained");
}

void CommandGate::act(const Now& now) {
    while (!pending_.empty() && pending_.front().at <= now.steady) {
        const Pending due = std::move(pending_.front());
        pending_.pop_front();
        if (mqtt::isWriteTopic(due.tail)) {
            writeHeld(due, now);
            continue;
        }
        const auto parsed = mqtt::parseCommand(due.tail, due.payload, false, actions_.highest);
        if (parsed.command)
            actions_.command(*parsed.command);
        else
            refuse(parsed.refusal);
    }
}

std::optional<SteadyTime> CommandGate::nextAct() const {
    return pending_.empty() ? std::nullopt : std::optional(pending_.front().at);
}

void CommandGate::rename(std::size_t bank, const std::string& name) {
    if (!inForce_.areTaken)
        refuse(notTaken());
    else if (!actions_.rename(bank, name))
        refuse("a name is UTF-8 of at most " + std::to_string(kLongestName) +
               " bytes, without control characters");
}

std::string CommandGate::notTaken() const {
    return "commands are not taken: " + std::string(inForce_.why);
}

void CommandGate::refuse(const std::string& why) {
    ++refused_;
    if (refusals_.size() < kMostRefusals && refusals_.insert(why).second)
        log::warn("command_refused {}", why);
}

} // namespace busbar
