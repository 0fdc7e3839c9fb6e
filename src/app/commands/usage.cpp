// SPDX-License-Identifier: MIT
// The nearest command, the nearest option.
#include "app/commands/usage.hpp"

#include "config/issue.hpp"
#include "config/nearest.hpp"

#include <algorithm>
#include <string_view>

namespace busbar {

namespace {

bool isOptionWord(std::string_view word) {
    return word.starts_with('-');
}

/// "--confg=x" is "confg".
std::string_view optionName(std::string_view option) {
    option.remove_prefix(std::min(option.find_first_not_of('-'), option.size()));
    return option.substr(0, option.find('='));
}

std::string optionAnswer(const UsageFault& fault, const std::vector<std::string_view>& known) {
    const std::string name = config::printable(optionName(fault.unknown));
    if (fault.command.empty())
        return "there is no option --" + name +
               " in front of a command; options stand behind theirs, as in: busbar run --config "
               "FILE";
    const std::string nearest = config::suggestion(name, known, "--");
    return "there is no option --" + name + " of " + fault.command +
           (nearest.empty() ? "; busbar " + fault.command + " --help says which there are"
                            : nearest);
}

std::string wordAnswer(const UsageFault& fault, const std::vector<std::string_view>& known) {
    const std::string word = "\"" + config::printable(fault.unknown) + "\"";
    if (!fault.command.empty())
        return fault.command + " takes no " + word + "; busbar " + fault.command +
               " --help says what it takes";
    const std::string nearest = config::suggestion(fault.unknown, known);
    return "there is no command " + word +
           (nearest.empty() ? "; there are: " + config::listOf(known) : nearest);
}

} // namespace

std::string usageAnswer(const UsageFault& fault) {
    const std::vector<std::string_view> known(fault.known.begin(), fault.known.end());
    if (!fault.unknown.empty())
        return isOptionWord(fault.unknown) ? optionAnswer(fault, known) : wordAnswer(fault, known);
    return fault.command.empty() ? "which command? There are: " + config::listOf(known)
                                 : std::string();
}

} // namespace busbar
