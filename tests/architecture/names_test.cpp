// SPDX-License-Identifier: MIT
#include "architecture/names.hpp"
#include "support/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::architecture::names_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<SourceFile>& production() {
    static const std::vector<SourceFile> kFiles =
        readTree(test::sourcePath(""), {"src", "mqtt", "dbus", "config"});
    return kFiles;
}

std::string listed(const Findings& findings) {
    std::string text;
    for (const std::string& finding : findings)
        text.append("\n").append(finding);
    return text;
}

std::vector<std::string> namesIn(const char* text) {
    std::vector<std::string> names;
    for (const LocalName& local : localNames(parse("mqtt/a.cpp", text)))
        names.push_back(local.name);
    return names;
}

TEST(RowNames, AreFoundOutsideOfTheirPlacesOnly) {
    const char* text = "auto v = snapshot[row(\"/Soc\")];\n";
    EXPECT_THAT(checkRowNames(parse("mqtt/a.cpp", text)), ElementsAre(HasSubstr("mqtt/a.cpp:1")));
    EXPECT_THAT(checkRowNames(parse("src/core/a.cpp", text)), IsEmpty());
}

TEST(RowNames, AreNoCommentsNorOtherWords) {
    EXPECT_THAT(checkRowNames(parse("mqtt/a.cpp", "// row(\"/Soc\")\nnarrow(\"/Soc\");\n"
                                                  "row(control.path, \"\"); row(x); f(\"/A\");")),
                IsEmpty());
}

TEST(RowNames, StandInTablesAndTheCoreOnly) {
    Findings findings;
    for (const SourceFile& file : production()) {
        const Findings more = checkRowNames(file);
        findings.insert(findings.end(), more.begin(), more.end());
    }
    EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(RowNames, HaveNoPlaceThatIsNotNeeded) {
    for (const RowPlace& place : kRowPlaces)
        EXPECT_TRUE(std::ranges::any_of(production(), [&](const SourceFile& file) {
            return file.path.starts_with(place.where) && hasRowNames(file);
        })) << place.where;
}

TEST(LocalNames, AreConstantsAndTypesOfUnnamedNamespaces) {
    EXPECT_THAT(namesIn("constexpr int kOutside = 1;\nnamespace {\n"
                        "constexpr double kFirst_A = 1.0;\nconstexpr std::array kList = {1, 2};\n"
                        "constexpr Spec kBraced{.a = 1};\nstruct One {\n    int kInside = 1;\n};\n"
                        "enum class Two : int { A, B };\ntemplate <typename T> struct Three {};\n"
                        "class Four final : public Base {};\nstruct Later;\n"
                        "void f() {\n    constexpr int kInner = 2;\n}\n"
                        "struct One g(int kNone) {\n}\n}\nconstexpr int kAfter = 1;\n"),
                ElementsAre("kFirst_A", "kList", "kBraced", "One", "Two", "Three", "Four"));
}

TEST(LocalNames, OfTwoSourcesOfAModuleMustDiffer) {
    const char* text = "namespace {\nconstexpr int kMost = 1;\n}\n";
    EXPECT_THAT(checkLocalNames({parse("mqtt/a.cpp", text), parse("mqtt/ha/b.cpp", text)}),
                ElementsAre(HasSubstr("mqtt/ha/b.cpp:2: kMost is a name of mqtt/a.cpp")));
    EXPECT_THAT(checkLocalNames({parse("mqtt/a.cpp", text), parse("dbus/b.cpp", text)}), IsEmpty());
}

TEST(LocalNames, DifferWithinEachModule) {
    std::size_t names = 0;
    for (const SourceFile& file : production())
        names += localNames(file).size();
    EXPECT_GT(names, 700U) << "so many there were when this was written: it reads too little";
    const Findings findings = checkLocalNames(production());
    EXPECT_TRUE(findings.empty()) << listed(findings);
}

} // namespace
} // namespace busbar::architecture::names_test
