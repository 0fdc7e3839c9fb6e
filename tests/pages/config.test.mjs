// SPDX-License-Identifier: MIT
// What the configuration helper writes is a configuration: node config.test.mjs BUSBAR. The program itself checks it.
import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, test} from "node:test";
import {pageModules} from "./bundle.mjs";
import * as fixtures from "./fixtures.mjs";

const program = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "busbar-page-"));
after(() => rmSync(folder, {recursive: true}));

const {config_text: config, model} = await pageModules("config_text", "model");

function checked(text) {
    const file = join(folder, "busbar.json");
    writeFileSync(file, text);
    const {status, stdout, stderr, error} = spawnSync(program, ["check", file], {encoding: "utf8"});
    assert.equal(error, undefined);
    return {status, said: stdout + stderr};
}

function choice(state, values) {
    const {bank} = model.selected(model.modelOf(state), {});
    return {
        url: "", site: "home", isAuto: false, batteries: bank.batteries, chosen: new Set(bank.batteries.map((one) => one.id)),
        expected: "", preset: "auto", maxCharge: "", maxDischarge: "", ...values,
    };
}

const choices = {
    "the packs of the demo": choice(fixtures.usual(), {}),
    "everything filled in": choice(fixtures.usual(), {url: "mqtts://192.168.1.20", expected: "4", preset: "lfp", maxCharge: "200.5", maxDischarge: "0"}),
    "all that it recognises": choice(fixtures.usual(), {isAuto: true, preset: "none"}),
    "nothing chosen but automatic": choice(fixtures.layout1(), {isAuto: true, site: ""}),
    "numbers that are none": choice(fixtures.usual(), {expected: "many", maxCharge: "-3", maxDischarge: "1e999"}),
};

for (const [name, one] of Object.entries(choices))
    test(`config: busbar check accepts ${name}`, () => {
        const {status, said} = checked(config.configText(one));
        assert.equal(status, 0, said);
    });

test("config: names that are markup, quotes or emoji are texts", () => {
    const state = fixtures.names();
    for (const battery of state.sites[0].batteries)
        battery.serial = "";
    const {status, said} = checked(config.configText(choice(state, {})));
    assert.equal(status, 0, said);
});

test("config: and it does refuse what is wrong", () => {
    const {status, said} = checked(config.configText(choice(fixtures.usual(), {})).replace('"batteries"', '"baterries"'));
    assert.equal(status, 3, said);
    assert.match(said, /batteries/);
});
