// SPDX-License-Identifier: MIT
// Writes what documents tell as JSON, in either layout.
#pragma once

#include "documents/piece.hpp"
#include "mqtt/results/json_writing.hpp"
#include "mqtt/results/said_names.hpp"

#include <functional>
#include <string>
#include <vector>

namespace busbar::mqtt {

/// How documents are written.
struct DocumentStyle {
    /// 2, or 1 as version 0.3 wrote them: keys without units, unknown texts "", flags of batteries
    /// 1 and 0, numbers as short as they are, every key always.
    int layout{2};
    /// What was ever known of this document; without it all keys are said. Not for layout 1.
    SaidNames* said{nullptr};
};

/// A renderer: is told one piece after the other.
class DocumentWriter {
public:
    DocumentWriter(JsonWriter& json, const DocumentStyle& style) : json_(json), style_(style) {}

    void write(const documents::Piece& piece);

private:
    [[nodiscard]] bool isToBeSaid(const documents::Piece& piece, SaidNames::Place place);
    void writeField(const documents::Piece& piece);
    void writeValue(const documents::About& about, const Value& value);
    void writeFormerValue(const documents::About& about, const Value& value);

    JsonWriter& json_;
    DocumentStyle style_;
    std::vector<SaidNames::Place> around_{SaidNames::kRoot}; ///< objects and lists
};

/// One object of what `tell` tells.
[[nodiscard]] std::string documentText(const std::function<void(const documents::Reader&)>& tell,
                                       const DocumentStyle& style);

} // namespace busbar::mqtt
