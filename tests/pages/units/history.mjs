// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import * as fixtures from "../fixtures.mjs";

const {history} = await pageModules("history");
const kEnd = 1_764_426_600;

test("history: oldest first, the last sample at the end", () => {
    const day = history.historyOf(fixtures.day(kEnd));
    assert.equal(day.time.length, 1440);
    assert.equal(day.time[1439], kEnd);
    assert.equal(day.time[0], kEnd - 1439 * 60);
});

test("history: gaps stay gaps", () => {
    const day = history.historyOf(fixtures.day(kEnd));
    assert.equal(day.current_A[620], null);
    assert.equal(day.chargeCause[620], null);
    assert.deepEqual(history.runs(["a", "a", null, "a", "b"]), [{from: 0, to: 1, value: "a"}, {from: 3, to: 3, value: "a"}, {from: 4, to: 4, value: "b"}]);
});

test("history: causes and members are names", () => {
    const day = history.historyOf(fixtures.day(kEnd));
    assert.deepEqual([day.chargeCause[0], day.chargeCause[1439], day.chargeMember[1439], day.chargeMember[0]], ["ceiling", "member", "Pack D", null]);
});

test("history: none, one, too many, and columns of unequal length", () => {
    assert.equal(history.historyOf(undefined), undefined);
    assert.equal(history.historyOf({end: kEnd, interval_s: 0}), undefined);
    assert.equal(history.historyOf({end: kEnd, interval_s: 60}).time.length, 0);
    const short = history.historyOf({end: kEnd, interval_s: 60, voltage_V: [1, 2, 3], current_A: [7], soc_pct: [null, "x", 5]});
    assert.deepEqual(short.current_A, [null, null, 7]);
    assert.deepEqual(short.soc_pct, [null, null, 5]);
    assert.deepEqual(short.chargeCause, [null, null, null]);
    const long = history.historyOf({end: kEnd, interval_s: 60, voltage_V: Array.from({length: 99999}, () => 1)});
    assert.equal(long.time.length, 1440);
});

test("history: the sample of a time, held at both ends", () => {
    const day = history.historyOf(fixtures.day(kEnd));
    assert.equal(history.indexAt(day, kEnd), 1439);
    assert.equal(history.indexAt(day, kEnd - 89), 1438);
    assert.equal(history.indexAt(day, kEnd + 9999), 1439);
    assert.equal(history.indexAt(day, 0), 0);
    assert.equal(history.indexAt({time: []}, kEnd), -1);
});

test("history: the table has each hour once, newest first, and says dash for a gap", () => {
    const rows = history.hourly(history.historyOf(fixtures.day(kEnd)));
    assert.ok(rows.length >= 24 && rows.length <= 25, String(rows.length));
    assert.ok(rows[0].time > rows[1].time);
    assert.ok(rows[0].current_A[0] <= rows[0].current_A[1]);
    const gap = history.hourly({time: [0], chargeCause: [null], current_A: [null], voltage_V: [null], soc_pct: [null], spread_V: [null]});
    assert.equal(gap[0].current_A, undefined);
});
