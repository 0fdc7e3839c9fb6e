// SPDX-License-Identifier: MIT
// How the API writes its own JSON: a text that grows, with commas where they belong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::web {

/// Keys and texts must be UTF-8 (core/utf8.hpp is asked; what is not becomes U+FFFD).
class JsonText {
public:
    JsonText& beginObject();
    JsonText& endObject();
    JsonText& beginList();
    JsonText& endList();
    JsonText& key(std::string_view name);
    JsonText& text(std::string_view value);
    JsonText& whole(std::int64_t value);
    /// As short as so many decimals are; unknown and what is not finite is null.
    JsonText& number(std::optional<double> value, int decimals);
    JsonText& truth(bool value);
    JsonText& null();
    /// 0 = null, else one less: an index.
    JsonText& index(unsigned oneMore);
    /// JSON as it is, such as a document; empty = null.
    JsonText& raw(std::string_view json);

    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void separate();
    void writeText(std::string_view value);

    std::string out_;
    bool isFirst_{true}; ///< of the object or list that is open
};

} // namespace busbar::web
