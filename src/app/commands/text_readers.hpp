// SPDX-License-Identifier: MIT
// What `busbar check` and `busbar migrate` say, of a text that somebody gives to the page.
#pragma once

#include "web/text_desk.hpp"

#include <string>

namespace busbar {

namespace migrate {
struct Migration;
}

/// The same functions as those of the commands. Of this machine they look at its time zones and its
/// MQTT library: no file that the text names is opened, and no variable of the environment counts.
[[nodiscard]] web::TextReaders textReaders();

/// Why what became of it is no configuration, in lines; empty = it is one.
[[nodiscard]] std::string defectOf(const migrate::Migration& result);

} // namespace busbar
