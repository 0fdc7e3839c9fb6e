// SPDX-License-Identifier: MIT
// The page of all words that Busbar gives as causes, reasons, advice and events.
#pragma once

#include <string>

namespace busbar::documents {

/// Markdown; src/documents/WORDS.md is this text.
[[nodiscard]] std::string wordsPage();

} // namespace busbar::documents
