// SPDX-License-Identifier: MIT
#include "architecture/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace busbar::architecture {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Findings includesIn(const char* path, const char* text) {
    return checkIncludes(parse(path, text));
}
Findings bansIn(const char* path, const char* text) {
    return checkBans(parse(path, text));
}

TEST(SourceFile, BlanksCommentsAndLiteralsButKeepsLines) {
    const std::string text = "a // b\n/* c\nd */ e \"f\\\"g\" 'h' 1'000 R\"x(i\"j)x\" k";
    const SourceFile file = parse("x.cpp", text);
    EXPECT_EQ(file.code.size(), text.size());
    std::string dense;
    for (char c : file.code)
        if (c != ' ')
            dense += c;
    EXPECT_EQ(dense, "a\n\ne1'000k");
}

TEST(SourceFile, FindsIncludesOutsideCommentsOnly) {
    const SourceFile file =
        parse("x.cpp", "#include <array>\n// #include <list>\n/*\n#include <map>\n*/\n"
                       "#  include \"core/value.hpp\"\n");
    ASSERT_THAT(file.includes, SizeIs(2));
    EXPECT_EQ(file.includes[0].name, "array");
    EXPECT_FALSE(file.includes[0].quoted);
    EXPECT_EQ(file.includes[1].name, "core/value.hpp");
    EXPECT_TRUE(file.includes[1].quoted);
    EXPECT_EQ(file.includes[1].line, 6);
}

struct IncludeCase {
    const char* path;
    const char* include;
    bool allowed;
};

TEST(Includes, FollowTheLayerTable) {
    for (const IncludeCase& c : std::initializer_list<IncludeCase>{
             {"src/core/a.cpp", "<vector>", true},
             {"src/core/a.cpp", "\"core/value.hpp\"", true},
             {"src/core/limits/a.cpp", "\"core/limits/limit.hpp\"", true},
             {"src/core/a.cpp", "\"value.hpp\"", false},
             {"src/core/a.cpp", "\"base/mailbox.hpp\"", false},
             {"src/core/a.cpp", "\"config/config.hpp\"", false},
             {"src/core/a.cpp", "<unistd.h>", false},
             {"src/core/a.cpp", "<spdlog/spdlog.h>", false},
             {"src/core/a.cpp", "<core/value.hpp>", false},
             {"src/core/a.cpp", "<nonsense>", false},
             {"src/base/a.cpp", "<sys/eventfd.h>", true},
             {"src/base/a.cpp", "<spdlog/spdlog.h>", false},
             {"src/base/log.cpp", "<spdlog/spdlog.h>", true},
             {"mqtt/a.cpp", "<spdlog/spdlog.h>", false},
             {"dbus/a.cpp", "<spdlog/spdlog.h>", false},
             {"src/app/a.cpp", "<spdlog/spdlog.h>", false},
             {"src/app/a.cpp", "<fmt/format.h>", false},
             {"src/base/a.cpp", "<rapidjson/document.h>", false},
             {"mqtt/a.cpp", "<rapidjson/document.h>", true},
             {"mqtt/a.cpp", "\"mqtt/venus/topic.hpp\"", true},
             {"mqtt/a.cpp", "\"dbus/settings.hpp\"", false},
             {"mqtt/a.cpp", "\"config/config.hpp\"", false},
             {"mqtt/a.cpp", "<mqtt/async_client.h>", false},
             {"mqtt/a.cpp", "<MQTTAsync.h>", false},
             {"mqtt/session/client.cpp", "<mqtt/async_client.h>", true},
             {"mqtt/session/client.cpp", "<systemd/sd-bus.h>", false},
             {"dbus/a.hpp", "<systemd/sd-bus.h>", true},
             {"dbus/a.hpp", "\"mqtt/settings.hpp\"", false},
             {"config/a.cpp", "\"mqtt/settings.hpp\"", true},
             {"config/a.cpp", "\"dbus/settings.hpp\"", true},
             {"config/a.cpp", "\"mqtt/venus/payload.hpp\"", false},
             {"config/a.cpp", "<systemd/sd-bus.h>", false},
             {"src/app/a.cpp", "<CLI/CLI.hpp>", true},
             {"src/app/a.cpp", "\"dbus/settings.hpp\"", true},
             {"src/app/a.cpp", "<mqtt/async_client.h>", false},
         }) {
        const std::string text = std::string("#include ") + c.include + "\n";
        EXPECT_EQ(includesIn(c.path, text.c_str()).empty(), c.allowed)
            << c.path << " " << c.include;
    }
}

TEST(Includes, AFileOutsideEveryLayerIsAFinding) {
    EXPECT_THAT(includesIn("src/new_folder/a.cpp", ""), ElementsAre(HasSubstr("no folder")));
    EXPECT_THAT(includesIn("src/a.cpp", ""), ElementsAre(HasSubstr("no folder")));
}

TEST(Includes, AFindingNamesLineHeaderAndReason) {
    EXPECT_THAT(includesIn("src/core/a.cpp", "\n#include <unistd.h>\n"),
                ElementsAre(AllOf(HasSubstr("src/core/a.cpp:2:"), HasSubstr("unistd.h"),
                                  HasSubstr("pure"))));
}

TEST(Bans, HoldInTheCoreAndNotInItsComments) {
    for (const char* code :
         {"auto t = std::chrono::steady_clock::now();", "x = Clock::now ();",
          "std::this_thread::sleep_for(s);", "sleep(1);", "double d = NAN;",
          "auto d = std::numeric_limits<double>::quiet_NaN();", "if (x == INFINITY)",
          "float f = FLT_MAX;", "try {} catch (...) {}", "try {} catch(...){}",
          "auto* p = new Bank;", "delete p;", "delete[] p;", "static thread_local int i;",
          "goto end;", "using namespace std;",
          "auto* p = new (place) Bank; auto* q = new std::string;"}) {
        EXPECT_THAT(bansIn("src/core/a.cpp", code), SizeIs(1)) << code;
        EXPECT_THAT(bansIn("src/core/a.cpp", (std::string("// ") + code).c_str()), IsEmpty())
            << code;
    }
}

TEST(Bans, LeaveAloneWhatOnlyLooksLikeIt) {
    for (const char* code :
         {"Now now;", "evaluate(now)", "Foo(const Foo&) = delete;", "void operator delete(void*);",
          "renew x;", "isfinite(x)", "using namespace std::chrono_literals;",
          "catch (const std::exception& e) {}", "newest x;", "const auto& deleted = x;",
          "text = \"new X\";", "std::chrono::seconds sleepTime(1);"})
        EXPECT_THAT(bansIn("src/core/a.cpp", code), IsEmpty()) << code;
}

TEST(Bans, HoldWhereTheySayAndExceptWhereTheySay) {
    EXPECT_THAT(bansIn("src/app/loop.cpp", "x = C::now();"), IsEmpty());
    EXPECT_THAT(bansIn("src/base/mailbox.cpp", "catch (...) {}"), IsEmpty());
    EXPECT_THAT(bansIn("src/base/mailbox2.cpp", "catch (...) {}"), SizeIs(1));
    EXPECT_THAT(bansIn("src/base/mailbox.cpp", "x = new Y;"), SizeIs(1));
}

TEST(Statics, InFunctionsMustBeConstant) {
    for (const char* code :
         {"void f() { static int i = 0; }", "void f() { if (x) { static std::string s; } }",
          "struct S { int f() const { static int i; return i; } };",
          "auto f = [] { static int i; };",
          "namespace a { namespace { int f() noexcept { static int i; return i; } } }",
          "template <class T>\nvoid f(T t) { static T last; }", "struct S f() { static int i; }",
          "class A : public B { public: void f() override { static int i; } };"})
        EXPECT_THAT(checkLocalStatics(parse("mqtt/a.cpp", code)), SizeIs(1)) << code;
}

TEST(Statics, ElsewhereOrConstantAreFine) {
    for (
        const char* code :
        {"void f() { static const std::regex r; }", "void f() { static constexpr int i = 1; }",
         "struct S { static int make(); };", "template <class T> class S { static S make(T t); };",
         "class [[nodiscard]] S final : public B { private: static S make(); };", "static int f();",
         "namespace a::b { static int f(); }", "enum class E { a }; static int f();",
         "void f() { static_assert(true); auto x = static_cast<int>(y); }",
         "class A { public: struct B { static int f(); }; private: class C { static int g(); }; };",
         "#define OPEN {\nstruct S { static int f(); };"})
        EXPECT_THAT(checkLocalStatics(parse("mqtt/a.cpp", code)), IsEmpty()) << code;
}

TEST(Head, IsLicenceSentenceAndGuard) {
    const std::string licence = "// SPDX-License-Identifier: MIT\n";
    const std::string sentence = "// Keeps the\n// mail.\n";
    const auto findings = [](const char* path, const std::string& text) {
        return checkHead(parse(path, text));
    };
    EXPECT_THAT(findings("mqtt/a.hpp", licence + sentence + "#pragma once\n"), IsEmpty());
    EXPECT_THAT(findings("mqtt/a.cpp", licence + sentence), IsEmpty());
    EXPECT_THAT(findings("tests/unit/a_test.cpp", licence), IsEmpty());
    EXPECT_THAT(findings("mqtt/a.hpp", licence + sentence), ElementsAre(HasSubstr("#pragma once")));
    EXPECT_THAT(findings("mqtt/a.cpp", sentence), ElementsAre(HasSubstr("licence")));
    EXPECT_THAT(findings("tests/unit/a_test.cpp", "\n" + licence),
                ElementsAre(HasSubstr("licence")));
    EXPECT_THAT(findings("mqtt/a.cpp", licence + "#include <array>\n"),
                ElementsAre(HasSubstr("sentence")));
    EXPECT_THAT(findings("mqtt/a.cpp", licence + "// no full stop\n"),
                ElementsAre(HasSubstr("sentence")));
    EXPECT_THAT(findings("mqtt/a.cpp", licence + "\n" + sentence),
                ElementsAre(HasSubstr("sentence")));
    EXPECT_THAT(
        findings("mqtt/a.hpp", licence + sentence + "#pragma once\nusing namespace busbar;\n"),
        ElementsAre(HasSubstr("using namespace")));
}

TEST(Notes, AreLookedForInCommentsOnly) {
    EXPECT_THAT(checkNotes(parse("mqtt/a.cpp", "auto s = \"XXX\"; /* fine */ int XXX;\n")),
                IsEmpty());
    EXPECT_THAT(checkNotes(parse("mqtt/a.cpp", "int i; /*\nXXX */ int j;\n")),
                ElementsAre(HasSubstr(":2:")));
}

TEST(Notes, CarryAnIssueNumber) {
    const std::string word = std::string("TO") + "DO";
    EXPECT_THAT(checkNotes(parse("mqtt/a.cpp", "// " + word + "(#12) faster\n")), IsEmpty());
    EXPECT_THAT(checkNotes(parse("mqtt/a.cpp", "// " + word + ": faster\n")), SizeIs(1));
    EXPECT_THAT(checkNotes(parse("mqtt/a.cpp", "// " + word + "(me) faster\n")), SizeIs(1));
    EXPECT_THAT(checkNotes(parse("mqtt/a.cpp", std::string("// FIX") + "ME\n")), SizeIs(1));
}

Findings idleIn(const std::string& text, const char* path = "tests/a_test.cpp") {
    return checkCanFail(parse(path, text));
}

TEST(CanFail, MeansThatATestChecksSomething) {
    EXPECT_THAT(idleIn("TEST(A, B) {\n    EXPECT_EQ(f(), 1);\n}\n"), IsEmpty());
    EXPECT_THAT(idleIn("TEST_F(A, B) {\n    if (x) { ADD_FAILURE(); }\n}\n"), IsEmpty());
    EXPECT_THAT(idleIn("TEST(A, B) {\n    expectClean(all());\n}\n"), IsEmpty());
    EXPECT_THAT(idleIn("\nTEST(A, B) {\n    { f(); }\n}\nTEST(A, C) {\n    EXPECT_TRUE(g());\n}\n"),
                ElementsAre(HasSubstr(":2: has a test without a check")));
    EXPECT_THAT(idleIn("TEST(A, B) {\n    // EXPECT_TRUE(g());\n    f(\"EXPECT_TRUE(g())\");\n}\n"),
                SizeIs(1))
        << "comments and texts check nothing";
    EXPECT_THAT(idleIn("TEST(A, B) {}\n"), SizeIs(1));
}

TEST(CanFail, MeansThatNoConstantIsChecked) {
    EXPECT_THAT(idleIn("TEST(A, B) {\n    EXPECT_"
                       "TRUE(true);\n}\n"),
                ElementsAre(HasSubstr(":2:")));
    EXPECT_THAT(idleIn("TEST(A, B) {\n    ASSERT_"
                       "FALSE( false );\n}\n"),
                SizeIs(1));
    EXPECT_THAT(idleIn("TEST(A, B) {\n    EXPECT_TRUE(isTrue(true));\n}\n"), IsEmpty());
}

/// As it would stand in a test; in pieces, for this file is looked at as well.
std::string handedToAShell(const std::string& end) {
    return "auto s = \"program " + end + "\";\n";
}

TEST(CanFail, MeansThatAShellKeepsTheStatus) {
    for (const char* lost : {"true", ":", "exit 0"})
        for (const char* by : {"| ", "|| ", "; ", "|"})
            EXPECT_THAT(idleIn(handedToAShell(std::string(by) + lost)),
                        ElementsAre(HasSubstr("the status of what is tested is lost")))
                << by << lost;
    for (const char* kept :
         {"| cat", "| true; exit 3", "&& true", "; exit 3", "|| exit 1", "; trueish"})
        EXPECT_THAT(idleIn(handedToAShell(kept)), IsEmpty()) << kept;
    EXPECT_THAT(idleIn("bool a = b || true;\n"), IsEmpty()) << "no shell";
}

TEST(CanFail, IsAskedOfTheLinesOfAScriptThatCheck) {
    const char* const script = "tests/packages/a_test.sh";
    const std::string orElse = "|| ";
    EXPECT_THAT(idleIn("expect \"it runs\" run it " + orElse + "true\n", script), SizeIs(1));
    EXPECT_THAT(
        idleIn("f\n    expect \"it runs\" sh -c 'run it " + orElse + ":'\nexit 1\n", script),
        ElementsAre(HasSubstr(":2:")));
    EXPECT_THAT(idleIn("expect \"it runs\" run it\n", script), IsEmpty());
    EXPECT_THAT(idleIn("kill \"$pid\" 2>/dev/null " + orElse + "true\n", script), IsEmpty())
        << "what is tidied up may be gone";
}

TEST(Listed, MeansAsAWholeName) {
    const SourceFile file = parse("src/core/bank.cpp", "");
    EXPECT_THAT(checkListed(file, "src", "SOURCES\n    core/bank.cpp\n    core/x.cpp)"), IsEmpty());
    EXPECT_THAT(checkListed(file, "src/core", "add(x bank.cpp)"), IsEmpty());
    EXPECT_THAT(checkListed(file, "src", "core/bank.cpp"), IsEmpty());
    EXPECT_THAT(checkListed(file, "src", "core/bank.cpp.in other/core/bank.cpp"), SizeIs(1));
    EXPECT_THAT(checkListed(file, "src", "core/riverbank.cpp"), SizeIs(1));
    EXPECT_THAT(checkListed(file, "src", "(${CMAKE_CURRENT_SOURCE_DIR}/core/bank.cpp)"), IsEmpty());
    EXPECT_THAT(checkListed(file, "src", "# core/bank.cpp\n"), SizeIs(1));
    EXPECT_THAT(checkListed(file, "src", ""), ElementsAre(HasSubstr("src/CMakeLists.txt")));
}

} // namespace
} // namespace busbar::architecture
