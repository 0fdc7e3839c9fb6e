// SPDX-License-Identifier: MIT
// Which of the program's published words a page for users does not explain.
#pragma once

#include "support/source_tree.hpp"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::test {

/// Words of an enum with `toText`, from number `first` to before `end`, that do not stand in the
/// page in backticks. A page that cannot be read lacks all.
template <class Word>
[[nodiscard]] std::vector<std::string> unexplained(std::string_view page, std::size_t first,
                                                   std::size_t end) {
    std::ifstream file(sourcePath(page));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> words;
    for (std::size_t i = first; i < end; ++i) {
        const std::string word(toText(static_cast<Word>(i)));
        if (text.find("`" + word + "`") == std::string::npos)
            words.push_back(word);
    }
    return words;
}

} // namespace busbar::test
