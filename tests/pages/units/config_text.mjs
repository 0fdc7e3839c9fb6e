// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {test} from "node:test";
import {pageModules} from "../bundle.mjs";

const {config_text: config} = await pageModules("config_text");

const packs = [
    {id: "a", name: "Pack A", serial: "HQ1", instance: 1},
    {id: "b", name: "Pack B", serial: "", instance: 2},
    {id: "c", name: "Twin", serial: "X", instance: 3},
    {id: "d", name: "Twin", serial: "X", instance: 4},
];
const choice = (values) => ({url: "", site: "", isAuto: false, batteries: packs, chosen: new Set(["a", "b"]), expected: "", preset: "auto", maxCharge: "", maxDischarge: "", ...values});
/** As the program reads it: without remarks and trailing commas. */
const parsed = (text) => JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/.*$/gm, (_all, quoted) => quoted ?? "").replace(/,(\s*[}\]])/g, "$1"));

test("config: a battery is picked by what finds it most surely", () => {
    assert.deepEqual(packs.map((one) => config.selectorOf(one, packs)), ["serial:HQ1", "name:Pack B", "instance:3", "instance:4"]);
    assert.equal(config.selectorOf({name: "", serial: "", instance: undefined}, []), "");
});

test("config: only what was chosen is written", () => {
    assert.deepEqual(parsed(config.configText(choice({}))), {batteries: ["serial:HQ1", "name:Pack B"]});
    assert.deepEqual(parsed(config.configText(choice({isAuto: true, url: "mqtt://venus.local", site: "boat", expected: "3", preset: "lfp", maxCharge: "120.5", maxDischarge: "0"}))),
        {site: "boat", gx: {url: "mqtt://venus.local"}, preset: "lfp", batteries: "auto", expected: 3, limits: {max_charge_A: 120.5, max_discharge_A: 0}});
});

test("config: what is no number is left out, not written as one", () => {
    for (const text of ["", " ", "many", "-5", "NaN", "Infinity"])
        assert.equal(parsed(config.configText(choice({maxCharge: text}))).limits, undefined, text);
});

test("config: a name cannot leave its remark or its text", () => {
    const odd = [{id: "a", name: "x\n\"batteries\": [] // \u2028 \r", serial: "\"]},\n", instance: 1}];
    const read = parsed(config.configText(choice({batteries: odd, chosen: new Set(["a"])})));
    assert.deepEqual(read, {batteries: ["serial:\"]},\n"]});
});
