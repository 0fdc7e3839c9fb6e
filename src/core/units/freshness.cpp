// SPDX-License-Identifier: MIT
// Steps of mark and sweep.
#include "core/units/freshness.hpp"

namespace busbar {

Sweep Freshness::beginSweep() {
    isOpen_ = true;
    isDisturbed_ = false;
    return ++sweep_;
}

void Freshness::completeSweep() {
    isOpen_ = false;
    completed_ = sweep_;
    ++cleanSweeps_;
}

void Freshness::abandonSweep(bool isDistrusted) {
    if (isDistrusted)
        trustFrom_ = sweep_;
    isOpen_ = false;
    completed_ = sweep_;
}

void Freshness::doubt() {
    trustFrom_ = sweep_ + 1;
    isOpen_ = false;
}

void Freshness::loseLink(const Now& now) {
    isLinkUp_ = false;
    isOpen_ = false;
    linkLost_ = linkLost_.value_or(now.steady);
}

void Freshness::settle() {
    if (!inDoubt())
        linkLost_.reset();
}

} // namespace busbar
