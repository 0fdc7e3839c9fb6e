// SPDX-License-Identifier: MIT
// A card for each battery; those that one battery is made of stand in a frame that has its name.
import {html, nothing} from "lit-html";
import {repeat} from "lit-html/directives/repeat.js";
import {amperes, capital, celsius, clock, duration, percent, volts, watts} from "../format.js";
import {isNamed} from "../model.js";
import {absence, kLimitNames} from "../sentences.js";

/** The limits that this battery holds, by name. */
function sets(one, limits) {
    return Object.entries(limits).filter(([, limit]) => isNamed(limit.member, one.name)).map(([kind]) => kLimitNames[kind]);
}

function chips(one, bank) {
    const held = sets(one, bank.limits);
    const list = [
        ...held.map((name) => ["accent", `sets ${name}`]),
        one.isHeld && ["warn", "held"],
        !one.takesPart && [one.isLost ? "bad" : "quiet", one.isOutOfService ? "out of service" : "out"],
        one.blocksCharge && ["warn", "blocks charging"],
        one.blocksDischarge && ["warn", "blocks discharging"],
        one.isBalancing && ["quiet", "balancing"],
        ...one.alarms.map((alarm) => [alarm.isAlarm ? "bad" : "warn", alarm.name]),
    ].filter(Boolean);
    return list.length === 0 ? nothing : html`<ul class="chips">${list.map(([level, text]) => html`<li class=${level}>${text}</li>`)}</ul>`;
}

/** When the newest event said that it left; the server keeps the last 50 only. */
export function outSince(one, events) {
    const kinds = ["battery_lost", "battery_out_of_service", "battery_left_out"];
    return events.find((event) => event.battery === one.name && kinds.includes(event.type))?.time_s;
}

/** Younger figures of a battery that is out are not worth a word. */
const kOldValues_s = 15;

function why(one, {events, now_s}) {
    if (one.takesPart && !one.isHeld)
        return nothing;
    const {text, level, todo} = absence(one);
    const since = one.takesPart ? undefined : outSince(one, events);
    const parts = [
        text === "" ? "" : `${capital(text)}.`,
        since === undefined ? "" : `Since ${clock(since, now_s)}.`,
        one.age_s === undefined || one.age_s < kOldValues_s ? "" : `Values are ${duration(one.age_s)} old.`,
        todo === "" ? "" : `To do: ${todo}.`,
    ];
    return html`<p class="why ${level}">${parts.filter((part) => part !== "").join(" ")}</p>`;
}

function figures(one) {
    const list = [["SoC", percent(one.soc_pct)], ["Current", amperes(one.current_A)], ["Power", watts(one.power_W)],
        ["Voltage", volts(one.voltage_V)], ["Temp.", celsius(one.temperature_C)], ["Share", percent(one.share_pct)]];
    return html`<dl class="figures small">${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function state(one) {
    if (!one.takesPart)
        return one.isLost ? "lost" : "out";
    return one.isHeld ? "held" : "";
}

function card(one, view) {
    return html`<li class="battery card ${state(one)}">
        <h3>${one.name}</h3>${chips(one, view.bank)}${why(one, view)}${figures(one)}</li>`;
}

/** A battery with those that it is made of, each list in the order of the bank. */
export function families(batteries) {
    const ids = new Set(batteries.map((one) => one.id));
    const isPart = (one) => one.partOf !== "" && one.partOf !== one.id && ids.has(one.partOf);
    return batteries.filter((one) => !isPart(one)).map((one) => ({
        one,
        parts: batteries.filter((other) => isPart(other) && other.partOf === one.id),
    }));
}

function frame({one, parts}, view) {
    if (parts.length === 0)
        return card(one, view);
    return html`<li class="family"><ul class="cards">${card(one, view)}</ul>
        <p class="note">${one.name} is made of</p>
        <ul class="cards">${parts.map((part) => card(part, view))}</ul></li>`;
}

/** Shunts, totals and the like: they do not belong, which is no fault. */
function foreign(batteries) {
    if (batteries.length === 0)
        return nothing;
    const what = batteries.length === 1 ? "which is no battery" : "which are no batteries";
    return html`<details><summary>${batteries.length} more on the GX, ${what} of the bank</summary>
        <ul>${batteries.map((one) => html`<li><strong>${one.name}</strong>: ${absence(one).text}</li>`)}</ul></details>`;
}

/** view: {bank, events, now_s}. */
export function batteriesSection(view) {
    const own = view.bank.batteries.filter((one) => !one.isForeign);
    const others = view.bank.batteries.filter((one) => one.isForeign);
    return html`<section aria-labelledby="batteries-heading">
        <h2 id="batteries-heading">Batteries</h2>
        ${own.length === 0 ? html`<p>No battery was found yet.</p>` : nothing}
        <ul class="cards">${repeat(families(own), ({one}) => one.id, (family) => frame(family, view))}</ul>
        ${foreign(others)}
    </section>`;
}
