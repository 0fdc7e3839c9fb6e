// SPDX-License-Identifier: MIT
// Small texts and looks into results, for the tests of the configuration.
#pragma once

#include "config/output.hpp"
#include "config/reader.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

namespace busbar::config::testing {

/// `{"limits":{"cvl":{"mode":VALUE}}}` for limits.cvl.mode.
inline std::string nested(std::string_view key, std::string_view value) {
    const std::size_t dot = key.find('.');
    const std::string name(key.substr(0, dot));
    const std::string inner =
        dot == std::string_view::npos ? std::string(value) : nested(key.substr(dot + 1), value);
    return "{\"" + name + "\":" + inner + "}";
}

/// All issues as the terminal shows them.
inline std::string shown(const ReadResult& result) {
    return formatIssues("f", result.issues);
}

inline std::string shown(std::string_view text, const Environment& environment = {}) {
    return shown(readConfig(text, environment));
}

inline std::string fileText(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

} // namespace busbar::config::testing
