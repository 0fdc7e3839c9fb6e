// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import {FakeWorld} from "../fake_world.mjs";

const {ask_text: ask} = await pageModules("ask_text");

test("ask: what is sent of a configuration has no comments, and everything else where it stood", () => {
    const text = '// secret\n{ /* a\nb */ "url": "mqtt://h//x", // c\n  "a\\"//": 1 /* 😀 */, "b": 2\n}\n\n\n';
    const sent = ask.sentText("busbar", text);
    assert.doesNotMatch(sent, /secret|😀| b|\bc\b/);
    assert.deepEqual(JSON.parse(sent), {url: "mqtt://h//x", 'a"//': 1, b: 2});
    const lines = sent.split("\n");
    assert.equal(lines.length, 6);
    assert.equal([...lines[3]].indexOf("b"), [...text.split("\n")[3]].indexOf("b"), "columns in characters");
});

test("ask: comments of config.ini are whole lines, semicolons in values stay", () => {
    assert.equal(ask.sentText("dab", "[DEFAULT]\r\n# one\r\n ; two\r\nA = 1 ; three  \r\n  more\r\n"), "[DEFAULT]\n\n\nA = 1 ; three\n  more\n");
    assert.equal(ask.sentText("bag", '{"a": "//x"} // y\n'), '{"a": "//x"} // y\n');
});

test("ask: an address carries every character", () => {
    for (const text of ['{"a": [1, "+ %&#=\\"/?"]}\n', "ä😀\u0000\u2028", "half \ud800 one"]) {
        const encoded = ask.encoded(text);
        assert.match(encoded, /^[\w.~!'()*%+:,/-]*$/);
        assert.equal(decodeURIComponent(encoded.replace(/\+/g, " ")), text.replace("\ud800", "\ufffd"));
    }
});

test("ask: a file is known by its name or what stands in it", () => {
    assert.equal(ask.kindOf("config.ini", ""), "dab");
    assert.equal(ask.kindOf("x.txt", "\n[default]\nA = 1"), "dab");
    assert.equal(ask.kindOf("config.json", '{"cvlMode": "max"}'), "bag");
    assert.equal(ask.kindOf("busbar.json", '{"batteries": "auto"}'), "busbar");
    assert.equal(ask.decoded(new Uint8Array([0xff, 0xfe, 0x41])), undefined);
    assert.equal(ask.decoded(new TextEncoder().encode("ä")), "ä");
});

test("ask: a line's place in a text", () => {
    assert.deepEqual(ask.placeOf("ab\ncd\n", 1), [0, 2]);
    assert.deepEqual(ask.placeOf("ab\ncd\n", 2), [3, 5]);
    assert.deepEqual(ask.placeOf("ab\ncd", 9), [5, 5]);
});

function answering(...answers) {
    const world = new FakeWorld();
    world.fetch = async (address) => {
        world.asked.push(address);
        const answer = answers.shift();
        if (typeof answer === "object")
            return {ok: true, json: async () => answer};
        if (answer === undefined)
            throw new TypeError("no network");
        return {ok: false, status: answer};
    };
    return world;
}

test("ask: asks again while another text is read", async () => {
    const world = answering(429, 429, {valid: true, messages: [], left_out: 0, notes: []});
    const asked = ask.askText(world, "busbar", "{}\r\n");
    await world.pass(10_000);
    assert.deepEqual(await asked, {valid: true, messages: [], left_out: 0, notes: [], kind: "busbar", lines: ["{}", ""]});
    assert.deepEqual(world.asked, Array(3).fill("api/v1/check?text=%7B%7D%0A"));
    assert.equal(world.timerCount, 0);
});

test("ask: the second text waits for its turn", async () => {
    const world = answering({valid: true}, {valid: true});
    await ask.askText(world, "busbar", "{}");
    const asked = ask.askText(world, "busbar", "{}");
    await world.pass(2000);
    assert.equal(world.asked.length, 1);
    await world.pass(300);
    await asked;
    assert.equal(world.asked.length, 2);
});

test("ask: what does not work is said in words", async () => {
    const said = async (text, ...answers) => {
        const world = answering(...answers);
        const asked = ask.askText(world, "dab", text);
        await world.pass(60_000);
        return {problem: (await asked).problem, asked: world.asked};
    };
    assert.match((await said("A = 1", undefined)).problem, /does not answer/);
    assert.match((await said("A = 1", 429, 429, 429, 429)).problem, /busy/);
    assert.match((await said("A = 1", 404)).problem, /newer/);
    for (const status of [400, 413, 414, 431])
        assert.match((await said("A = 1", status)).problem, /too long/);
    const long = await said(`A = ${"x".repeat(17_000)}`);
    assert.match(long.problem, /too long/);
    assert.deepEqual(long.asked, [], "and is not sent");
    assert.deepEqual((await said(`# ${"x".repeat(17_000)}\nA=1`, {error: "e"})).asked, ["api/v1/migrate?from=dab&text=%0AA%3D1"]);
});
