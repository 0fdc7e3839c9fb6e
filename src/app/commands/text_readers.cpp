// SPDX-License-Identifier: MIT
// Hands texts to the readers of configurations.
#include "app/commands/text_readers.hpp"

#include "app/commands/check_notes.hpp"
#include "app/commands/commands.hpp"
#include "migrate/bag.hpp"
#include "migrate/dab.hpp"

#include <string_view>
#include <utility>

namespace busbar {

namespace {

web::CheckedText checkedText(std::string_view text) {
    const config::ReadResult result = judgedToRun(config::readConfig(text));
    web::CheckedText checked{.isValid = result.config.has_value()};
    for (const config::Issue& issue : result.issues)
        checked.messages.push_back({.isWarning = issue.severity == config::Severity::Warning,
                                    .line = issue.at.line,
                                    .column = issue.at.column,
                                    .path = issue.path,
                                    .message = issue.message});
    if (result.config)
        checked.notes = notesOf(*result.config);
    return checked;
}

migrate::Migration migratedFrom(web::TextPeer peer, std::string_view text, const Now& now) {
    if (peer == web::TextPeer::Bag)
        return migrate::migrateBag({"config.json", std::string(text)});
    migrate::DabFiles files;
    files.ini = migrate::PeerText{"config.ini", std::string(text)};
    return migrate::migrateDab(files, now.wall);
}

web::MigratedText migratedText(web::TextPeer peer, std::string_view text, const Now& now) {
    migrate::Migration result = migratedFrom(peer, text, now);
    if (result.error.empty())
        result.error = defectOf(result);
    if (!result.error.empty())
        return {.error = std::move(result.error)};
    return {.error = {}, .config = std::move(result.config), .report = std::move(result.report)};
}

} // namespace

web::TextReaders textReaders() {
    return {.check = checkedText, .migrate = migratedText};
}

} // namespace busbar
