// SPDX-License-Identifier: MIT
// A comparison as one page, with plots in it.
#include "app/compare/comparison_parts.hpp"
#include "app/compare/comparison_report.hpp"
#include "app/view/text_width.hpp"
#include "base/format.hpp"

#include <algorithm>
#include <limits>

namespace busbar {

namespace {

constexpr double kWidth = 720.0;
constexpr double kHeight = 120.0;

constexpr std::string_view kStyle =
    "body{font:15px system-ui,sans-serif;margin:2em auto;max-width:760px;padding:0 1em;"
    "background:#fff;color:#222}pre{overflow:auto}svg{width:100%;height:auto;background:#f4f4f4}"
    ".o{stroke:#0a6ebd}.t{stroke:#c2410c;stroke-dasharray:5 3}"
    "polyline{fill:none;stroke-width:1.5}.ko{color:#0a6ebd}.kt{color:#c2410c}"
    "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}svg{background:#222}"
    ".o{stroke:#62b5f5}.t{stroke:#f59e66}.ko{color:#62b5f5}.kt{color:#f59e66}}";

std::string htmlEscaped(std::string_view text) {
    std::string safe;
    for (const char c : text)
        switch (c) {
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '&':
            safe += "&amp;";
            break;
        case '"':
            safe += "&quot;";
            break;
        default:
            safe += c;
        }
    return safe;
}

/// Of both lines of a plot; empty where nothing was ever said.
struct Bounds {
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    [[nodiscard]] bool isEmpty() const { return low > high; }
    void take(const std::optional<double>& value) {
        if (value) {
            low = std::min(low, *value);
            high = std::max(high, *value);
        }
    }
};

Bounds boundsOf(const std::vector<ComparedPoint>& points, std::size_t row) {
    Bounds bounds;
    for (const ComparedPoint& point : points) {
        bounds.take(point.ours.at(row));
        bounds.take(point.theirs.at(row));
    }
    return bounds;
}

/// One line for each stretch without a gap.
template <class Get>
std::string lineOf(const std::vector<ComparedPoint>& points, const Bounds& bounds,
                   std::string_view style, Get&& get) {
    const double height = std::max(bounds.high - bounds.low, 1e-6);
    const double step = kWidth / static_cast<double>(std::max<std::size_t>(points.size() - 1, 1));
    const std::string begin = formatted("<polyline class=\"{}\" points=\"", style);
    std::string text;
    bool isOpen = false;
    for (std::size_t k = 0; k < points.size(); ++k) {
        const std::optional<double>& value = get(points[k]);
        if (value)
            text += (isOpen ? "" : begin) +
                    formatted("{:.1f},{:.1f} ", step * static_cast<double>(k),
                              kHeight - (kHeight * (*value - bounds.low) / height));
        else if (isOpen)
            text += "\"/>";
        isOpen = value.has_value();
    }
    return text + (isOpen ? "\"/>" : "");
}

std::string plotOf(const Comparison& comparison, std::size_t row) {
    const std::vector<ComparedPoint>& points = comparison.points();
    const Bounds bounds = boundsOf(points, row);
    if (bounds.isEmpty())
        return {};
    const ComparedRow& what = kComparedRows.at(row);
    return formatted("<h2>{}</h2><svg viewBox=\"0 -4 {:.0f} {:.0f}\" role=\"img\" "
                     "aria-label=\"{} of both\">",
                     what.head, kWidth, kHeight + 8.0, what.head) +
           lineOf(
               points, bounds,
               "o", [row](const auto& p) -> const auto& { return p.ours.at(row); }) +
           lineOf(
               points, bounds,
               "t", [row](const auto& p) -> const auto& { return p.theirs.at(row); }) +
           formatted("</svg><p>{:.3f} … {:.3f} ({}), over {}</p>", bounds.low, bounds.high,
                     what.key, spanText(comparison.compared()));
}

} // namespace

std::string comparisonHtml(const ComparedWith& with, const Comparison& comparison) {
    std::string page = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
                       "name=\"viewport\" content=\"width=device-width\"><title>Busbar beside "
                       "another</title><style>";
    page.append(kStyle).append("</style></head><body><h1>");
    page += htmlEscaped(harmless(with.bank)) + " beside " + htmlEscaped(harmless(with.other)) +
            "</h1><pre>";
    page += htmlEscaped(comparisonText(with, comparison)) +
            "</pre><p><span class=\"ko\">— ours</span> <span class=\"kt\">- - theirs</span></p>";
    for (std::size_t row = 0; row < kComparedCount; ++row)
        page += plotOf(comparison, row);
    return page + "</body></html>\n";
}

} // namespace busbar
