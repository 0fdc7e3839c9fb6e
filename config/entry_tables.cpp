// SPDX-License-Identifier: MIT
// Which paths make sense where a service stands in for another.
#include "config/entry_tables.hpp"

#include "core/made/corrections.hpp"
#include "core/made/folding.hpp"
#include "core/made/written.hpp"
#include "core/table/path_table.hpp"

namespace busbar::config {

bool isMergedPath(std::string_view path) {
    const auto index = findRow(path);
    return path == "/Voltages" || (index && !isOwnRow(*index));
}

bool isWrittenPath(std::string_view path) {
    const auto index = findRow(path);
    return index && isWritable(*index);
}

bool isReplacedPath(std::string_view path) {
    const auto index = findRow(path);
    return index && isReplaceable(*index);
}

} // namespace busbar::config
