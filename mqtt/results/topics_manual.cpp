// SPDX-License-Identifier: MIT
// Text of the manual of topics.
#include "mqtt/results/topics_manual.hpp"

#include "core/limits/cause.hpp"
#include "core/table/advice_code.hpp"
#include "core/table/control_table.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/out_reason.hpp"
#include "documents/bank.hpp"
#include "documents/battery.hpp"
#include "documents/event.hpp"
#include "documents/health.hpp"
#include "mqtt/results/result_topics.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

namespace {

struct TopicLine {
    std::string topic;
    std::string_view how;
    std::string_view what;
};

std::vector<TopicLine> topicLines() {
    const ResultTopics topics{"busbar/<site>"};
    std::vector<TopicLine> lines = {
        {topics.status(), "retained",
         "`online` or `offline`; also the last will. What somebody else writes there is put right"},
        {topics.bankState("<bank>"), "retained", "JSON, see [Bank](#bank)"},
        {topics.batteryState("<id>"), "retained", "JSON, see [Battery](#battery)"},
        {topics.batteryStatus("<id>"), "retained",
         "`online` = there, and its values are fresh or were a moment ago; else `offline`. Like "
         "all other topics it stays as it was when Busbar ends: it counts while the site's status "
         "is `online`"},
        {"busbar/<site>/homeassistant/<device>", "retained",
         "what Home Assistant's entities show, paced by `homeassistant.interval_s`: a part of the "
         "document, its values moving only when they have really moved; for nobody else"},
        {topics.event(), "not retained", "JSON, see [Event](#event)"},
        {topics.health(), "retained", "JSON once a minute, see [Health](#health)"},
    };
    for (const ControlRow& control : kControls)
        if (!control.word.empty())
            lines.push_back({control.of == ControlOf::Bank
                                 ? topics.setBank("<bank>", control.word)
                                 : topics.setBattery("<id>", control.word),
                             "to be written", control.meaning});
    lines.push_back(
        {topics.setValues("<id>"), "to be written",
         "of a writable battery: one JSON object of paths or keys of [Battery](#battery) "
         "and values, all of which are taken or none; `null` clears"});
    lines.push_back({topics.setValues("<id>") + "/<path>", "to be written",
                     "one value as JSON, such as `53.2`; `<path>` without its first slash: "
                     "`Dc/0/Voltage`"});
    return lines;
}

void addRow(std::string& text, std::string_view first, std::string_view second,
            std::string_view third) {
    text.append("| ").append(first).append(" | ").append(second).append(" | ").append(third);
    text += " |\n";
}

void addTopics(std::string& text) {
    text += "| topic | | payload |\n|---|---|---|\n";
    for (const TopicLine& line : topicLines())
        addRow(text, "`" + line.topic + "`", line.how, line.what);
}

/// Of a row its path, and what people call it.
std::string meaningOf(const documents::About& about) {
    if (about.path.empty())
        return std::string(about.meaning);
    const std::string path = "`" + std::string(about.path) + "`";
    return about.meaning.empty() ? path : path + ", " + std::string(about.meaning);
}

/// Of a row its key without the unit needs no word.
std::string formerlyOf(const documents::About& about) {
    return about.before.empty() || !about.path.empty()
               ? ""
               : "; in layout 1 `" + std::string(about.before) + "`";
}

void addKeys(std::string& text, std::string_view title, std::string_view about,
             const std::vector<documents::Line>& lines) {
    text.append("\n## ").append(title).append("\n\n").append(about);
    text += "\n\n| key | unit | meaning |\n|---|---|---|\n";
    for (const documents::Line& line : lines)
        addRow(text, "`" + line.name + "`", line.about.unit,
               meaningOf(line.about) + formerlyOf(line.about));
}

template <typename E>
void addWords(std::string& text, std::string_view title, std::size_t count,
              std::string_view (*word)(E)) {
    text.append("\n**").append(title).append(":** ");
    std::string_view separator;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view entry = word(static_cast<E>(i));
        if (entry.empty())
            continue;
        text.append(separator).append("`").append(entry).append("`");
        separator = ", ";
    }
    text += "\n";
}

constexpr std::string_view kIntroduction = R"(# MQTT topics

Written by `busbar config --topics`, from the tables that the program itself uses.

Everything is below `<base>/<site>`; `mqtt.base` is `busbar` unless it is configured otherwise. `<bank>` is the
configured id of a bank, `<id>` that of a battery, which stays the same over restarts. Current and power are positive while
charging. The unit of a number stands at the end of its key. Numbers come with all their decimals (`53.20`), truth is `true` or
`false` (alarms are levels: 0, 1 = warning, 2 = alarm), times are texts in UTC.

What is unknown is `null`, whatever its kind. A key comes when its value has been known once since Busbar started, and then stays, as
`null` while it is unknown. So a key that is not there is one that this installation does not have, or has not told yet; read both
alike. In lists (`limiters`, `batteries`, `advice`) that holds for all elements together. Keys are added, never renamed; readers skip
what they do not know.

`mqtt.layout: 1` writes documents as version 0.3 did, for one version: keys without the units of paths (`soc` for `soc_pct`, `voltage` for
`voltage_V`; the tables name what was otherwise), unknown texts `""`, flags of paths 1 and 0, numbers as short as they are, 5000 for
`"none"`, every key always.

A document comes at most once per `mqtt.interval_ms`, at once when a limit of the bank was cut or its stage changed, and
only when something changed; without a change once a minute, so that whoever has heard nothing for two minutes may take its values for
lost. `time` says when it was said and `age_s` how old it was then; they alone are no change. The topics of a battery that is gone are emptied.

A session begins with the documents of all banks and `offline` for every battery that has not been heard yet; only then comes
`online`, so that nothing of an earlier run passes for now. A bank of which nothing is heard is `starting`, and `no_data` with
limits of 0 A after `loss.link_timeout_s`.

)";

constexpr std::string_view kBankAbout =
    "A key with a path is what the bank publishes on D-Bus under it. `limits.charge_voltage` is "
    "not there, or `null`, while no battery\ngives a charge voltage. `limiters` are all reasons "
    "that hold a limit down, ascending by value; the first is the one in force.";
constexpr std::string_view kBatteryAbout =
    "A key with a path is what the battery itself says under it; the document has only those that "
    "the battery has.";
constexpr std::string_view kEventAbout = "Sent once, when it happens, and never late.";
constexpr std::string_view kHealthAbout =
    "Counters since the program started. `output_session` is there if results have a broker of "
    "their own.";

} // namespace

std::string topicsManual() {
    std::string text(kIntroduction);
    addTopics(text);
    addKeys(text, "Bank", kBankAbout, documents::bankLines());
    addWords<Cause>(text, "Causes", kCauseCount, busbar::toText);
    addWords<AdviceCode>(text, "Advice", kAdviceCount, busbar::toText);
    addKeys(text, "Battery", kBatteryAbout, documents::batteryLines());
    addWords<OutReason>(text, "Reasons", kOutReasonCount, busbar::toText);
    addKeys(text, "Event", kEventAbout, documents::eventLines());
    addWords<EventKind>(text, "Types", kEventKindCount, busbar::toText);
    addKeys(text, "Health", kHealthAbout, documents::healthLines());
    return text;
}

} // namespace busbar::mqtt
