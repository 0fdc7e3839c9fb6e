// SPDX-License-Identifier: MIT
// Sends what waits as far as the session takes it.
#include "mqtt/venus/venus_queue.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

/// Requests for everything that a slow session has not answered yet: who asks so often gets the
/// same from the last answer. Our choice.
constexpr std::size_t kMostMarks = 8;

} // namespace

void VenusQueue::open() {
    close();
    isOpen_ = true;
    for (const bool isEmptied : {true, false})
        for (Item item = 0; item < items_.size(); ++item)
            if (items_.at(item).isKnown && items_.at(item).payload.empty() == isEmptied)
                makeDue(item);
}

void VenusQueue::close() {
    isOpen_ = false;
    waiting_.clear();
    marks_ = 0;
    for (Item item = 0; item < items_.size(); ++item)
        items_.at(item).isDue = false;
}

bool VenusQueue::send(std::string_view topic, std::string_view payload, bool retain) {
    if (!isOpen_ || !publish_(topic, payload, retain))
        return false;
    ++sent_;
    return true;
}

void VenusQueue::push(Waiting waiting) {
    waiting_.push_back(std::move(waiting));
    if (waiting_.size() == 1)
        sendWaiting();
}

void VenusQueue::makeDue(Item item) {
    VenusItems::Entry& entry = items_.at(item);
    if (!isOpen_ || entry.isDue)
        return;
    entry.isDue = true;
    push({.item = item, .mark = {}});
}

bool VenusQueue::makeAllDue(std::string mark) {
    if (marks_ >= kMostMarks)
        return false;
    for (Item item = 0; item < items_.size(); ++item)
        if (!items_.at(item).payload.empty())
            makeDue(item);
    if (!mark.empty()) {
        ++marks_;
        push({.item = 0, .mark = std::move(mark)});
    }
    return true;
}

void VenusQueue::sendWaiting() {
    while (!waiting_.empty() && sendFirst())
        waiting_.pop_front();
}

bool VenusQueue::sendFirst() {
    const Waiting& first = waiting_.front();
    if (!first.mark.empty()) {
        const bool isTaken = send(markTopic_, first.mark);
        marks_ -= isTaken ? 1 : 0;
        return isTaken;
    }
    VenusItems::Entry& entry = items_.at(first.item);
    entry.isDue = false; // what is set meanwhile is due again
    const bool isTaken = send(entry.topic, entry.payload);
    entry.isDue = entry.isDue || !isTaken;
    return isTaken;
}

} // namespace busbar::mqtt
