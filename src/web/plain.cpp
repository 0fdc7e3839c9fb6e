// SPDX-License-Identifier: MIT
// Tables of banks, limits, batteries and events.
#include "web/plain.hpp"

#include "web/board.hpp"
#include "web/reading.hpp"

#include <array>
#include <cstdio>
#include <initializer_list>
#include <optional>

namespace busbar::web {

namespace {

constexpr std::string_view kHead =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    "<meta http-equiv=\"refresh\" content=\"10\"><title>Busbar</title>"
    "<style>:root{color-scheme:light dark}body{font:16px/1.4 system-ui,sans-serif;margin:1em auto;"
    "max-width:60em;padding:0 1em}table{border-collapse:collapse;width:100%;margin:.5em 0 1.5em}"
    "th,td{text-align:left;padding:.3em .8em .3em 0;border-bottom:1px solid;vertical-align:top}"
    "caption{text-align:left;font-weight:bold}.n{text-align:right}div{overflow-x:auto}</style>"
    "</head><body><main><h1>Busbar</h1>\n";

std::string numberText(std::optional<double> number, int decimals) {
    if (!number)
        return "–";
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, *number);
    return text.data();
}

void cell(std::string& page, std::string_view text, bool isNumber = false) {
    page.append(isNumber ? "<td class=\"n\">" : "<td>").append(escapedHtml(text)).append("</td>");
}

void beginTable(std::string& page, std::string_view caption,
                std::initializer_list<std::string_view> headings) {
    page.append("<div><table><caption>").append(escapedHtml(caption)).append("</caption><tr>");
    for (const std::string_view heading : headings)
        page.append("<th scope=\"col\">").append(heading).append("</th>");
    page.append("</tr>\n");
}

constexpr std::string_view kEndTable = "</table></div>\n";

/// Voltage, current, power, state of charge and temperature, as both have them.
void commonCells(std::string& page, const rapidjson::Value& document) {
    cell(page, numberText(numberIn(document, {"soc_pct", "soc"}), 0) + " %", true);
    cell(page, numberText(numberIn(document, {"voltage_V", "voltage"}), 2) + " V", true);
    cell(page, numberText(numberIn(document, {"current_A", "current"}), 1) + " A", true);
    cell(page, numberText(numberIn(document, {"power_W", "power"}), 0) + " W", true);
    cell(page, numberText(numberIn(document, {"temperature_C", "temperature"}), 0) + " °C", true);
}

void limitRow(std::string& page, std::string_view label, std::string_view unit,
              const rapidjson::Value* limit) {
    page.append("<tr>");
    cell(page, label);
    if (limit == nullptr) {
        cell(page, "not known", true);
        page.append("<td></td><td></td></tr>\n");
        return;
    }
    cell(page, numberText(numberIn(*limit, {"value"}), 1).append(" ").append(unit), true);
    cell(page, textIn(*limit, "cause"));
    cell(page, textIn(*limit, "member") + " " + textIn(*limit, "cell"));
    page.append("</tr>\n");
}

void writeBank(std::string& page, const Document& document) {
    const auto bank = parsed(document.json());
    beginTable(page, "Bank " + textIn(bank, "name"),
               {"stage", "batteries", "charge", "voltage", "current", "power", "temperature"});
    page.append("<tr>");
    cell(page, textIn(bank, "stage"));
    cell(page, numberText(numberIn(bank, {"online"}), 0) + " of " +
                   numberText(numberIn(bank, {"total"}), 0));
    commonCells(page, bank);
    page.append("</tr>").append(kEndTable);
    beginTable(page, "Limits", {"limit", "value", "cause", "by"});
    const rapidjson::Value* limits = memberOf(bank, "limits");
    const auto limit = [limits](std::string_view name) {
        return limits == nullptr ? nullptr : memberOf(*limits, name);
    };
    limitRow(page, "charge current", "A", limit("charge"));
    limitRow(page, "discharge current", "A", limit("discharge"));
    limitRow(page, "charge voltage", "V", limit("charge_voltage"));
    page.append(kEndTable);
    const rapidjson::Value* batteries = memberOf(bank, "batteries");
    if (batteries == nullptr || !batteries->IsArray())
        return;
    beginTable(page, "Who takes part", {"battery", "takes part", "reason"});
    for (const rapidjson::Value& battery : batteries->GetArray()) {
        page.append("<tr>");
        cell(page, textIn(battery, "name"));
        cell(page, numberIn(battery, {"takes_part"}).value_or(0.0) != 0.0 ? "yes" : "no");
        cell(page, textIn(battery, "reason") + " " + textIn(battery, "detail"));
        page.append("</tr>\n");
    }
    page.append(kEndTable);
}

void writeBatteries(std::string& page, const SitePage& site) {
    beginTable(page, "Batteries",
               {"battery", "charge", "voltage", "current", "power", "temperature", "cells"});
    for (const Document& document : site.batteries) {
        const auto battery = parsed(document.json());
        page.append("<tr>");
        cell(page, textIn(battery, "name"));
        commonCells(page, battery);
        cell(page,
             numberText(numberIn(battery, {"min_cell_voltage_V", "min_cell_voltage"}), 3) + " … " +
                 numberText(numberIn(battery, {"max_cell_voltage_V", "max_cell_voltage"}), 3) +
                 " V",
             true);
        page.append("</tr>\n");
    }
    page.append(kEndTable);
}

void writeEvents(std::string& page, const SitePage& site) {
    beginTable(page, "Events", {"time", "event", "battery", "text"});
    for (const std::string& json : site.events) {
        const auto event = parsed(json);
        page.append("<tr>");
        for (const std::string_view key : {"time", "type", "battery", "text"})
            cell(page, textIn(event, key));
        page.append("</tr>\n");
    }
    page.append(kEndTable);
}

} // namespace

std::string escapedHtml(std::string_view text) {
    std::string escaped;
    for (const char c : text)
        switch (c) {
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '&':
            escaped += "&amp;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\'':
            escaped += "&#39;";
            break;
        default:
            escaped += c;
        }
    return escaped;
}

std::string plainPage(const Board& board) {
    std::string page(kHead);
    page.append("<p>Version ").append(escapedHtml(board.version));
    page.append(", as of ").append(board.time.empty() ? "an unknown time" : board.time);
    page.append(". This page loads itself again every 10 s.</p>\n");
    for (const SitePage& site : board.sites()) {
        page.append("<h2>").append(escapedHtml(site.site));
        page.append(site.isOnline ? "" : " (its GX is not read)").append("</h2>\n");
        for (const Document& bank : site.banks)
            writeBank(page, bank);
        writeBatteries(page, site);
        writeEvents(page, site);
    }
    page.append("</main></body></html>\n");
    return page;
}

} // namespace busbar::web
