// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import * as fixtures from "../fixtures.mjs";

const {model, read} = await pageModules("model", "read");

test("model: what the program publishes in layout 1", () => {
    const {bank} = model.selected(model.modelOf(fixtures.layout1()), {});
    assert.equal(bank.batteries.length, 4);
    assert.equal(bank.voltage_V, 54.56);
    assert.equal(bank.batteries[3].cells_V.length, 16);
    assert.equal(bank.batteries[3].isBalancing, true);
    assert.equal(bank.batteries[3].blocksCharge, false);
    assert.equal(bank.maxCharge_A, undefined, "5000 A is no ceiling");
    assert.deepEqual(bank.limits.charge.limiters.map((one) => [one.cause, one.value, one.isBinding]), [["member", 515, true]]);
    assert.deepEqual(bank.alarms, []);
});

test("model: what the program publishes in layout 2 says the same as layout 1", () => {
    const [one, two] = [fixtures.layout1(), fixtures.layout2()].map((state) => model.selected(model.modelOf(state), {}).bank);
    const known = (bank) => Object.entries(bank).filter(([, value]) => value !== undefined && value !== "").map(([key]) => key);
    const missing = known(one).filter((key) => !known(two).includes(key));
    assert.deepEqual(missing, []);
    const cards = known(one.batteries[3]).filter((key) => !known(two.batteries[3]).includes(key));
    assert.deepEqual(cards, []);
    assert.equal(two.maxCharge_A, undefined, "\"none\" is no ceiling");
    assert.equal(two.timeToFull_s, 581);
    assert.deepEqual(two.limits.charge.limiters.map((limiter) => limiter.member), ["Pack A", "Pack D", "Pack C", "Pack B"]);
});

test("model: limiters go by value, unset ones last, the share is that of the one that binds", () => {
    const state = fixtures.usual();
    state.sites[0].banks[0].limits.charge.limiters.reverse();
    const {limits} = model.selected(model.modelOf(state), {}).bank;
    assert.deepEqual(limits.charge.limiters.map((one) => one.value), [105.6, 140, 200, 250, 300, undefined]);
    assert.equal(limits.charge.share, 0.54);
    assert.equal(limits.charge.own, 57);
});

test("model: any key may be missing or null", () => {
    const nothing = [undefined, null, {}, {sites: null}, {sites: [null, 3]}, {busbar: null, sites: [{}]}];
    for (const state of nothing)
        assert.equal(model.selected(model.modelOf(state), {}).bank, undefined);
    const bare = model.modelOf({sites: [{site: "s", banks: [{}], batteries: null, events: "x"}]});
    assert.equal(model.selected(bare, {}).bank.stage, "starting");
    const keys = fixtures.usual();
    for (const key of Object.keys(keys.sites[0].banks[0])) {
        const state = fixtures.usual();
        state.sites[0].banks[0][key] = null;
        assert.equal(typeof model.modelOf(state).sites[0].banks[0].name, "string", key);
    }
});

test("model: truth is true or 1, denial false or 0, unknown neither", () => {
    assert.deepEqual([true, 1, false, 0, null, undefined].map((a) => read.truth({a}, "a")), [true, true, false, false, false, false]);
    assert.deepEqual([true, 1, false, 0, null, undefined].map((a) => read.denial({a}, "a")), [false, false, true, true, false, false]);
    assert.equal(read.denial({a: ""}, "a"), false);
    assert.equal(read.number({a: NaN, b: "3", c: 4}, "a", "b", "c"), 4);
});

test("model: a part of a made battery is neither out nor foreign", () => {
    const {bank} = model.selected(model.modelOf(fixtures.many()), {});
    const part = bank.batteries.find((one) => one.name === "Pack C");
    assert.equal(part.takesPart, true);
    assert.equal(part.isForeign, false);
    assert.equal(bank.batteries.find((one) => one.name === "SmartShunt").isForeign, true);
});

test("model: the wanted site and bank, else the first", () => {
    const all = model.modelOf(fixtures.many());
    assert.equal(model.selected(all, {site: "barn", bank: "spare"}).site.id, "barn");
    assert.equal(model.selected(all, {site: "barn", bank: "spare"}).bank.id, "spare");
    assert.equal(model.selected(all, {site: "gone", bank: "gone"}).bank.id, "main");
});

test("model: a server that sends more events than agreed does not make the page grow", () => {
    const state = fixtures.usual();
    state.sites[0].events = Array.from({length: 5000}, () => state.sites[0].events[0]);
    assert.equal(model.modelOf(state).sites[0].events.length, 50);
});

test("model: a limit's member may stand inside a bank or string", () => {
    assert.ok(model.isNamed("Barn/Pack C", "Barn"));
    assert.ok(model.isNamed("Barn", "Barn"));
    assert.ok(!model.isNamed("Barn 2", "Barn"));
    assert.ok(!model.isNamed("", ""));
});
