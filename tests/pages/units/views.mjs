// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import * as fixtures from "../fixtures.mjs";

const {batteries, cells, limits, model, top} = await pageModules("model", "view/batteries", "view/cells", "view/limits", "view/top");
const chosen = (state) => model.selected(model.modelOf(state), {});
const plain = (text) => text.replaceAll("\u00a0", " ");

test("views: how old the figures are", () => {
    const says = (...args) => plain(top.freshness(...args).text);
    assert.equal(says("connecting", undefined, undefined), "connecting");
    assert.equal(says("lost", undefined, undefined), "server not reached");
    assert.equal(says("live", 1, 0.1), "live");
    assert.equal(says("polling", 3, undefined), "live, polled");
    assert.equal(says("lost", 11.9, 0.1), "live");
    assert.equal(says("lost", 13, 0.1), "data 13 s old");
    assert.equal(says("live", 1, 180), "live", "a battery at rest has nothing to say");
    assert.equal(says("live", 1, 299), "batteries silent for 5 min");
});

test("views: bars of currents begin at zero, of voltages near the lowest", () => {
    assert.equal(limits.barLength("charge", 50, [50, 100]), 50);
    assert.equal(limits.barLength("charge", 0, [0, 0]), 0);
    const low = limits.barLength("chargeVoltage", 56.4, [56.4, 57]);
    assert.ok(low > 50 && low < 90, String(low));
});

test("views: batteries stand with what they are made of", () => {
    const families = batteries.families(chosen(fixtures.many()).bank.batteries);
    const string = families.find(({one}) => one.name === "String 1");
    assert.deepEqual(string.parts.map((one) => one.name), ["Pack C", "Pack D"]);
    assert.deepEqual(families.map(({one}) => one.name), ["Pack A", "Pack B", "String 1", "SmartShunt"]);
});

test("views: parts of what is not there, and circles, hide no battery", () => {
    const of = (...pairs) => pairs.map(([id, partOf]) => ({id, partOf}));
    assert.equal(batteries.families(of(["a", "gone"])).length, 1);
    assert.equal(batteries.families(of(["a", "a"])).length, 1);
});

test("views: since when a battery is out", () => {
    const {bank, events} = chosen(fixtures.trouble());
    assert.equal(batteries.outSince(bank.batteries[1], events), events[0].time_s);
    assert.equal(batteries.outSince(bank.batteries[0], events), undefined);
});

test("views: the scale of the cells is never narrower than noise, and holds the highest allowed", () => {
    assert.equal(cells.scaleOf([{cells_V: []}], 3.55), undefined);
    const narrow = cells.scaleOf([{cells_V: [3.3, 3.301]}], undefined);
    assert.ok(narrow.high - narrow.low > 0.05);
    const near = cells.scaleOf([{cells_V: [3.4, 3.5, undefined]}], 3.55);
    assert.ok(near.high > 3.55 && near.low < 3.4);
    assert.ok(cells.scaleOf([{cells_V: [3.1, 3.2]}], 3.55).high < 3.3);
});

test("views: lowest and highest cell, unknown ones passed over", () => {
    assert.deepEqual(cells.extremes([undefined, 3.3, 3.2, 3.4]), {low: 2, high: 3});
    assert.deepEqual(cells.extremes([undefined]), {low: -1, high: -1});
});

test("views: cells of a made battery are shown once", () => {
    const names = cells.withCells(chosen(fixtures.many()).bank.batteries).map((one) => one.name);
    assert.deepEqual(names, ["Pack A", "Pack B", "Pack C", "Pack D"]);
});
