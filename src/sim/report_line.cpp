// SPDX-License-Identifier: MIT
// Reports under way, and what faults make of them.
#include "sim/report_line.hpp"

#include <utility>

namespace busbar::sim {

namespace {

/// dbus-serialbattery, mqtt/VENUS.md: what a driver does in time.
constexpr double kLostAfter_s = 10.0;
constexpr double kGoneAfter_s = 60.0;
void loseCells(PackReport& report) {
    report.cells_V.clear();
    report.minCell_V.reset();
    report.maxCell_V.reset();
    report.minCell = 0;
    report.maxCell = 0;
}

void loseMeasurements(PackReport& report) {
    report.voltage_V.reset();
    report.current_A.reset();
    report.power_W.reset();
}

} // namespace

PackReport* ReportLine::add(double due_s) {
    if (queued_ == queue_.size())
        return nullptr;
    Queued& slot = queue_[(first_ + queued_++) % queue_.size()];
    slot.due_s = due_s;
    return &slot.report;
}

void ReportLine::receive(double time_s) {
    while (queued_ > 0 && queue_[first_].due_s <= time_s) {
        std::swap(received_, queue_[first_].report);
        first_ = (first_ + 1) % queue_.size();
        --queued_;
    }
}

void ReportLine::publish(double time_s, const Fault* fault) {
    receive(time_s);
    if (fault != nullptr && fault->kind == Fault::Kind::Blocked)
        fault = nullptr; // all that it publishes is true
    isUnheard_ = fault != nullptr && fault->kind != Fault::Kind::NoCells;
    if (fault == nullptr) {
        if (isFaulty_ || published_.number != received_.number)
            published_ = received_;
        isFaulty_ = false;
        return;
    }
    isFaulty_ = true;
    applyFault(*fault, time_s);
}

/// Everything but missing cells leaves the values as they were when it began.
void ReportLine::applyFault(const Fault& fault, double time_s) {
    const double lasting_s = time_s - fault.from.count();
    switch (fault.kind) {
    case Fault::Kind::Silent:
        published_.silent = true;
        break;
    case Fault::Kind::Frozen:
        break;
    case Fault::Kind::BmsLost:
        if (lasting_s >= kLostAfter_s && published_.voltage_V) {
            loseMeasurements(published_);
            published_.number = 0; // no report has it
        }
        published_.online = lasting_s < kGoneAfter_s;
        break;
    case Fault::Kind::NoCells:
        published_ = received_;
        loseCells(published_);
        break;
    case Fault::Kind::Left:
        published_.online = false;
        break;
    case Fault::Kind::Blocked:
        break;
    }
}

} // namespace busbar::sim
