// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";

const {format} = await pageModules("format");
/** Gaps that do not break are read as blanks here. */
const plain = (text) => text.replaceAll("\u00a0", " ");

test("format: unknown is a dash, never NaN or zero", () => {
    for (const show of [format.amperes, format.volts, format.watts, format.percent, format.millivolts, format.celsius, format.duration])
        assert.equal(show(undefined), "–");
});

test("format: numbers keep their decimals, and a true minus", () => {
    assert.equal(plain(format.volts(53.2)), "53.20 V");
    assert.equal(plain(format.amperes(-12.34)), "−12.3 A");
    assert.equal(plain(format.amperes(-0.01)), "0.0 A");
    assert.equal(plain(format.amperes(0)), "0 A");
    assert.equal(plain(format.amperes(99.96)), "100.0 A");
    assert.equal(plain(format.amperes(100)), "100 A");
    assert.equal(plain(format.millivolts(0.0124)), "12 mV");
});

test("format: power becomes kW from 1000 W on, in both directions", () => {
    assert.equal(plain(format.watts(999)), "999 W");
    assert.equal(plain(format.watts(1000)), "1.00 kW");
    assert.equal(plain(format.watts(-2210)), "−2.21 kW");
    assert.equal(plain(format.watts(12290)), "12.3 kW");
    assert.equal(plain(format.watts(123456)), "123.5 kW");
});

test("format: durations show the two units that matter", () => {
    const cases = [[0, "0 s"], [45, "45 s"], [59.6, "1 min"], [61, "1 min"], [3600, "1 h"], [12000, "3 h 20 min"], [187200, "2 d 4 h"], [-5, "0 s"]];
    for (const [value, text] of cases)
        assert.equal(plain(format.duration(value)), text);
});

test("format: a range of one value is that value", () => {
    assert.equal(plain(format.range(21.5, 23.1, 1, "°C")), "21.5 to 23.1 °C");
    assert.equal(plain(format.range(21.5, 21.52, 1, "°C")), "21.5 °C");
    assert.equal(plain(format.range(undefined, 23, 1, "°C")), "23.0 °C");
    assert.equal(format.range(undefined, undefined, 1, "°C"), "–");
});

test("format: lists in words", () => {
    assert.deepEqual([[], ["A"], ["A", "B"], ["A", "B", "C"]].map(format.joined), ["", "A", "A and B", "A, B and C"]);
});

test("format: a time of another day has its day", () => {
    const now = new Date(2026, 10, 29, 14, 30).getTime() / 1000;
    assert.equal(format.clock(now - 600, now), "14:20");
    assert.equal(format.clock(now - 86400, now), "2026-11-28 14:30");
});
