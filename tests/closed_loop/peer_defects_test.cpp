// SPDX-License-Identifier: MIT
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace busbar {
namespace {

namespace fs = std::filesystem;

const fs::path kTests = test::sourcePath("tests");

std::string contentOf(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> all(const std::string& text, const std::string& pattern, int group) {
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), regex);
         it != std::sregex_iterator(); ++it)
        found.push_back((*it)[static_cast<std::size_t>(group)]);
    return found;
}

/// "Soc.IsNotFullWithout" of every test in the sources.
std::set<std::string> testsInTheTree() {
    std::set<std::string> names;
    const std::regex test(R"(\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
    for (const auto& entry : fs::recursive_directory_iterator(kTests)) {
        if (entry.path().extension() != ".cpp")
            continue;
        const std::string text = contentOf(entry.path());
        for (auto it = std::sregex_iterator(text.begin(), text.end(), test);
             it != std::sregex_iterator(); ++it)
            names.insert((*it)[1].str() + "." + (*it)[2].str());
    }
    return names;
}

std::vector<std::string> rows() {
    std::vector<std::string> lines;
    for (const std::string& line : all(contentOf(kTests / "peer_defects.md"), "[^\n]+", 0))
        if (std::regex_search(line, std::regex(R"(^\| [DBW]\d+ \|)")))
            lines.push_back(line);
    return lines;
}

TEST(PeerDefects, EachHasItsLineOnce) {
    std::vector<std::string> expected;
    for (int i = 1; i <= 44; ++i)
        expected.push_back("D" + std::to_string(i));
    for (int i = 1; i <= 15; ++i)
        expected.push_back("B" + std::to_string(i));
    for (int i = 1; i <= 30; ++i)
        expected.push_back("W" + std::to_string(i));
    std::vector<std::string> found;
    for (const std::string& line : rows())
        found.push_back(line.substr(2, line.find(' ', 2) - 2));
    EXPECT_EQ(found, expected);
}

TEST(PeerDefects, EveryTestThatIsNamedExists) {
    const std::set<std::string> known = testsInTheTree();
    ASSERT_GT(known.size(), 500U);
    for (const std::string& line : rows()) {
        for (const std::string& name : all(line, R"(`(\w+\.[A-Z]\w+)`)", 1))
            EXPECT_TRUE(known.contains(name)) << name << " in: " << line;
        for (const std::string& name : all(line, R"(`(\w+\.json)`)", 1))
            EXPECT_TRUE(fs::exists(kTests / "scenarios" / name)) << name << " in: " << line;
    }
}

/// A test, or a reason why it cannot happen; a line with neither says nothing.
TEST(PeerDefects, EveryLineNamesATestOrSaysWhyThereIsNone) {
    for (const std::string& line : rows()) {
        const bool hasTest = std::regex_search(line, std::regex(R"(`\w+\.(json|[A-Z]\w+)`)"));
        EXPECT_TRUE(hasTest || line.find("| cannot occur: ") != std::string::npos ||
                    line.find("| not built: ") != std::string::npos)
            << line;
        EXPECT_EQ(std::ranges::count(line, '|'), 5) << line;
    }
}

} // namespace
} // namespace busbar
