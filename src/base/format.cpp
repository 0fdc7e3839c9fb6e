// SPDX-License-Identifier: MIT
// The one file that knows libfmt.
#include "base/format.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

namespace busbar {

std::string formatAll(std::string_view pattern, std::span<const FormatArg> values) {
    fmt::dynamic_format_arg_store<fmt::format_context> store;
    for (const FormatArg& each : values)
        std::visit([&store](const auto& value) { store.push_back(value); }, each.value());
    try {
        return fmt::vformat(fmt::string_view(pattern.data(), pattern.size()), store);
    } catch (const fmt::format_error&) { // a line of the log must not end the program
        return std::string(pattern);
    }
}

} // namespace busbar
