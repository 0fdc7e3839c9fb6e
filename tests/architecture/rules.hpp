// SPDX-License-Identifier: MIT
// The rules of the house as tables: which folder may include what, and what must not stand in its
// code.
#pragma once

#include "architecture/source_file.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::architecture {

/// One broken rule, as the test shows it: "src/core/bank.cpp:12: … (why)".
using Findings = std::vector<std::string>;

/// Words are those of `providerOf`: `std`, `posix`, a library (`rapidjson`, `spdlog`, `fmt`,
/// `openssl`, `paho`, `systemd`, `inih`, `cli`, `microhttpd`, `prometheus`) or a folder of this
/// project (`core`, `documents`, `base`, `sim`, `mqtt`, `dbus`, `config`, `migrate`, `web`, `app`).
struct Layer {
    std::string_view folder;
    std::string_view mayInclude;
    std::string_view reason;
};

/// One file or folder that may include one thing more than its layer. `what` is a provider or a
/// header.
struct IncludeException {
    std::string_view where;
    std::string_view what;
    std::string_view reason;
};

/// Code that matches is a finding in every file whose path begins with one of `where`.
struct Ban {
    std::string_view where;   ///< separated by blanks
    std::string_view pattern; ///< ECMAScript, matched against code without comments and literals
    std::string_view reason;
};

/// A file in which a ban does not hold.
struct BanException {
    std::string_view file;
    std::string_view pattern; ///< that of the ban
    std::string_view reason;
};

// clang-format off
inline constexpr auto kLayers = std::to_array<Layer>({
    {"src/core/", "std core",      "the core is pure: it can be tested, replayed and reasoned about without a machine"},
    {"src/sim/",  "std core sim",  "the physical twin is pure too, so that a run repeats exactly"},
    {"src/documents/", "std core documents", "what there is to say knows no format and no way out"},
    {"src/base/", "std posix core base", "what both edges share must not drag a library into either"},
    {"mqtt/",     "std posix core documents base mqtt rapidjson openssl", "the MQTT edge never sees D-Bus or the configuration"},
    {"dbus/",     "std posix core base dbus systemd", "the D-Bus edge never sees MQTT or the configuration"},
    {"config/",   "std posix core config rapidjson", "reading a configuration starts nothing"},
    {"src/migrate/", "std core config migrate", "texts in, texts out: what a peer's files become can be tested without a machine"},
    {"src/web/",  "std posix core documents base web rapidjson microhttpd prometheus", "the page knows documents and the loop, never the edges or the configuration"},
    {"src/app/",  "std posix core documents base sim mqtt dbus config migrate web app rapidjson openssl systemd cli",
                  "the app wires everything together, Paho excepted: that stays behind one file"},
});

inline constexpr auto kIncludeExceptions = std::to_array<IncludeException>({
    {"mqtt/session/client.cpp", "paho", "the one file that knows Paho"},
    {"src/base/log.cpp", "spdlog", "the one file that logs by it: two calls cost seconds of compile time"},
    {"src/base/log_sink.hpp", "spdlog", "is a sink of spdlog; only log.cpp includes it"},
    {"src/base/format.cpp", "fmt", "the one file that formats by it, for the same reason"},
    {"src/migrate/ini_file.cpp", "inih", "the one file that knows libinih"},
    {"src/base/event_loop.cpp", "systemd", "the one file that knows sd-event; linked by who has a loop only"},
    {"config/", "base/descriptor.hpp", "a header, no library"},
    {"config/", "base/zone_name.hpp", "a header, no library"},
    {"config/", "mqtt/settings.hpp", "plain data, no library"},
    {"config/", "web/settings.hpp", "plain data, no library"},
    {"config/", "web/address.hpp", "pure text, no library: the rules that the listener goes by"},
    {"config/", "mqtt/results/result_topics.hpp", "pure text, no library: which topics are taken"},
    {"config/", "mqtt/session/url.hpp", "pure text, no library: one parser for addresses"},
    {"config/", "mqtt/session/vrm.hpp", "pure text, no library: one place for the rules of that broker"},
    {"config/", "dbus/settings.hpp", "plain data, no library"},
});

inline constexpr std::string_view kCatchAll = R"(catch\s*\(\s*\.\.\.\s*\))";
inline constexpr std::string_view kClock = R"(::\s*now\s*\()";
inline constexpr std::string_view kOwn = "src/ mqtt/ dbus/ config/";

inline constexpr auto kBans = std::to_array<Ban>({
    {"src/core/ src/documents/ src/sim/ src/base/ src/migrate/ config/", kClock, "only the loop reads a clock; everybody else is given Now"},
    {"src/core/ src/documents/ src/sim/", R"(\b(sleep|usleep|nanosleep|sleep_for|sleep_until)\s*\()", "the core never waits"},
    {"src/core/ src/documents/ src/sim/", R"(\b(quiet_NaN|signaling_NaN|infinity)\s*\(|\b(NAN|INFINITY|HUGE_VAL|FLT_MAX|DBL_MAX)\b)",
                           "unknown is a type, never a special number"},
    {kOwn, kCatchAll, "swallows programming errors; belongs into guarded(), main and noexcept handlers"},
    {kOwn, R"(\bnew\s+[A-Za-z_:])", "no raw new: values, containers, make_unique"},
    {kOwn, R"(\bdelete\s*(\[|\s[A-Za-z_:*(]))", "no raw delete: an owner's destructor does that"},
    {kOwn, R"(\b(thread_local|goto|setjmp|longjmp)\b)", "hidden state and hidden jumps"},
    {kOwn, R"(\busing\s+namespace\s+std\s*;)", "names of the standard library stay in it"},
});

inline constexpr auto kBanExceptions = std::to_array<BanException>({
    {"src/base/event_loop.cpp", kClock, "this is the loop"},
    {"src/base/fault_log.cpp", kCatchAll, "report is noexcept and called from guarded(): a fault in it has nowhere to go"},
    {"src/base/guarded.hpp", kCatchAll, "this is guarded()"},
    {"src/app/main.cpp", kCatchAll, "main says what it can and ends with a code"},
    {"src/base/mailbox.cpp", kCatchAll, "put is noexcept: out of memory is the same as a full mailbox"},
});
// clang-format on

/// Who provides a header: a word of `Layer::mayInclude`, or "unknown".
[[nodiscard]] std::string providerOf(const Include& include);

/// The layer of a path, nullptr if it lies in none.
[[nodiscard]] const Layer* layerOf(std::string_view path);

/// Includes that the file's layer does not allow.
[[nodiscard]] Findings checkIncludes(const SourceFile& file);
/// Banned code.
[[nodiscard]] Findings checkBans(const SourceFile& file);
/// Variables that live in a function and survive the call, unless constant.
[[nodiscard]] Findings checkLocalStatics(const SourceFile& file);
/// Licence line, sentence (not for *_test.cpp, whose name says it), `#pragma once` of headers, no
/// `using namespace` in them.
[[nodiscard]] Findings checkHead(const SourceFile& file);
/// Notes to oneself in comments, unless an issue's number follows in parentheses.
[[nodiscard]] Findings checkNotes(const SourceFile& file);
/// Tests that cannot fail: a test without any check, a check of a constant, a shell command whose
/// status is lost because its line ends in `| true`, `|| true`, `; true` or `; exit 0`. Of C++ the
/// texts that are handed to a shell are looked at; of a script (`.sh`) the lines that check.
[[nodiscard]] Findings checkCanFail(const SourceFile& file);
/// A file that no CMakeLists.txt above it names is not built, or not verified. `cmake` = content of
/// the nearest CMakeLists.txt, `folder` = where that lies ("src", "tests/unit/core").
[[nodiscard]] Findings checkListed(const SourceFile& file, std::string_view folder,
                                   std::string_view cmake);

} // namespace busbar::architecture
