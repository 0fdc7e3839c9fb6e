// SPDX-License-Identifier: MIT
// Commas, quotes and numbers.
#include "web/json.hpp"

#include "core/utf8.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace busbar::web {

void JsonText::separate() {
    if (!isFirst_)
        out_ += ',';
    isFirst_ = false;
}

JsonText& JsonText::beginObject() {
    separate();
    out_ += '{';
    isFirst_ = true;
    return *this;
}

JsonText& JsonText::endObject() {
    out_ += '}';
    isFirst_ = false;
    return *this;
}

JsonText& JsonText::beginList() {
    separate();
    out_ += '[';
    isFirst_ = true;
    return *this;
}

JsonText& JsonText::endList() {
    out_ += ']';
    isFirst_ = false;
    return *this;
}

JsonText& JsonText::key(std::string_view name) {
    separate();
    writeText(name);
    out_ += ':';
    isFirst_ = true; // its value follows without a comma
    return *this;
}

/// Quotes, backslashes and control characters are escaped, all else stands as it is.
void JsonText::writeText(std::string_view value) {
    out_ += '"';
    while (!value.empty()) {
        const CodePoint first = firstCodePoint(value);
        const std::string_view bytes = value.substr(0, first.size);
        const auto code = static_cast<unsigned char>(bytes.front());
        if (!first.isValid) {
            out_ += "\xEF\xBF\xBD";
        } else if (code < 0x20U) {
            std::array<char, 8> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(code));
            out_ += escaped.data();
        } else {
            if (code == '"' || code == '\\')
                out_ += '\\';
            out_ += bytes;
        }
        value.remove_prefix(first.size);
    }
    out_ += '"';
}

JsonText& JsonText::text(std::string_view value) {
    separate();
    writeText(value);
    return *this;
}

JsonText& JsonText::whole(std::int64_t value) {
    separate();
    out_ += std::to_string(value);
    return *this;
}

JsonText& JsonText::number(std::optional<double> value, int decimals) {
    if (!value || !std::isfinite(*value))
        return null();
    separate();
    std::array<char, 340> digits{}; // the largest double has 309 before its point
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), *value,
                                            std::chars_format::fixed, decimals);
    std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    if (decimals > 0) {
        text = text.substr(0, text.find_last_not_of('0') + 1);
        text = text.substr(0, text.find_last_not_of('.') + 1);
    }
    out_ += text == "-0" ? "0" : text;
    return *this;
}

JsonText& JsonText::truth(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}

JsonText& JsonText::null() {
    separate();
    out_ += "null";
    return *this;
}

JsonText& JsonText::index(unsigned oneMore) {
    return oneMore == 0 ? null() : whole(static_cast<std::int64_t>(oneMore) - 1);
}

JsonText& JsonText::raw(std::string_view json) {
    if (json.empty())
        return null();
    separate();
    out_ += json;
    return *this;
}

} // namespace busbar::web
