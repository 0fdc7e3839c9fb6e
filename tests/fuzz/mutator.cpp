// SPDX-License-Identifier: MIT
// The ways to change an input; tokens are those of the formats that Busbar reads.
#include "fuzz/mutator.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace busbar::fuzz {

namespace {

using namespace std::string_view_literals;

constexpr auto kTokens = std::to_array<std::string_view>({
    "{"sv,
    "}"sv,
    "["sv,
    "]"sv,
    ","sv,
    ":"sv,
    "\""sv,
    "\\"sv,
    "/"sv,
    "//"sv,
    "/*"sv,
    "*/"sv,
    "#"sv,
    "+"sv,
    "null"sv,
    "true"sv,
    "false"sv,
    "NaN"sv,
    "-Infinity"sv,
    "value"sv,
    "{\"value\":"sv,
    "\\u0000"sv,
    "\\ud800"sv,
    "\\uFFFF"sv,
    "\0"sv,
    "\xff"sv,
    "\xc3\x28"sv,
    "\xed\xa0\x80"sv,
    "\xef\xbb\xbf"sv,
    "\r\n"sv,
    "\n"sv,
    " "sv,
    "e"sv,
    "-"sv,
    "."sv,
    "N/"sv,
    "battery"sv,
    "/Dc/0/Voltage"sv,
    "instance:"sv,
});

constexpr auto kNumbers = std::to_array<std::string_view>({
    "0",
    "-0",
    "-1",
    "1e309",
    "-1e309",
    "1e-400",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "0.1",
    "1e",
    "00",
    "1.7976931348623157e308",
    "0x10",
});

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

Mutator::Mutator(const std::vector<std::string>& corpus, std::uint64_t seed, std::uint64_t run)
    : corpus_(corpus), random_(seed * 0x9e3779b97f4a7c15U + run) {}

std::size_t Mutator::below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound);
}

const std::string& Mutator::entry() {
    static const std::string kEmpty;
    return corpus_.empty() ? kEmpty : corpus_[below(corpus_.size())];
}

std::string Mutator::make() {
    std::string input = entry();
    for (std::size_t changes = 1 + below(5); changes > 0; --changes)
        change(input);
    input.resize(std::min(input.size(), kMaxInput));
    return input;
}

void Mutator::change(std::string& input) {
    using Way = void (Mutator::*)(std::string&);
    static constexpr std::array<Way, 8> kWays = {
        &Mutator::flipBit,   &Mutator::setByte,     &Mutator::insertToken, &Mutator::eraseBlock,
        &Mutator::copyBlock, &Mutator::repeatBlock, &Mutator::splice,      &Mutator::changeNumber};
    (this->*kWays[below(kWays.size())])(input);
}

void Mutator::flipBit(std::string& input) {
    if (!input.empty()) {
        char& c = input[below(input.size())];
        c = static_cast<char>(static_cast<unsigned char>(c) ^ (1U << below(8)));
    }
}

void Mutator::setByte(std::string& input) {
    if (!input.empty())
        input[below(input.size())] = static_cast<char>(below(256));
}

void Mutator::insertToken(std::string& input) {
    input.insert(below(input.size() + 1), kTokens[below(kTokens.size())]);
}

void Mutator::eraseBlock(std::string& input) {
    const std::size_t from = below(input.size() + 1);
    input.erase(from, below(input.size() - from + 1));
}

void Mutator::copyBlock(std::string& input) {
    const std::size_t from = below(input.size() + 1);
    const std::string block = input.substr(from, below(64));
    input.insert(below(input.size() + 1), block);
}

/// Deep nesting and long texts.
void Mutator::repeatBlock(std::string& input) {
    const std::size_t from = below(input.size() + 1);
    const std::string block = input.substr(from, 1 + below(8));
    for (std::size_t times = below(200); times > 0 && input.size() < kMaxInput; --times)
        input.insert(from, block);
}

void Mutator::splice(std::string& input) {
    const std::string& other = entry();
    input.resize(below(input.size() + 1));
    input.append(other, below(other.size() + 1));
}

void Mutator::changeNumber(std::string& input) {
    const auto from = below(input.size() + 1);
    const auto begin =
        std::find_if(input.begin() + static_cast<std::ptrdiff_t>(from), input.end(), isDigit);
    const auto end = std::find_if_not(begin, input.end(), isDigit);
    if (begin != end)
        input.replace(begin, end, kNumbers[below(kNumbers.size())]);
}

} // namespace busbar::fuzz
