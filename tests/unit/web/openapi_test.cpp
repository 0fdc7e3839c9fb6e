// SPDX-License-Identifier: MIT
#include "boat.hpp"
#include "support/source_tree.hpp"
#include "web/api.hpp"
#include "web/reading.hpp"
#include "web/text_desk.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace busbar::web::openapi_test {
namespace {

using rapidjson::Value;

std::string sourceText(const char* file) {
    std::ifstream stream(busbar::test::sourcePath(file));
    return {std::istreambuf_iterator<char>(stream), {}};
}

rapidjson::Document description() {
    return parsed(sourceText("src/web/files/api/v1/openapi.json"));
}

/// What of an answer is not as its schema says; empty = all is.
class Checker {
public:
    explicit Checker(const Value& api) : api_(api) {}

    void check(const Value& schema, const Value& value, const std::string& at) {
        if (schema.HasMember("$ref"))
            return check(referred(schema["$ref"].GetString()), value, at);
        if (value.IsNull()) {
            if (!schema.HasMember("nullable"))
                findings += at + " is null\n";
            return;
        }
        const std::string type = textIn(schema, "type");
        const bool isRight =
            (type == "object" && value.IsObject()) || (type == "array" && value.IsArray()) ||
            (type == "string" && value.IsString()) || (type == "number" && value.IsNumber()) ||
            (type == "integer" && value.IsInt64()) || (type == "boolean" && value.IsBool());
        if (!isRight)
            findings += at + " is no " + type + "\n";
        else if (value.IsArray())
            for (const Value& entry : value.GetArray())
                check(schema["items"], entry, at + "[]");
        else if (value.IsObject())
            checkMembers(schema, value, at);
    }

    std::string findings;

private:
    [[nodiscard]] const Value& referred(const std::string& reference) const {
        return api_["components"]["schemas"][reference.substr(reference.rfind('/') + 1).c_str()];
    }
    void checkMembers(const Value& schema, const Value& value, const std::string& at) {
        if (schema.HasMember("required"))
            for (const Value& key : schema["required"].GetArray())
                if (!value.HasMember(key))
                    findings += at + "." + key.GetString() + " is missing\n";
        if (!schema.HasMember("properties"))
            return;
        for (const auto& member : schema["properties"].GetObject())
            if (value.HasMember(member.name))
                check(member.value, value[member.name], at + "." + member.name.GetString());
    }

    const Value& api_;
};

std::string ofTheBoat(std::string path) {
    for (const auto& [part, value] : {std::pair("{site}", "boat"), std::pair("{bank}", "main"),
                                      std::pair("{battery}", "pack_d")})
        if (const std::size_t at = path.find(part); at != std::string::npos)
            path.replace(at, std::string_view(part).size(), value);
    return path.substr(1);
}

Answer answerOfTexts(Request request) {
    TextDesk desk;
    desk.setReaders({.check =
                         [](std::string_view) {
                             return CheckedText{.messages = {{.message = "x"}}, .notes = {"y"}};
                         },
                     .migrate = [](TextPeer, std::string_view,
                                   const Now&) { return MigratedText{.error = "x"}; }});
    request.from = "dab";
    request.text = "{}";
    return desk.answer(request, test::kThen);
}

Answer answerOf(const std::string& path) {
    Board board;
    test::fill(board);
    Request request;
    request.path = ofTheBoat(path);
    return TextDesk::isAsked(request.path) ? answerOfTexts(request) : answerTo(request, board);
}

TEST(OpenApi, EveryPathAnswersAsItIsDescribed) {
    const auto api = description();
    ASSERT_TRUE(api.IsObject());
    for (const auto& path : api["paths"].GetObject()) {
        const Answer answer = answerOf(path.name.GetString());
        EXPECT_EQ(answer.status, 200) << path.name.GetString();
        const auto content =
            path.value["get"]["responses"]["200"]["content"].GetObject().MemberBegin();
        const std::string type(answer.type);
        EXPECT_EQ(type.substr(0, type.find(';')), content->name.GetString());
        if (type != "application/json")
            continue;
        Checker checker(api);
        checker.check(content->value["schema"], parsed(answer.body), path.name.GetString());
        EXPECT_EQ(checker.findings, "") << answer.body;
    }
}

TEST(OpenApi, HasEveryPathThatIsServed) {
    static const std::regex kRow("\n    \\{\"([^\"]+)\", \\w+(, true)?\\},");
    const std::string source = sourceText("src/web/api.cpp");
    const auto api = description();
    int found = 0;
    for (std::sregex_iterator row(source.begin(), source.end(), kRow), end; row != end; ++row) {
        const std::string path = "/" + (*row)[1].str();
        EXPECT_TRUE(api["paths"].HasMember(path.c_str())) << path;
        ++found;
    }
    EXPECT_EQ(found, 9) << "rows of kRoutes";
}

TEST(OpenApi, AnAnswerThatLacksAKeyIsFound) {
    const auto api = description();
    Checker checker(api);
    checker.check(api["components"]["schemas"]["Sites"],
                  parsed(R"({"sites":[{"site":1,"status":null,"banks":[],"batteries":{}}]})"), "x");
    EXPECT_EQ(checker.findings, "x.sites[].site is no string\nx.sites[].status is null\n"
                                "x.sites[].batteries is no array\n");
    checker.findings.clear();
    checker.check(api["components"]["schemas"]["Sites"], parsed("{}"), "x");
    EXPECT_EQ(checker.findings, "x.sites is missing\n");
}

} // namespace
} // namespace busbar::web::openapi_test
