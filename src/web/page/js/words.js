// SPDX-License-Identifier: MIT
// What the words of a fixed list mean. The tables come from src/documents/WORDS.md, by the build.
import words from "busbar:words";

const kNothing = {care: "", meaning: "", todo: ""};

/** A word that a newer server says and this page does not know stands for itself. */
function look(table, word) {
    if (word === "")
        return kNothing;
    return table[word] ?? {...kNothing, meaning: word.replaceAll("_", " ")};
}

/** care: "passes", "look after it" or "". */
export const causeOf = (word) => look(words.causes, word);
/** care: "lost", "no battery of the bank" or "". */
export const reasonOf = (word) => look(words.reasons, word);
export const adviceOf = (word) => look(words.advice, word);
export const eventOf = (word) => look(words.events, word);

/** For tests: which words there are. */
export const allWords = words;
