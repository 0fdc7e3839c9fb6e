// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import {FakeWorld, settle} from "../fake_world.mjs";
import * as fixtures from "../fixtures.mjs";

const {day} = await pageModules("day");

function started() {
    const world = new FakeWorld();
    const drawn = {histories: [], cursors: [], removed: 0, changes: 0};
    world.loadPlots = async () => ({Plots: class {
        show(history) { drawn.histories.push(history); }
        moveCursor(index) { drawn.cursors.push(index); }
        remove() { drawn.removed += 1; }
    }});
    world.answers["api/v1/history"] = () => fixtures.day(Math.floor(world.time_ms / 60000) * 60);
    const one = new day.Day(world, {root: () => ({}), colours: () => ({})}, () => (drawn.changes += 1));
    return {world, drawn, one};
}

test("day: nothing is asked for until the plots are seen, then once a minute", async () => {
    const {world, one} = started();
    one.choose("home", "main");
    await world.pass(300_000);
    assert.equal(world.asked.length, 0);
    one.setSeen(true);
    await world.pass(180_000);
    assert.equal(world.asked.length, 4);
    one.setSeen(false);
    await world.pass(600_000);
    assert.equal(world.asked.length, 4);
    assert.equal(world.timerCount, 0);
});

test("day: an answer that comes after the plots were left asks for no more", async () => {
    const {world, one} = started();
    one.choose("home", "main");
    one.setSeen(true);
    one.setSeen(false);
    await world.pass(300_000);
    assert.equal(world.asked.length, 1);
    assert.equal(world.timerCount, 0);
});

test("day: names go into the address as they are allowed there", async () => {
    const {world, one} = started();
    one.setSeen(true);
    one.choose("a&b", "c d");
    await settle();
    assert.equal(world.asked[0], "api/v1/history?site=a%26b&bank=c%20d");
});

test("day: another bank shows nothing of the one before", async () => {
    const {world, one} = started();
    one.setSeen(true);
    one.choose("home", "main");
    await settle();
    assert.equal(one.history.time.length, 1440);
    one.choose("home", "spare");
    assert.equal(one.history, undefined);
    await settle();
    assert.equal(one.history.time.length, 1440);
    await world.pass(60_000);
    assert.ok(world.asked.slice(1).every((address) => address.endsWith("bank=spare")));
});

test("day: the cursor stays at its time while the day moves on", async () => {
    const {world, drawn, one} = started();
    one.setSeen(true);
    one.choose("home", "main");
    await settle();
    one.showTime(one.history.time[1000] + 5);
    assert.equal(one.cursorIndex, 1000);
    await world.pass(600_000);
    assert.equal(one.cursorIndex, 990);
    assert.equal(drawn.cursors.at(-1), 990);
});

test("day: without an answer the last day stays, and is asked for again", async () => {
    const {world, one} = started();
    one.setSeen(true);
    one.choose("home", "main");
    await settle();
    delete world.answers["api/v1/history"];
    await world.pass(120_000);
    assert.equal(one.history.time.length, 1440);
    assert.equal(world.asked.length, 3);
});

test("day: a week at one sample a minute holds one day", async () => {
    const {world, one} = started();
    // Short, as ten thousand of them are read here.
    const answer = Object.fromEntries(Object.entries(fixtures.day(0)).map(([key, value]) => [key, Array.isArray(value) ? value.slice(-100) : value]));
    world.fetch = async (address) => {
        world.asked.push(address);
        answer.end += 60;
        return {ok: true, json: async () => answer};
    };
    one.setSeen(true);
    one.choose("home", "main");
    await world.pass(7 * 86400_000);
    assert.ok(world.asked.length > 10_000);
    for (const [key, column] of Object.entries(one.history))
        if (Array.isArray(column))
            assert.equal(column.length, 100, key);
    assert.equal(world.timerCount, 1);
});
