// SPDX-License-Identifier: MIT
// States to show the page: what `busbar demo` published (fixtures/layout1.json, layout2.json), and what may happen to it.
import {readFileSync} from "node:fs";
import {now_ms} from "./clock.mjs";

const read = (name) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
const texts = {layout1: read("layout1.json"), layout2: read("layout2.json")};

/** As the program publishes it. A new copy each time. */
export const layout1 = () => JSON.parse(texts.layout1);
export const layout2 = () => JSON.parse(texts.layout2);

const setter = (cause, value, rest) => ({cause, value, member: null, cell: null, binding: false, ...rest});

const chargeLimiters = [
    setter("member", 105.6, {member: "Pack D", share: 0.54, own: 57, binding: true}),
    setter("cell_high", 140, {member: "Pack D", cell: "C8"}),
    setter("ceiling", 200),
    setter("gx_limit", 250),
    setter("member", 300, {member: "Pack A", share: 0.2, own: 60}),
    setter("cold", null),
];
const dischargeLimiters = [
    setter("member", 497.6, {member: "Pack A", share: 0.42, own: 209, binding: true}),
    setter("cell_low", 674, {member: "Pack C", cell: "C11"}),
];
const voltageLimiters = [
    setter("peak_control", 56.4, {member: "Pack D", cell: "C8", binding: true}),
    setter("member", 57, {member: "Pack A"}),
];

function limit(limiters, power_W) {
    const {value, cause, member, cell} = limiters[0];
    return {value, power_W, cause, member, cell, limiters: structuredClone(limiters)};
}

/** Seconds before the state's own time, as a text; of a whole minute, as the samples of the day are. */
const before = (state, seconds) => new Date(Math.floor((Date.parse(state.busbar.time) - seconds * 1000) / 60000) * 60000).toISOString().replace(".000", "");

function event(state, age_s, type, rest) {
    return {layout: 2, time: before(state, age_s), type, bank: "main", battery: null, battery_id: null, text: null, value: null, problem: false, ...rest};
}

/** Four packs at work, layout 2, now. */
export function usual() {
    const state = layout2();
    state.busbar.time = new Date(now_ms()).toISOString().replace(/\.\d+Z/, "Z");
    const [site] = state.sites;
    const [bank] = site.banks;
    Object.assign(bank, {
        time: state.busbar.time, time_to_full_s: 8040, cell_max_V: 3.55,
        limits: {charge: limit(chargeLimiters, 5760), discharge: limit(dischargeLimiters, 27140), charge_voltage: limit(voltageLimiters, null)},
    });
    for (const battery of site.batteries)
        battery.time = state.busbar.time;
    site.events = [
        event(state, 240, "charge_limit", {battery: "Pack D", text: "member Pack D", value: 105.6}),
        event(state, 1800, "battery_in", {battery: "Pack B", battery_id: "serial_twin2"}),
        event(state, 1870, "battery_lost", {battery: "Pack B", battery_id: "serial_twin2", text: "stale: no message for 40 s", problem: true}),
        event(state, 7200, "balancing", {text: "started"}),
        event(state, 30000, "advice", {text: "DVCC is off: switch it on under Settings → DVCC", problem: true}),
        event(state, 30060, "stage", {text: "normal"}),
    ];
    return state;
}

/** The battery with this number (0…) does not take part for this reason, in both documents. */
export function out(state, index, reason, detail) {
    const [site] = state.sites;
    const [bank] = site.banks;
    for (const one of [bank.batteries[index], site.batteries[index]])
        Object.assign(one, {takes_part: false, held: false, reason, detail});
    bank.online -= 1;
    site.events.unshift(event(state, 35, "battery_lost", {battery: bank.batteries[index].name, text: `${reason}: ${detail}`, problem: true}));
    return state;
}

/** Pack B lost, the charge limit closed, alarm and advice: what needs a person. */
export function trouble() {
    const state = out(usual(), 1, "stale", "no message for 40 s");
    const [bank] = state.sites[0].banks;
    const closed = [setter("blocked", 0, {member: "Pack C", binding: true}), ...chargeLimiters.map((one) => ({...one, binding: false}))];
    Object.assign(bank, {
        alarm_high_cell_voltage: 2, alarm_low_temperature: 1, current_A: -41.2, power_W: -2210, charging: false, time_to_go_s: 44100, time_to_full_s: null,
        advice: [{code: "dvcc_off", text: "DVCC is off: switch it on under Settings → DVCC"}],
    });
    bank.limits.charge = limit(closed, 0);
    const held = state.sites[0].batteries[3];
    for (const one of [held, bank.batteries[3]])
        Object.assign(one, {held: true, reason: "stale", detail: "no message for 12 s"});
    state.sites[0].batteries[2].allow_to_charge = false;
    return state;
}

/** Names that are markup, emoji, or as long as they come. */
export function names() {
    const state = usual();
    const wanted = ["<img src=x onerror=\"document.title='broken'\">", "🔋 Batterie Süd 🌞", "x".repeat(64), "</script><script>document.title='broken'</script>"];
    const [site] = state.sites;
    wanted.forEach((name, i) => {
        site.batteries[i].name = name;
        site.banks[0].batteries[i].name = name;
    });
    Object.assign(site.banks[0].limits.charge, {member: wanted[0]});
    Object.assign(site.banks[0].limits.charge.limiters[0], {member: wanted[0]});
    site.events.unshift(event(state, 3, "battery_in", {battery: wanted[3]}));
    return state;
}

/** A string of two blocks among packs, a shunt that is no battery of the bank, and a second site. */
export function many() {
    const state = usual();
    const [site] = state.sites;
    const [bank] = site.banks;
    const made = {id: "made_string", name: "String 1", instance: -1, takes_part: true, held: false, in_service: true, reason: null, detail: null, part_of: null};
    bank.batteries.push(made, {...made, id: "shunt1", name: "SmartShunt", takes_part: false, reason: "shunt", detail: "a monitor"});
    site.batteries.push({...site.batteries[0], ...made, bank: "main", parts: "Pack C, Pack D"});
    for (const index of [2, 3])
        Object.assign(bank.batteries[index], {part_of: "made_string", reason: "part_of", takes_part: false});
    site.banks.push({...structuredClone(bank), id: "spare", name: "Spare bank", soc_pct: 41.4});
    state.sites.push({...structuredClone(site), site: "barn", events: []});
    return state;
}

/** As large as a bank can be: 64 batteries of 32 cells. */
export function largest() {
    const state = usual();
    const [site] = state.sites;
    const [bank] = site.banks;
    const role = bank.batteries[0];
    const document = site.batteries[0];
    const cells = (i) => Array.from({length: 32}, (_, j) => Number((3.3 + ((i * 7 + j * 13) % 40) / 1000).toFixed(3)));
    bank.batteries = Array.from({length: 64}, (_, i) => ({...role, id: `pack_${i}`, name: `Pack ${i}`}));
    site.batteries = bank.batteries.map((one, i) => ({...document, ...one, cells: cells(i), bank: "main"}));
    Object.assign(bank, {online: 64, total: 64});
    bank.limits.charge = limit(bank.batteries.map((one, i) => setter("member", 300 + i, {member: one.name, share: 0.1, own: 30, binding: i === 0})), 16000);
    return state;
}

/** A day with a gap, a battery that holds the charge limit at noon, and a cloud. `end` in s since 1970. */
export function day(end) {
    const count = 1440;
    const minutes = Array.from({length: count}, (_, i) => i);
    const gap = (i) => i >= 600 && i < 640;
    const of = (value) => minutes.map((i) => (gap(i) ? null : Number(value(i).toFixed(3))));
    const sun = (i) => Math.max(0, Math.sin(((i - 300) / 840) * Math.PI));
    return {
        site: "home", bank: "main", interval_s: 60, end, count,
        voltage_V: of((i) => 52.8 + 3.2 * sun(i)),
        current_A: of((i) => 220 * sun(i) - 45 + 8 * Math.sin(i / 9)),
        soc_pct: of((i) => 55 + 35 * Math.sin(((i - 500) / count) * 2 * Math.PI)),
        charge_limit_A: of((i) => (i > 820 ? 105.6 : 250)),
        discharge_limit_A: of(() => 300),
        charge_voltage_V: of((i) => (i > 900 ? 56.4 : 57)),
        cell_spread_V: of((i) => 0.012 + 0.06 * sun(i)),
        causes: ["ceiling", "member", "cell_high", "peak_control"],
        charge_cause: minutes.map((i) => (gap(i) ? null : i > 1000 ? 1 : i > 820 ? 2 : 0)),
        discharge_cause: minutes.map((i) => (gap(i) ? null : 1)),
        charge_voltage_cause: minutes.map((i) => (gap(i) ? null : i > 900 ? 3 : 1)),
        members: ["Pack D", "Pack A"],
        charge_member: minutes.map((i) => (i > 820 ? 0 : null)),
        discharge_member: minutes.map(() => 1),
        charge_voltage_member: minutes.map((i) => (i > 900 ? 0 : 1)),
    };
}

/** What `busbar check` said of a text with two mistakes. */
export function checked() {
    return {
        valid: false, left_out: 0, notes: [],
        messages: [
            {severity: "error", line: 2, column: 15, path: "limits.max_charge_A", message: "9000 is outside 0\u20265000 A"},
            {severity: "warning", line: 0, column: 0, path: "", message: "a remark of the whole"},
        ],
    };
}

/** What `busbar migrate` made of another program's file. */
export function migrated() {
    return {error: null, config: '// From config.ini\n{\n    "expected": 2,\n}\n', report: "TAKEN OVER\n  * NR_OF_BATTERIES: expected = 2\n\nNO COUNTERPART\n    nothing\n"};
}
