// SPDX-License-Identifier: MIT
// Makes new inputs from kept ones, the same ones from the same seed on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace busbar::fuzz {

/// Longer inputs are cut, so that a run stays short.
inline constexpr std::size_t kMaxInput = 8192;

class Mutator {
public:
    /// `corpus` must outlive the mutator; an empty one is taken as one empty input.
    Mutator(const std::vector<std::string>& corpus, std::uint64_t seed, std::uint64_t run);

    /// One input: an entry of the corpus, changed a few times.
    [[nodiscard]] std::string make();

private:
    /// 0 … bound − 1; 0 for a bound of 0. A little uneven, which does not matter here.
    [[nodiscard]] std::size_t below(std::size_t bound);
    [[nodiscard]] const std::string& entry();
    void change(std::string& input);
    void flipBit(std::string& input);
    void setByte(std::string& input);
    void insertToken(std::string& input);
    void eraseBlock(std::string& input);
    void copyBlock(std::string& input);
    void repeatBlock(std::string& input);
    void splice(std::string& input);
    void changeNumber(std::string& input);

    const std::vector<std::string>& corpus_;
    std::mt19937_64 random_;
};

} // namespace busbar::fuzz
