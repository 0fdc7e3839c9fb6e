// SPDX-License-Identifier: MIT
// What lost members have said last, over a restart.
#include "core/members/lost_members.hpp"
#include "core/memory.hpp"

#include <optional>
#include <string>
#include <utility>

namespace busbar {

void restoreWords(UnheardState& state, const BankMemory& memory) {
    for (const auto& [id, member] : memory.members) {
        if (!member.word)
            continue;
        const auto known = memory.book.find(id);
        LastWord word = *member.word;
        word.name =
            known == memory.book.end() || known->second.name.empty() ? id : known->second.name;
        noteWord(state, id, std::move(word));
        noteLost(state, id);
        Unheard& lost = state.lost.at(id);
        lost.isStopped = member.isStopped;
        lost.lostAs = 0;
    }
}

void rememberWords(BankMemory& memory, const UnheardState& state) {
    for (auto& [id, member] : memory.members) {
        const auto word = state.words.find(id);
        member.word = word == state.words.end() ? std::nullopt : std::optional(word->second);
        const auto lost = state.lost.find(id);
        member.isLost = lost != state.lost.end();
        member.isStopped = member.isLost && lost->second.isStopped;
    }
}

} // namespace busbar
