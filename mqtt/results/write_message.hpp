// SPDX-License-Identifier: MIT
// What somebody sends to a writable battery by MQTT: which battery, and which values.
#pragma once

#include "core/made/written.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

/// Below `<base>/set/`, without retain:
///   battery/<id>/values               {"/Dc/0/Voltage":53.2,"current":-8.5,"/Soc":null}
///   battery/<id>/values/Dc/0/Voltage  53.2
/// Keys are paths, or those of the documents (core/units/value_key.hpp). Values are JSON: numbers,
/// true and false (1 and 0), texts in quotes, null (clears).
struct WriteMessage {
    std::string id;
    std::vector<busbar::WrittenValue> group; ///< not checked yet by the path table
    std::string problem;                     ///< why nothing can be read from it; empty = it can
};

/// Whether `tail`, the topic below `<base>/set/`, is one of the above.
[[nodiscard]] bool isWriteTopic(std::string_view tail);

/// `tail` must be one of the above. A problem are: what is no JSON, or longer than 16 KiB; lists
/// and objects as values; a path twice; no value at all. Never throws; NaN and infinities come
/// through, so that the path table can name the range.
[[nodiscard]] WriteMessage parseWriteMessage(std::string_view tail, std::string_view payload);

} // namespace busbar::mqtt
