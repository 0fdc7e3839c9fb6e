// SPDX-License-Identifier: MIT
// Reads the tables of src/documents/WORDS.md, which the program itself writes and a test of it holds.

const kTables = {causes: "Causes of limits", reasons: "Reasons not to take part", advice: "Advice", events: "Events"};

function cells(line) {
    return line.slice(1, line.lastIndexOf("|")).split("|").map((cell) => cell.trim().replaceAll("`", ""));
}

function tableBelow(page, heading) {
    const begin = page.indexOf(`\n## ${heading}\n`);
    if (begin < 0)
        throw new Error(`WORDS.md has no "## ${heading}"`);
    const section = page.slice(begin + 1).split("\n## ")[0];
    return section.split("\n").filter((line) => line.startsWith("| `"));
}

function entry(line) {
    const [word, ...rest] = cells(line);
    const [care, meaning, todo] = rest.length === 1 ? ["", rest[0], ""] : rest;
    return [word, {care, meaning, todo}];
}

/** {causes, reasons, advice, events}: of each word {care, meaning, todo}. Throws if a table is not there. */
export function readWords(page) {
    const tables = {};
    for (const [name, heading] of Object.entries(kTables)) {
        tables[name] = Object.fromEntries(tableBelow(page, heading).map(entry));
        if (Object.keys(tables[name]).length === 0)
            throw new Error(`WORDS.md has no rows below "${heading}"`);
    }
    return tables;
}
