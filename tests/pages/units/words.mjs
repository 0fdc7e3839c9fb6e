// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {readWords} from "../../../src/web/page/words.mjs";
import {pageModules} from "../bundle.mjs";

const page = readFileSync(new URL("../../../src/documents/WORDS.md", import.meta.url), "utf8");
const {words} = await pageModules("words");

test("words: the page has every row of WORDS.md", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const count = Object.values(words.allWords).reduce((sum, table) => sum + Object.keys(table).length, 0);
    assert.equal(count, rows.length);
    assert.ok(count > 60, `only ${count}`);
});

test("words: meaning, care and what to do are told apart", () => {
    const tables = readWords(page);
    assert.deepEqual(tables.causes.in_series.care, "look after it");
    assert.match(tables.causes.in_series.todo, /^join them by made with series/);
    assert.equal(tables.reasons.shunt.care, "no battery of the bank");
    assert.match(tables.advice.dvcc_off.meaning, /does not pass limits on/);
});

test("words: a page without one of the tables is refused", () => {
    assert.throws(() => readWords(page.replace("## Advice", "## Hints")), /Advice/);
    assert.throws(() => readWords(page.replace(/^\| `battery_.*$|^\| `(stage|charge|discharge|balancing|current|advice|alarm).*$/gm, "")), /rows/);
});

test("words: one that is not known stands for itself", () => {
    assert.equal(words.causeOf("quite_new").meaning, "quite new");
    assert.equal(words.causeOf("").meaning, "");
});
