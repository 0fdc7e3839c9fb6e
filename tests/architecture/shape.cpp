// SPDX-License-Identifier: MIT
// Reads declarations as far as their size needs it: heads, braces, and what is between.
#include "architecture/shape.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace busbar::architecture {

namespace {

struct Token {
    std::string_view text;
    int line{0};
};
using Tokens = std::vector<Token>;

bool isNamePart(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool isName(const Token& token) {
    return isNamePart(token.text.front());
}

/// End of a line that begins with #, the lines that it continues on included.
std::size_t directiveEnd(std::string_view code, std::size_t at) {
    std::size_t end = code.find('\n', at);
    while (end != std::string_view::npos && code[end - 1] == '\\')
        end = code.find('\n', end + 1);
    return std::min(end, code.size());
}

std::size_t tokenEnd(std::string_view code, std::size_t at) {
    if (code.substr(at, 2) == "::")
        return at + 2;
    std::size_t end = at;
    while (end < code.size() && isNamePart(code[end]))
        ++end;
    return std::max(end, at + 1);
}

Tokens tokensOf(std::string_view code) {
    Tokens tokens;
    int line = 1;
    for (std::size_t at = 0; at < code.size();) {
        std::size_t end = at + 1;
        if (code[at] == '#')
            end = directiveEnd(code, at);
        else if (std::isspace(static_cast<unsigned char>(code[at])) == 0)
            tokens.push_back({code.substr(at, (end = tokenEnd(code, at)) - at), line});
        line += static_cast<int>(std::count(code.begin() + static_cast<std::ptrdiff_t>(at),
                                            code.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        at = end;
    }
    return tokens;
}

bool has(const Tokens& tokens, std::string_view text) {
    return std::ranges::find(tokens, text, &Token::text) != tokens.end();
}

bool isOneOf(std::string_view text, std::string_view words) {
    const std::string padded = " " + std::string(text) + " ";
    return words.find(padded) != std::string_view::npos;
}

/// What a declaration begins with, parted by depth: what stands in round, square and angle
/// brackets is left out, brackets included, but for an empty pair for each round one.
class Head {
public:
    /// Angle brackets are such until an initialiser begins.
    explicit Head(const Tokens& tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            take(tokens, i);
    }

    [[nodiscard]] const Tokens& outside() const { return outside_; }
    /// A function's or an initialiser's parentheses come next to a name.
    [[nodiscard]] bool isFunction() const {
        if (isPointer_)
            return false;
        const auto parameters = std::ranges::find(outside_, "(", &Token::text);
        const auto value = std::ranges::find(outside_, "=", &Token::text);
        return has(outside_, "operator") || (parameters < value && parameters != outside_.end());
    }
    [[nodiscard]] bool isType() const {
        return std::ranges::any_of(outside_,
                                   [](const Token& token) {
                                       return isOneOf(token.text, " class struct union ");
                                   }) &&
               !has(outside_, "(") && !has(outside_, "=");
    }

private:
    void take(const Tokens& tokens, std::size_t& i) {
        const std::string_view text = tokens[i].text;
        const bool isHidden = depth_ > 0 || angles_ > 0;
        const bool isAngle = depth_ == 0 && !has(outside_, "=") && !has(outside_, "operator");
        if (isOneOf(text, " decltype alignas explicit noexcept requires ") && !isHidden)
            return skipParentheses(tokens, i);
        if (text == "(" && !isHidden) {
            isPointer_ = isPointer_ || (i + 1 < tokens.size() && tokens[i + 1].text == "*");
            outside_.push_back(tokens[i]);
        }
        if (isOneOf(text, " ( [ { "))
            ++depth_;
        else if (isOneOf(text, " ) ] } "))
            --depth_;
        else if (isAngle && text == "<")
            ++angles_;
        else if (isAngle && text == ">" && angles_ > 0)
            --angles_;
        else if (!isHidden)
            outside_.push_back(tokens[i]);
    }

    /// `noexcept(…)` and its like are no parameters.
    static void skipParentheses(const Tokens& tokens, std::size_t& i) {
        int depth = 0;
        while (i + 1 < tokens.size() && (depth > 0 || tokens[i + 1].text == "(")) {
            ++i;
            depth += tokens[i].text == "(" ? 1 : tokens[i].text == ")" ? -1 : 0;
        }
    }

    Tokens outside_;
    int depth_{0};
    int angles_{0};
    bool isPointer_{false}; ///< to a function: `int (*name)(int)`
};

/// The words before the parameters, or the last ones.
std::string functionName(const Tokens& outside) {
    const auto end = std::ranges::find(outside, "(", &Token::text);
    auto begin = end;
    while (begin != outside.begin() &&
           (isName(*std::prev(begin)) || isOneOf(std::prev(begin)->text, " :: ~ ")) &&
           (begin == end || std::prev(begin)->text == "::" || begin->text == "::" ||
            std::prev(begin)->text == "~"))
        --begin;
    std::string name;
    for (; begin != end; ++begin)
        name += begin->text;
    return name.empty() ? "operator" : name;
}

std::string typeName(const Tokens& outside) {
    const auto keyword = std::ranges::find_if(
        outside, [](const Token& token) { return isOneOf(token.text, " class struct union "); });
    std::string name;
    for (auto at = std::next(keyword); at != outside.end() && at->text != ":"; ++at)
        if (at->text != "final")
            name += at->text;
    return name.empty() ? "(unnamed)" : name;
}

class Reader {
public:
    Reader(Tokens tokens, Shape& shape) : tokens_(std::move(tokens)), shape_(shape) {
        while (at_ < tokens_.size())
            readScope(nullptr);
    }

private:
    /// Declarations up to the closing brace, which is taken too. `owner`: index of the class.
    void readScope(const std::size_t* owner) {
        while (at_ < tokens_.size() && !sees("}"))
            readDeclaration(owner);
        ++at_;
    }

    [[nodiscard]] bool sees(std::string_view text) const {
        return at_ < tokens_.size() && tokens_[at_].text == text;
    }

    void readDeclaration(const std::size_t* owner) {
        Tokens head;
        bool isInType = false;
        for (; at_ < tokens_.size() && !sees(";") && !sees("}"); ++at_) {
            if (takesAccess(head))
                continue;
            if (!sees("(") && !sees("[") && !sees("{")) {
                head.push_back(tokens_[at_]);
                continue;
            }
            if (sees("{")) {
                const Head seen(head);
                if (opensNamespace(seen.outside()))
                    return enterNamespace();
                if (seen.isType() && !isInType) {
                    isInType = enterType(head, seen);
                    continue;
                }
                if (isBody(head, seen))
                    return readBody(head, seen, owner);
            }
            takeBrackets(head);
        }
        if (sees(";"))
            ++at_;
        if (owner != nullptr)
            countMember(head, isInType, shape_.classes[*owner]);
    }

    /// `public:` and its like belong to no declaration.
    bool takesAccess(Tokens& head) {
        const bool isAccess = sees(":") && head.size() == 1 &&
                              isOneOf(head.front().text, " public private protected ");
        if (isAccess)
            head.clear();
        return isAccess;
    }

    static bool opensNamespace(const Tokens& outside) {
        return has(outside, "namespace") ||
               (!outside.empty() && outside.front().text == "extern" && outside.size() == 1);
    }

    void enterNamespace() {
        ++at_;
        readScope(nullptr);
    }

    /// An `enum`'s enumerators are no members, so it is passed over. What follows the type declares
    /// objects of it.
    bool enterType(Tokens& head, const Head& seen) {
        if (has(seen.outside(), "enum")) {
            Tokens ignored;
            takeBrackets(ignored);
            head.clear();
            return true;
        }
        shape_.classes.push_back({typeName(seen.outside()), head.front().line});
        const std::size_t self = shape_.classes.size() - 1;
        ++at_;
        readScope(&self);
        --at_; // its brace: the caller's loop goes on behind it
        head.clear();
        return true;
    }

    /// The body of a function, and not an initialiser: of a member (`: a_{1}`), of a value
    /// (`= {1}`, `a{1}`).
    static bool isBody(const Tokens& head, const Head& seen) {
        if (!seen.isFunction() || head.empty())
            return false;
        const Tokens& outside = seen.outside();
        const auto parameters = std::ranges::find(outside, "(", &Token::text);
        const bool hasMembers = std::find_if(parameters, outside.end(), [](const Token& token) {
                                    return token.text == ":";
                                }) != outside.end();
        return !hasMembers || isOneOf(head.back().text, " ) } ");
    }

    void readBody(const Tokens& head, const Head& seen, const std::size_t* owner) {
        Tokens ignored;
        takeBrackets(ignored);
        const int first = head.front().line;
        shape_.functions.push_back(
            {functionName(seen.outside()), first, tokens_[at_].line - first + 1});
        ++at_;
        if (sees(";"))
            ++at_;
        if (owner != nullptr)
            countMember(head, false, shape_.classes[*owner]);
    }

    /// Everything from the bracket here to its partner; `at_` stands on that one then.
    void takeBrackets(Tokens& into) {
        int depth = 0;
        for (; at_ < tokens_.size(); ++at_) {
            into.push_back(tokens_[at_]);
            if (isOneOf(tokens_[at_].text, " ( [ { "))
                ++depth;
            else if (isOneOf(tokens_[at_].text, " ) ] } "))
                --depth;
            if (depth == 0)
                return;
        }
        at_ = tokens_.size() - 1;
    }

    static void countMember(const Tokens& declaration, bool isOfType, ClassShape& owner) {
        const Head head(declaration);
        const Tokens& outside = head.outside();
        if (outside.empty() ||
            isOneOf(outside.front().text, " friend using typedef static_assert "))
            return;
        if (!isOfType && head.isFunction())
            owner.methods += isMade(outside) ? 0 : 1;
        else if (!isOfType && (head.isType() || has(outside, "enum")))
            return; // announced only
        else if (!has(outside, "static"))
            owner.fields += 1 + static_cast<int>(std::ranges::count(outside, ",", &Token::text));
    }

    /// By the compiler, or not at all.
    static bool isMade(const Tokens& outside) {
        const auto last = outside.back().text;
        return last == "default" || last == "delete";
    }

    Tokens tokens_;
    Shape& shape_;
    std::size_t at_{0};
};

} // namespace

Shape shapeOf(const SourceFile& file) {
    Shape shape;
    shape.lines = static_cast<int>(std::ranges::count(file.text, '\n'));
    [[maybe_unused]] const Reader reader(tokensOf(file.code), shape);
    return shape;
}

} // namespace busbar::architecture
