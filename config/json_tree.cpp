// SPDX-License-Identifier: MIT
// Builds the tree from the events of RapidJSON's reader; its own document keeps no positions.
#include "config/json_tree.hpp"

#include "core/utf8.hpp"

#include <rapidjson/error/error.h>
#include <rapidjson/reader.h>

#include <array>
#include <utility>

namespace busbar::config {

namespace {

constexpr unsigned kParseFlags = rapidjson::kParseCommentsFlag |
                                 rapidjson::kParseTrailingCommasFlag |
                                 rapidjson::kParseValidateEncodingFlag;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// RapidJSON's input stream over a text; NUL stands for the end.
class TextStream {
public:
    using Ch = char;
    explicit TextStream(std::string_view text) : text_(text) {}

    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    [[nodiscard]] Ch Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    Ch Take() { return at_ < text_.size() ? text_[at_++] : '\0'; }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    [[nodiscard]] std::size_t Tell() const { return at_; }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    Ch* PutBegin() { return nullptr; }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    void Put(Ch) {}
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    std::size_t PutEnd(Ch*) { return 0; }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// Line and column of rising offsets, in one pass over the text.
class PositionCounter {
public:
    explicit PositionCounter(std::string_view text) : text_(text) {}

    Position at(std::size_t offset) {
        for (; done_ < offset && done_ < text_.size(); ++done_)
            count(text_[done_]);
        return now_;
    }

private:
    void count(char byte) {
        if (byte == '\n')
            now_ = {now_.line + 1, 1};
        else if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U)
            ++now_.column;
    }

    std::string_view text_;
    std::size_t done_ = 0;
    Position now_{1, 1};
};

std::size_t afterComment(std::string_view text, std::size_t at) {
    const bool isBlock = text.substr(at).starts_with("/*");
    const std::string_view end = isBlock ? "*/" : "\n";
    const std::size_t found = text.find(end, at + 2);
    return found == std::string_view::npos ? text.size() : found + end.size();
}

/// Past the given characters and comments.
std::size_t skip(std::string_view text, std::size_t at, std::string_view characters) {
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("//") || rest.starts_with("/*"))
            at = afterComment(text, at);
        else if (characters.find(rest.front()) != std::string_view::npos)
            ++at;
        else
            break;
    }
    return at;
}

/// Where the next token begins. The reader calls back *after* a token, and for the bracket behind a
/// trailing comma before it has taken it; hence brackets that close are skipped as well.
std::size_t nextToken(std::string_view text, std::size_t at) {
    return skip(text, at, " \t\r\n,:}]");
}

constexpr std::string_view kHalfCharacter = "a \\u escape that is only half a character";

/// The tree as it grows, under bounds; `problem` says why it stopped.
class GrowingTree {
public:
    /// Nothing: too many.
    Node* add(Node::Type type, Position at) {
        if (++count_ > kMaxNodes)
            return stop(at, "more than " + std::to_string(kMaxNodes) + " values");
        Node* node = &root_;
        if (!open_.empty())
            node = &open_.back()->children.emplace_back();
        node->type = type;
        node->at = at;
        node->key = std::exchange(key_, {});
        node->keyAt = std::exchange(keyAt_, {});
        return node;
    }
    /// What is added from now on stands in it.
    bool open(Node* node) {
        if (node != nullptr && open_.size() >= kMaxDepth)
            node = stop(node->at, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
        if (node != nullptr)
            open_.push_back(node);
        return node != nullptr;
    }
    void close() { open_.pop_back(); }
    /// Of the next value.
    bool setKey(std::string_view key, Position at) {
        key_.assign(key);
        keyAt_ = at;
        if (!isUtf8(key_))
            stop(at, std::string(kHalfCharacter));
        return problem_.message.empty();
    }
    Node* stop(Position at, std::string message) {
        problem_ = {Severity::Error, at, {}, std::move(message)};
        return nullptr;
    }
    [[nodiscard]] const Issue& problem() const { return problem_; }
    [[nodiscard]] Node takeRoot() { return std::move(root_); }

private:
    std::size_t count_ = 0;
    std::string key_;
    Position keyAt_;
    Node root_;
    std::vector<Node*>
        open_; ///< from the root to the container being filled; its siblings are complete
    Issue problem_;
};

/// Receiver of the reader's events; false stops the reader, `problem` then says why.
class TreeBuilder {
public:
    TreeBuilder(std::string_view text, const TextStream& stream)
        : text_(text), stream_(stream), positions_(text) {}

    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Null() { return add(Node::Type::Null) != nullptr; }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Bool(bool value) {
        Node* node = add(Node::Type::Flag);
        if (node != nullptr)
            node->flag = value;
        return node != nullptr;
    }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Int(int value) { return Double(value); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Uint(unsigned value) { return Double(value); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Int64(std::int64_t value) { return Double(static_cast<double>(value)); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Uint64(std::uint64_t value) { return Double(static_cast<double>(value)); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Double(double value) {
        Node* node = add(Node::Type::Number);
        if (node == nullptr)
            return false;
        node->number = value;
        node->text = text_.substr(tokenStart_, stream_.Tell() - tokenStart_);
        return true;
    }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool String(const char* value, rapidjson::SizeType size, bool) {
        Node* node = add(Node::Type::Text);
        if (node != nullptr &&
            !isUtf8({value, size})) // RapidJSON takes a lone second half for a character
            node = tree_.stop(node->at, std::string(kHalfCharacter));
        if (node != nullptr)
            node->text.assign(value, size);
        return node != nullptr;
    }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool Key(const char* value, rapidjson::SizeType size, bool) {
        return tree_.setKey({value, size}, takeToken());
    }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool StartObject() { return tree_.open(add(Node::Type::Object)); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool EndObject(rapidjson::SizeType) { return close(); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool StartArray() { return tree_.open(add(Node::Type::List)); }
    // NOLINTNEXTLINE(readability-identifier-naming): RapidJSON's name
    bool EndArray(rapidjson::SizeType) { return close(); }

    [[nodiscard]] GrowingTree& tree() { return tree_; }

private:
    Position takeToken() {
        tokenStart_ = nextToken(text_, tokenEnd_);
        tokenEnd_ = stream_.Tell();
        return positions_.at(tokenStart_);
    }
    Node* add(Node::Type type) { return tree_.add(type, takeToken()); }
    bool close() {
        tree_.close();
        tokenEnd_ = stream_.Tell();
        return true;
    }

    std::string_view text_;
    const TextStream& stream_;
    PositionCounter positions_;
    std::size_t tokenStart_ = 0;
    std::size_t tokenEnd_ = 0;
    GrowingTree tree_;
};

struct ErrorText {
    rapidjson::ParseErrorCode code;
    std::string_view text;
};

constexpr auto kErrorTexts = std::to_array<ErrorText>({
    {rapidjson::kParseErrorDocumentRootNotSingular,
     "something follows after the end of the object"},
    {rapidjson::kParseErrorObjectMissName, "a key in double quotes is missing here"},
    {rapidjson::kParseErrorObjectMissColon, "a : is missing between key and value"},
    {rapidjson::kParseErrorObjectMissCommaOrCurlyBracket, "a , or } is missing before this"},
    {rapidjson::kParseErrorArrayMissCommaOrSquareBracket, "a , or ] is missing before this"},
    {rapidjson::kParseErrorStringUnicodeEscapeInvalidHex, "\\u needs four hexadecimal digits"},
    {rapidjson::kParseErrorStringUnicodeSurrogateInvalid,
     "half of a \\u surrogate pair is missing"},
    {rapidjson::kParseErrorStringEscapeInvalid,
     "unknown escape in a text; a backslash is written \\\\"},
    {rapidjson::kParseErrorStringMissQuotationMark, "the text has no closing quote on its line"},
    {rapidjson::kParseErrorStringInvalidEncoding, "the text is not valid UTF-8"},
    {rapidjson::kParseErrorNumberTooBig, "the number is too big"},
    {rapidjson::kParseErrorNumberMissFraction, "digits are missing after the decimal point"},
    {rapidjson::kParseErrorNumberMissExponent, "digits are missing in the exponent"},
    {rapidjson::kParseErrorUnspecificSyntaxError,
     "a comment is // to the end of the line or /* … */"},
});

/// What stands where a value should be, in the words of somebody who wonders why it is wrong.
std::string invalidValue(std::string_view rest) {
    if (rest.empty())
        return "the file ends where a value should be";
    if (rest.starts_with("'"))
        return "texts stand in double quotes";
    std::string_view word = rest.substr(0, rest.find_first_not_of("-+.ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                  "abcdefghijklmnopqrstuvwxyz"));
    const std::string_view unsignedWord = word.substr(word.starts_with('-') ? 1 : 0);
    for (std::string_view refused : {"NaN", "nan", "Inf", "inf"})
        if (unsignedWord.starts_with(refused))
            return "NaN and Infinity are no numbers here; write null for none where that is "
                   "allowed";
    return "not a value: a number, a text in double quotes, true, false, null, [ or { is expected";
}

/// The reader reports some errors behind the character that it took; the place of a wrong word is
/// its beginning.
std::size_t wordStart(std::string_view text, std::size_t offset) {
    const auto isLetter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    };
    while (offset > 0 && offset <= text.size() && isLetter(text[offset - 1]))
        --offset;
    return offset;
}

Issue syntaxIssue(std::string_view text, rapidjson::ParseErrorCode code, std::size_t offset) {
    if (code == rapidjson::kParseErrorValueInvalid) {
        offset = wordStart(text, offset);
        return {Severity::Error,
                PositionCounter(text).at(offset),
                {},
                invalidValue(text.substr(offset))};
    }
    if (code == rapidjson::kParseErrorStringEscapeInvalid ||
        code == rapidjson::kParseErrorStringInvalidEncoding) {
        const char byte = offset < text.size() ? text[offset] : ' ';
        if (byte == '\n' || byte == '\r')
            code = rapidjson::kParseErrorStringMissQuotationMark;
        else if (static_cast<unsigned char>(byte) < 0x20U)
            return {Severity::Error,
                    PositionCounter(text).at(offset),
                    {},
                    "a tab or another control character in a text; write \\t or \\u…"};
    }
    std::string_view message = "this is no JSON";
    for (const ErrorText& row : kErrorTexts)
        if (row.code == code)
            message = row.text;
    return {Severity::Error, PositionCounter(text).at(offset), {}, std::string(message)};
}

/// What can be said without parsing: too long, empty, not UTF-8. Nothing = go on.
std::optional<Issue> unreadable(std::string_view text) {
    const auto whole = [](std::string message) {
        return Issue{Severity::Error, {}, {}, std::move(message)};
    };
    if (text.size() > kMaxTextBytes)
        return whole("longer than " + std::to_string(kMaxTextBytes / 1024) + " kB");
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return whole("UTF-16 text; save it as UTF-8");
    if (skip(text, 0, " \t\r\n") == text.size())
        return whole("empty; {} stands for all defaults");
    const std::size_t nul = text.find('\0');
    if (nul != std::string_view::npos)
        return Issue{
            Severity::Error, PositionCounter(text).at(nul), {}, "a NUL byte; this is no text file"};
    return std::nullopt;
}

} // namespace

ParsedJson parseJson(std::string_view text) {
    if (text.starts_with(kUtf8Mark))
        text.remove_prefix(kUtf8Mark.size());
    if (auto problem = unreadable(text))
        return {std::nullopt, std::move(*problem)};
    TextStream stream(text);
    TreeBuilder builder(text, stream);
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<kParseFlags>(stream, builder);
    if (!result.IsError())
        return {builder.tree().takeRoot(), {}};
    if (result.Code() == rapidjson::kParseErrorTermination)
        return {std::nullopt, builder.tree().problem()};
    return {std::nullopt, syntaxIssue(text, result.Code(), result.Offset())};
}

} // namespace busbar::config
