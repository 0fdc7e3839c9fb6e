// SPDX-License-Identifier: MIT
// Lines for the owner to copy.
#include "core/made/suggestion.hpp"

#include "core/made/made_key.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/table/path_table.hpp"
#include "core/units/unit.hpp"

#include <algorithm>

namespace busbar {

namespace {

std::string quoted(int instance) {
    return "\"instance:" + std::to_string(instance) + "\"";
}

std::string listOf(const std::vector<int>& instances) {
    std::string text;
    for (const int instance : instances)
        text += (text.empty() ? "" : ", ") + quoted(instance);
    return "[" + text + "]";
}

bool isFoundOne(const Verdict& verdict) {
    return verdict.battery != nullptr && !verdict.battery->left && !isForeign(verdict) &&
           verdict.entry->instance >= 0 && !isMade(verdict.entry->instance);
}

} // namespace

std::string seriesLines(const std::vector<Verdict>& verdicts, int blocksEach) {
    std::vector<int> blocks;
    for (const Verdict& verdict : verdicts)
        if (isFoundOne(verdict))
            blocks.push_back(verdict.entry->instance);
    if (blocksEach < 2 || blocks.empty() || blocks.size() % static_cast<std::size_t>(blocksEach))
        return "";
    std::string strings;
    std::string ids;
    for (auto first = blocks.begin(); first != blocks.end(); first += blocksEach) {
        const char* comma = strings.empty() ? "" : ", ";
        const std::string id =
            "string_" + std::to_string((first - blocks.begin()) / blocksEach + 1);
        strings.append(comma).append(R"({"id": ")").append(id).append(R"(", "series": )");
        strings.append(listOf({first, first + blocksEach})).append("}");
        ids.append(comma).append("\"made:").append(id).append("\"");
    }
    return "\"made\": [" + strings + "], \"batteries\": [" + ids + "]";
}

std::string sameSerial(const std::vector<Verdict>& verdicts) {
    for (auto one = verdicts.begin(); one != verdicts.end(); ++one) {
        if (!isFoundOne(*one) || !one->takesPart)
            continue;
        const auto serial = textOf(*one->battery, row("/Serial"));
        const auto other = std::find_if(one + 1, verdicts.end(), [serial](const Verdict& verdict) {
            return isFoundOne(verdict) && (verdict.takesPart || verdict.maybeSum) &&
                   !serial.empty() && textOf(*verdict.battery, row("/Serial")) == serial;
        });
        if (other != verdicts.end())
            return one->entry->name + " and " + other->entry->name + " say the same serial (" +
                   std::string(serial) + "), and count as " +
                   (other->maybeSum ? "one while their values agree" : "two") +
                   ". If they are one battery that is read twice, say so: "
                   "\"made\": [{\"id\": \"pack\", \"merged\": " +
                   listOf({one->entry->instance, other->entry->instance}) + "}]";
    }
    return "";
}

} // namespace busbar
