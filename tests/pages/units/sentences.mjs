// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";
import * as fixtures from "../fixtures.mjs";

const {model, sentences, words} = await pageModules("model", "sentences", "words");
const plain = (text) => text.replaceAll("\u00a0", " ");
const bankOf = (state) => model.selected(model.modelOf(state), {}).bank;
const said = (state) => plain(sentences.bankSentences(bankOf(state)).map((one) => one.text).join(" "));
const reason = (kind, one) => plain(sentences.reason(kind, {member: "", cell: "", ...one}));

test("sentences: a battery's own limit comes with its arithmetic", () => {
    assert.equal(reason("charge", {cause: "member", member: "Pack D", own: 57, share: 0.54}), "Pack D allows 57.0 A and takes 54 % of the current");
    assert.equal(reason("charge", {cause: "member", member: "Pack D", own: 57}), "Pack D allows 57.0 A");
    assert.match(reason("charge", {cause: "member", member: "Pack D"}), /^Pack D sets it: the limit that/);
    assert.equal(reason("chargeVoltage", {cause: "member", member: "Pack A", value: 57}), "Pack A asks for 57.00 V");
});

test("sentences: every cause is a sentence in words, with and without a battery", () => {
    for (const [cause, {meaning}] of Object.entries(words.allWords.causes)) {
        const text = reason("charge", {cause, member: "Pack D", cell: "C8", value: 5});
        assert.match(text, /Pack D/, cause);
        assert.doesNotMatch(text, /`|undefined|NaN/, cause);
        assert.equal(reason("charge", {cause, value: 5}).toLowerCase(), meaning.toLowerCase(), cause);
    }
});

test("sentences: what a person has to look after says what to do", () => {
    assert.match(sentences.remedy({cause: "blocked"}), /look at the BMS/);
    assert.equal(sentences.remedy({cause: "ceiling"}), "");
});

test("sentences: the bank says what it does, who holds which limit, who is out", () => {
    assert.equal(said(fixtures.usual()), "Charging with 28.2 kW. Pack D sets the charge current. Pack A sets the discharge current. " +
        "Charge voltage held down so that no cell passes its maximum (Pack D, C8).");
    assert.match(said(fixtures.trouble()), /Discharging with 2\.21 kW\. Charge current 0 A: batteries forbid it \(Pack C\)\./);
    assert.match(said(fixtures.trouble()), /Pack B is out: .*no message for 40 s\. Pack D is held with its last values/);
});

test("sentences: limits that one battery holds are said together", () => {
    assert.match(said(fixtures.layout1()), /Pack A sets the charge current, discharge current and charge voltage\./);
});

test("sentences: red is only what needs a person", () => {
    const levels = (state) => sentences.bankSentences(bankOf(state)).map((one) => one.level);
    assert.ok(!levels(fixtures.usual()).includes("bad"));
    assert.equal(levels(fixtures.trouble()).filter((one) => one === "bad").length, 2);
    assert.ok(!levels(fixtures.out(fixtures.usual(), 1, "out_of_service", "")).includes("bad"));
});

test("sentences: what is no battery of the bank is not said to be out", () => {
    assert.doesNotMatch(said(fixtures.many()), /SmartShunt|Pack C/);
});

test("sentences: rest, unknown and each stage", () => {
    const state = fixtures.usual();
    const [bank] = state.sites[0].banks;
    bank.current_A = 0.2;
    assert.match(said(state), /^At rest\./);
    bank.current_A = null;
    assert.match(said(state), /^The current is unknown\./);
    for (const [stage, text] of [["starting", /^Starting/], ["no_data", /^No usable data/], ["left", /left the bus/]]) {
        bank.stage = stage;
        assert.match(said(state), text);
    }
});

test("sentences: a listener is told what needs a person, and not each new figure", () => {
    const first = fixtures.trouble();
    const second = fixtures.trouble();
    second.sites[0].banks[0].power_W = -3000;
    second.sites[0].banks[0].current_A = -55;
    assert.equal(sentences.announcement(bankOf(first)), sentences.announcement(bankOf(second)));
    assert.match(sentences.announcement(bankOf(first)), /Pack B is out.*Alarm: high cell voltage/);
    assert.equal(sentences.announcement(bankOf(fixtures.usual())), "");
});

test("sentences: every kind of event has its own", () => {
    for (const type of Object.keys(words.allWords.events)) {
        const text = sentences.eventSentence({type, battery: "Pack B", text: "stale: gone", value: 2, isProblem: true});
        assert.ok(!text.toLowerCase().startsWith(type.replaceAll("_", " ") + ":"), `${type}: ${text}`);
        assert.doesNotMatch(text, /undefined|NaN/, type);
    }
    assert.equal(sentences.eventSentence({type: "quite_new", battery: "Pack B", text: "hm"}), "Quite new: Pack B, hm.");
});

test("sentences: events in words", () => {
    const say = (event) => plain(sentences.eventSentence({battery: "Pack D", text: "", ...event}));
    assert.equal(say({type: "charge_limit", text: "cell_high Pack D/C8", value: 12}), "Charge limit 12.0 A: curve of the highest cell (Pack D/C8).");
    assert.match(say({type: "battery_lost", text: "stale: no message for 40 s"}), /^Pack D is lost: not confirmed by the GX any more.* — no message for 40 s\.$/);
    assert.equal(say({type: "battery_in"}), "Pack D takes part.");
    assert.equal(say({type: "alarm", text: "High cell voltage alarm", value: 0}), "High cell voltage alarm: over.");
});
