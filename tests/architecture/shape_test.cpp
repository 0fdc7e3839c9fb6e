// SPDX-License-Identifier: MIT
#include "architecture/bounds.hpp"
#include "architecture/shape.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace busbar::architecture::shape_test {
namespace {

Shape of(const std::string& text) {
    return shapeOf(parse("src/core/x.cpp", text));
}

/// A function of this many lines, head and last brace included.
std::string functionOf(int lines) {
    std::string text = "int f() {\n";
    for (int i = 2; i < lines; ++i)
        text += "    g();\n";
    return text + "}\n";
}

std::string classOf(int fields, int methods) {
    std::string text = "class C {\npublic:\n";
    for (int i = 0; i < methods; ++i)
        text += "    void m" + std::to_string(i) + "();\n";
    for (int i = 0; i < fields; ++i)
        text += "    int f" + std::to_string(i) + "{0};\n";
    return text + "};\n";
}

Findings bounds(const std::string& text) {
    const SourceFile file = parse("src/core/x.cpp", text);
    return checkBounds(file, shapeOf(file));
}

TEST(Shape, CountsTheLinesOfAFunctionFromHeadToBrace) {
    const Shape shape = of("namespace a {\n\nint f(int a,\n      int b) {\n    return a;\n}\n}\n");
    ASSERT_EQ(shape.functions.size(), 1U);
    EXPECT_EQ(shape.functions[0].name, "f");
    EXPECT_EQ(shape.functions[0].line, 3);
    EXPECT_EQ(shape.functions[0].lines, 4);
    EXPECT_EQ(shape.lines, 7);
}

TEST(Shape, NamesFunctionsAsTheyAreWritten) {
    const Shape shape =
        of("A::A(int x) : x_{x}, y_(1) { run(); }\nA::~A() {}\nstd::optional<int> A::b() const "
           "noexcept(true) { return {}; }\ntemplate <class T, class U = int>\nauto g(T&& t) -> U { "
           "return t; }\nextern \"C\" {\nvoid h() {}\n}\n");
    std::vector<std::string> names;
    for (const FunctionShape& each : shape.functions)
        names.push_back(each.name);
    EXPECT_EQ(names, (std::vector<std::string>{"A::A", "A::~A", "A::b", "g", "h"}));
    EXPECT_EQ(shape.functions[0].lines, 1);
}

TEST(Shape, InitialisersAndEnumsAreNoFunctions) {
    const Shape shape = of("constexpr auto kRows = std::to_array<Row>({\n {1, 2},\n {3, 4},\n});\n"
                           "const std::map<int, int> kMap{{1, 2}};\nint a = f({1});\n"
                           "enum class E : int { A, B = f(1) };\nvoid declared(int a = g());\n");
    EXPECT_TRUE(shape.functions.empty());
    EXPECT_TRUE(shape.classes.empty());
}

TEST(Shape, CountsFieldsByDeclarator) {
    const Shape shape = of("struct S {\n int a{0}, b = 2;\n std::function<void(int, int)> f;\n"
                           " std::map<std::string, int> m{{\"x\", 1}};\n int (*p)(int);\n"
                           " static constexpr int kS = 3;\n static int s;\n int bits[2][3];\n"
                           " [[nodiscard]] bool is() const;\n};\n");
    ASSERT_EQ(shape.classes.size(), 1U);
    EXPECT_EQ(shape.classes[0].fields, 6);
    EXPECT_EQ(shape.classes[0].methods, 1);
}

TEST(Shape, CountsPrivateMethodsAndThoseWithABody) {
    const Shape shape =
        of("class C final : public B<int> {\npublic:\n    C(int a, int b);\n"
           "    ~C() = default;\n    C(const C&) = delete;\n    bool is() const {\n"
           "        return a_ > 0;\n    }\n"
           "    template <class T> void put(T&& t) { a_ = t; }\n"
           "    bool operator<(const C& o) const;\n    explicit operator bool() const;\n"
           "private:\n    static int help(int x);\n    using X = int;\n"
           "    friend bool operator==(const C&, const C&) = default;\n"
           "    friend class D;\n    int a_ = 0;\n};\n");
    ASSERT_EQ(shape.classes.size(), 1U);
    EXPECT_EQ(shape.classes[0].name, "C");
    EXPECT_EQ(shape.classes[0].methods, 6);
    EXPECT_EQ(shape.classes[0].fields, 1);
    EXPECT_EQ(shape.functions.size(), 2U);
}

TEST(Shape, AClassWithinAnotherHasItsOwnMembers) {
    const Shape shape =
        of("class Outer {\n    struct Inner {\n        int a;\n        int b;\n    };\n"
           "    enum class Kind { A, B } kind{Kind::A};\n    struct Later;\n"
           "    struct { int x; } unnamed;\n    Inner inner;\n};\n");
    const auto outer = std::ranges::find(shape.classes, "Outer", &ClassShape::name);
    const auto inner = std::ranges::find(shape.classes, "Inner", &ClassShape::name);
    ASSERT_NE(outer, shape.classes.end());
    ASSERT_NE(inner, shape.classes.end());
    EXPECT_EQ(outer->fields, 3);
    EXPECT_EQ(inner->fields, 2);
}

TEST(Shape, IndicesWithinIndicesEndWhereTheyDo) {
    const Shape shape = of("void f() {\n    a[b[0]] = {1};\n}\nvoid g() {\n}\n");
    ASSERT_EQ(shape.functions.size(), 2U);
    EXPECT_EQ(shape.functions[0].lines, 3);
}

TEST(Shape, IsNotMisledByCommentsTextsAndDirectives) {
    const Shape shape = of("#define X {\n// struct { {\nconst char* a = \"{ class\";\n"
                           "struct S { int a; /* int b; */ };\n");
    ASSERT_EQ(shape.classes.size(), 1U);
    EXPECT_EQ(shape.classes[0].fields, 1);
}

TEST(Bounds, FindAFunctionOf41Lines) {
    EXPECT_TRUE(bounds(functionOf(40)).empty());
    EXPECT_EQ(bounds(functionOf(41)).size(), 1U);
}

TEST(Bounds, FindAClassOf16Fields) {
    EXPECT_TRUE(bounds(classOf(15, 20)).empty());
    EXPECT_EQ(bounds(classOf(16, 20)).size(), 1U);
}

TEST(Bounds, FindAClassOf21Methods) {
    EXPECT_EQ(bounds(classOf(15, 21)).size(), 1U);
}

TEST(Bounds, FindAFileOf401Lines) {
    EXPECT_TRUE(bounds(std::string(400, '\n')).empty());
    EXPECT_EQ(bounds(std::string(401, '\n')).size(), 1U);
}

TEST(Bounds, HoldForTheTree) {
    const auto files = readTree(test::sourcePath(""), {"src", "mqtt", "dbus", "config"});
    ASSERT_FALSE(files.empty());
    std::string findings;
    int functions = 0;
    for (const SourceFile& file : files) {
        const Shape shape = shapeOf(file);
        functions += static_cast<int>(shape.functions.size());
        for (const std::string& finding : checkBounds(file, shape))
            findings.append("\n").append(finding);
    }
    EXPECT_GT(functions, 2000) << "so many there were when this was written: it reads too little";
    EXPECT_TRUE(findings.empty()) << findings;
}

TEST(Bounds, ExceptionsAreStillNeeded) {
    const auto files = readTree(test::sourcePath(""), {"src", "mqtt", "dbus", "config"});
    std::string findings;
    for (const std::string& finding : checkLarger(files))
        findings.append("\n").append(finding);
    EXPECT_TRUE(findings.empty()) << findings;
}

} // namespace
} // namespace busbar::architecture::shape_test
