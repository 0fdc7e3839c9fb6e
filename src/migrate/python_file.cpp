// SPDX-License-Identifier: MIT
// settings.py of 2022 to 2025, read as data: what a small calculator understands, and nothing else.
#include "config/issue.hpp"
#include "migrate/draft.hpp"
#include "migrate/peer_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace busbar::migrate {

namespace {

/// What a name stands for. Texts and lists are kept as the INI file of later versions has them.
struct Data {
    enum class Kind : std::uint8_t { Number, Text, Word, List };
    Kind kind = Kind::Number;
    double number = 0.0;
    std::string text; ///< of a list: its entries, with brackets
};
using Names = std::map<std::string, Data, std::less<>>;

std::string shown(const Data& data) {
    return data.kind == Data::Kind::Number ? numberText(data.number) : data.text;
}

bool isNameChar(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Sums, products, brackets and lists of numbers, texts, True, False, None and names that stand
/// above.
class Calculator {
public:
    Calculator(std::string_view text, const Names& names) : text_(text), names_(names) {}

    /// Nothing for what is more than that.
    std::optional<Data> value() {
        const auto result = sum();
        skip();
        return at_ == text_.size() ? result : std::nullopt;
    }

private:
    static constexpr int kDeepest = 20;

    void skip() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
            ++at_;
    }
    bool takes(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }

    static std::optional<Data> calculated(const std::optional<Data>& a,
                                          const std::optional<Data>& b, char sign) {
        if (!a || !b || a->kind != Data::Kind::Number || b->kind != Data::Kind::Number)
            return std::nullopt;
        const double x = a->number;
        const double y = b->number;
        const double result = sign == '+'   ? x + y
                              : sign == '-' ? x - y
                              : sign == '*' ? x * y
                                            : x / y;
        if (!std::isfinite(result))
            return std::nullopt;
        // 3.4 - 0.1 is 3.3 to who wrote it.
        return Data{Data::Kind::Number, std::round(result * 1e9) / 1e9, {}};
    }

    std::optional<Data> sum() {
        auto left = product();
        while (left) {
            const char sign = takes('+') ? '+' : takes('-') ? '-' : ' ';
            if (sign == ' ')
                break;
            left = calculated(left, product(), sign);
        }
        return left;
    }
    std::optional<Data> product() {
        auto left = single();
        while (left) {
            const char sign = takes('*') ? '*' : takes('/') ? '/' : ' ';
            if (sign == ' ')
                break;
            left = calculated(left, single(), sign);
        }
        return left;
    }
    std::optional<Data> single() {
        if (++depth_ > kDeepest)
            return std::nullopt;
        auto result = plain();
        --depth_;
        return result;
    }
    std::optional<Data> plain() {
        skip();
        if (at_ >= text_.size())
            return std::nullopt;
        const char c = text_[at_];
        if (c == '\'' || c == '"')
            return textOf(c);
        if (takes('-'))
            return calculated(Data{}, single(), '-');
        if (takes('('))
            return closed(sum(), ')');
        if (takes('['))
            return list();
        return (c >= '0' && c <= '9') || c == '.' ? number() : named();
    }
    std::optional<Data> closed(std::optional<Data> inner, char end) {
        return takes(end) ? std::move(inner) : std::nullopt;
    }
    std::optional<Data> textOf(char quote) {
        const auto end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        Data data{Data::Kind::Text, 0.0, std::string(text_.substr(at_ + 1, end - at_ - 1))};
        at_ = end + 1;
        return data.text.find('\\') == std::string::npos ? std::optional(std::move(data))
                                                         : std::nullopt;
    }
    std::optional<Data> number() {
        double value = 0.0;
        const char* begin = text_.data() + at_;
        const auto result = std::from_chars(begin, text_.data() + text_.size(), value);
        if (result.ec != std::errc() || !std::isfinite(value))
            return std::nullopt;
        at_ += static_cast<std::size_t>(result.ptr - begin);
        return Data{Data::Kind::Number, value, {}};
    }
    std::optional<Data> named() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && isNameChar(text_[at_]))
            ++at_;
        const std::string_view name = text_.substr(begin, at_ - begin);
        if (name == "True" || name == "False" || name == "None")
            return Data{Data::Kind::Word, 0.0, name == "None" ? std::string() : std::string(name)};
        const auto found = names_.find(name);
        return found == names_.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<Data> list() {
        Data data{Data::Kind::List, 0.0, "["};
        while (!takes(']')) {
            const auto entry = sum();
            if (!entry || entry->kind == Data::Kind::List)
                return std::nullopt;
            data.text.append(data.text.size() > 1 ? ", " : "")
                .append(entry->kind == Data::Kind::Text ? inQuotes(entry->text) : shown(*entry));
            if (!takes(',') && (skip(), at_ >= text_.size() || text_[at_] != ']'))
                return std::nullopt;
        }
        data.text += "]";
        return data;
    }

    std::string_view text_;
    const Names& names_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

/// Without a comment at its end.
std::string withoutComment(std::string_view line) {
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (quote == '\0' && line[i] == '#')
            return std::string(line.substr(0, i));
        if (quote == '\0' && (line[i] == '\'' || line[i] == '"'))
            quote = line[i];
        else if (line[i] == quote)
            quote = '\0';
    }
    return std::string(line);
}

/// Brackets that are open at its end.
int openBrackets(std::string_view text) {
    int open = 0;
    char quote = '\0';
    for (const char c : text) {
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else
            open += c == '[' || c == '(' || c == '{'   ? 1
                    : c == ']' || c == ')' || c == '}' ? -1
                                                       : 0;
    }
    return open;
}

/// "NAME" of "NAME = …"; empty for every other statement.
std::string_view assignedName(std::string_view statement) {
    const auto end = statement.find('=');
    if (end == std::string_view::npos || statement.substr(end, 2) == "==")
        return {};
    const std::string_view name = trimmed(statement.substr(0, end));
    return std::ranges::all_of(name, isNameChar) ? name : std::string_view();
}

bool isOption(std::string_view name) {
    return !name.empty() && std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

class PythonWalk {
public:
    PythonWalk(std::string_view text, std::string file)
        : lines_(linesOf(text)), file_(std::move(file)) {}

    PeerFile walk() {
        while (next_ < lines_.size()) {
            const std::size_t line = next_ + 1;
            const std::string statement = nextStatement();
            if (!statement.empty())
                take(statement, line);
        }
        return std::move(result_);
    }

private:
    /// A line, with those that its brackets reach into; empty for comments, texts in three quotes
    /// and what is indented.
    std::string nextStatement() {
        const std::string_view first = lines_[next_];
        for (const std::string_view quotes : {"'''", "\"\"\""})
            if (trimmed(first).starts_with(quotes))
                return skipText(quotes);
        std::string statement = withoutComment(lines_[next_++]);
        while (openBrackets(statement) > 0 && next_ < lines_.size() && statement.size() < kLongest)
            statement.append("\n").append(withoutComment(lines_[next_++]));
        if (first.starts_with(' ') || first.starts_with('\t'))
            return passedOver(assignedName(trimmed(statement)));
        return std::string(trimmed(statement));
    }
    std::string passedOver(std::string_view name) {
        if (isOption(name))
            result_.mistakes.push_back(file_ + ":" + std::to_string(next_) + ": " +
                                       config::printable(name) +
                                       " is set under a condition or in a function; not taken");
        return {};
    }
    std::string skipText(std::string_view quotes) {
        const std::string_view first = trimmed(lines_[next_++]).substr(quotes.size());
        if (first.find(quotes) != std::string_view::npos)
            return {};
        while (next_ < lines_.size() && lines_[next_++].find(quotes) == std::string_view::npos) {
        }
        return {};
    }
    void take(std::string_view statement, std::size_t line) {
        const std::string_view name = assignedName(statement);
        if (name.empty())
            return;
        const auto value = Calculator(statement.substr(statement.find('=') + 1), names_).value();
        if (value) {
            names_[std::string(name)] = *value;
            if (isOption(name))
                result_.values.push_back({std::string(name), shown(*value), file_, line});
        } else if (isOption(name)) {
            result_.mistakes.push_back(file_ + ":" + std::to_string(line) + ": " +
                                       config::printable(name) +
                                       " is not a plain value, and no program text is executed "
                                       "here; not taken");
        }
    }

    static constexpr std::size_t kLongest = 20000;

    std::vector<std::string_view> lines_;
    std::string file_;
    PeerFile result_;
    Names names_;
    std::size_t next_ = 0;
};

} // namespace

PeerFile readPython(std::string_view text, const std::string& file) {
    return PythonWalk(text, file).walk();
}

} // namespace busbar::migrate
