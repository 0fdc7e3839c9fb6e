// SPDX-License-Identifier: MIT
// What the blocks of a random bank's strings have in common, and how they have drifted.
#pragma once

#include "sim/random.hpp"
#include "sim/twin.hpp"

namespace busbar::sim {

/// Three of four strings are of blocks of one size that were charged alike, the others of what
/// there was. Turns what is drawn for one pack into what a block has.
class StringLot {
public:
    /// `blocks` of each string; 1 = packs, for which all is as drawn. `meanSoc` of the bank.
    StringLot(double meanSoc, int blocks) : meanSoc_(meanSoc), blocks_(blocks) {}

    /// Before anything is drawn of block `index` of the bank. Of packs it draws nothing.
    void begin(Random& random, int index);
    [[nodiscard]] double nominal_Ah(double drawn_Ah);
    [[nodiscard]] double soc(double drawn);

private:
    [[nodiscard]] bool isByItself() const { return isFirst_ || !isMatched_; }

    double meanSoc_;
    int blocks_;
    bool isFirst_{true};
    bool isMatched_{false};
    double nominal_Ah_{0.0};
    double soc_{0.0};
};

/// One block of the bank is fuller or emptier than it would be, and loses more by itself.
void drawDriftingBlock(TwinSpec& bank, Random& random);

/// What the smallest block of each string has, over all strings.
[[nodiscard]] double nominalSum_Ah(const TwinSpec& bank);

} // namespace busbar::sim
