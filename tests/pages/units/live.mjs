// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import {FakeWorld, settle} from "../fake_world.mjs";

const {live} = await pageModules("live");

/** A page that looks at a world; `is` collects what it was told. */
function started(world = new FakeWorld()) {
    const is = {states: [], modes: []};
    const page = new live.Live(world, (state, at_ms) => is.states.push([state.n, at_ms]), (mode) => is.modes.push(mode));
    page.start();
    return {world, page, is};
}

const last = (list) => list[list.length - 1];

test("live: events are taken as they come, and nothing is polled", async () => {
    const {world, is} = started();
    world.answers["api/v1/state"] = () => ({n: 0});
    world.stream.say({n: 1});
    await world.pass(4000);
    world.stream.say({n: 2});
    await world.pass(20000, () => {});
    assert.deepEqual(is.states.map(([n]) => n), [1, 2]);
    assert.equal(last(is.modes), "live");
    assert.equal(world.asked.length, 1, "the one at the start");
});

test("live: where a proxy holds events back the first figures come at once, then by polling", async () => {
    const world = new FakeWorld();
    world.answers["api/v1/state"] = () => ({n: 7});
    const {is} = started(world);
    await settle();
    assert.deepEqual(is.states.map(([n]) => n), [7]);
    await world.pass(4999);
    assert.equal(world.asked.length, 1);
    await world.pass(3002);
    assert.equal(world.asked.length, 3, "after 5 s and 8 s");
    assert.equal(last(is.modes), "polling");
    world.stream.say({n: 8});
    const before = world.asked.length;
    await world.pass(9000);
    assert.equal(world.asked.length, before, "an event ends the polling");
    assert.equal(last(is.modes), "live");
});

test("live: survives a restart of the server by itself", async () => {
    const {world, is} = started();
    world.stream.say({n: 1});
    await settle();
    world.stream.fail(false);
    await world.pass(60000);
    assert.equal(last(is.modes), "lost");
    assert.equal(last(is.states)[0], 1, "old figures stay");
    world.answers["api/v1/state"] = () => ({n: 2});
    await world.pass(3000);
    assert.equal(last(is.states)[0], 2);
    world.stream.say({n: 3});
    assert.equal(last(is.modes), "live");
});

test("live: a stream that was refused for good is opened again", async () => {
    const {world} = started();
    world.stream.fail(true);
    const before = world.streams.length;
    await world.pass(3000);
    assert.ok(world.streams.length > before);
});

test("live: a stream that died without a word is noticed", async () => {
    const {world, is} = started();
    world.answers["api/v1/state"] = () => ({n: 2});
    world.stream.say({n: 1});
    const [first] = world.streams;
    await world.pass(24000);
    assert.equal(world.streams.length, 1);
    await world.pass(2000);
    assert.ok(first.isClosedByPage);
    assert.equal(world.streams.length, 2);
    assert.equal(last(is.states)[0], 2);
});

test("live: what an old stream still says is not taken", async () => {
    const {world, is} = started();
    const [first] = world.streams;
    await world.pass(26000);
    first.say({n: 99});
    assert.ok(!is.states.some(([n]) => n === 99));
});

test("live: an answer that an event overtook is dropped", async () => {
    const world = new FakeWorld();
    world.answers["api/v1/state"] = () => ({n: 1});
    const {is} = started(world);
    world.stream.say({n: 2});
    await settle();
    assert.deepEqual(is.states.map(([n]) => n), [2]);
});

test("live: half an event changes nothing", async () => {
    const {world, is} = started();
    world.stream.say("{\"n\":");
    assert.deepEqual(is.states, []);
});

test("live: a hidden tab asks for nothing after a minute, and at once when it is seen", async () => {
    const {world, page, is} = started();
    world.answers["api/v1/state"] = () => ({n: 1});
    world.stream.say({n: 1});
    page.setVisible(false);
    await world.pass(61000);
    const asked = world.asked.length;
    await world.pass(3600_000);
    assert.equal(world.asked.length, asked);
    assert.equal(world.timerCount, 0);
    assert.ok(world.stream.isClosedByPage);
    page.setVisible(true);
    await settle();
    assert.equal(world.asked.length, asked + 1);
    assert.equal(last(is.states)[0], 1);
});

test("live: a tab that is hidden and seen again within the minute goes on with its stream", async () => {
    const {world, page} = started();
    page.setVisible(false);
    await world.pass(2000);
    page.setVisible(true);
    await world.pass(1000);
    assert.equal(world.streams.length, 1);
});

test("live: a week of events, restarts and silence leaves no timers and no streams behind", async () => {
    const {world, is} = started();
    world.answers["api/v1/state"] = () => ({n: 0});
    let most = 0;
    for (let hour = 0; hour < 7 * 24; ++hour) {
        const count = () => (most = Math.max(most, world.timerCount));
        for (let i = 0; i < 360; ++i) {
            world.stream.say({n: i});
            await world.pass(10_000, count);
        }
        if (hour % 12 === 0) {
            world.stream.fail(hour % 24 === 0);
            await world.pass(3600_000, count);
        }
    }
    assert.ok(most <= 4, `${most} timers`);
    assert.equal(world.streams.filter((one) => !one.isClosedByPage && one.readyState !== 2).length, 1);
    assert.ok(is.states.length > 0);
});
