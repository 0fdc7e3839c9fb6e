// SPDX-License-Identifier: MIT
// Three panels, one a limit: its value, why, and below all that would limit it, on one scale.
import {html, nothing} from "lit-html";
import {amperes, capital, percent, watts} from "../format.js";
import {isVoltage, kLimitNames, limitValue, reason, remedy} from "../sentences.js";
import {causeOf} from "../words.js";

/** Voltages differ by a few per cent: their bars begin at this part of the lowest, else all look alike. */
const kVoltageBase = 0.97;

/** Where a bar ends, 0…100. Currents from zero, voltages from a little below the lowest. */
export function barLength(kind, value, values) {
    const most = Math.max(...values);
    const base = isVoltage(kind) ? Math.min(...values) * kVoltageBase : 0;
    return most <= base ? 0 : Math.max(0, Math.min(100, ((value - base) / (most - base)) * 100));
}

/** Words of the list that are not read as they are written. */
const kShort = {gx_limit: "GX limit", soc: "SoC", ceiling: "your ceiling"};

function name(one) {
    const short = one.cause === "member" && one.member !== "" ? "" : (kShort[one.cause] ?? one.cause.replaceAll("_", " "));
    return capital([short, one.member, one.cell].filter((part) => part !== "").join(" · "));
}

/** What of the battery makes this of the bank: "78 A at 13 %". */
function sum(one) {
    const isKnown = one.own !== undefined && one.share !== undefined;
    return isKnown ? html` <small>${amperes(one.own)} at ${percent(one.share * 100)}</small>` : nothing;
}

function row(kind, one, values) {
    if (one.value === undefined)
        return html`<li class="unset"><span class="who">${name(one)}</span><span class="amount">not set</span></li>`;
    return html`<li class=${one.isBinding ? "binding" : ""} title=${causeOf(one.cause).meaning}>
        <span class="who">${name(one)}${sum(one)}${one.isBinding ? html` <strong>sets it</strong>` : nothing}</span>
        <span class="amount">${limitValue(kind, one.value)}</span>
        <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="4"></rect>
            <rect class="fill" width=${barLength(kind, one.value, values)} height="4"></rect>
        </svg></li>`;
}

/** Ceilings that the owner could set and has not are named, last. */
function withUnset(kind, limit, bank) {
    const has = limit.limiters.some((one) => one.cause === "ceiling");
    const ceiling = kind === "charge" ? bank.maxCharge_A : bank.maxDischarge_A;
    if (isVoltage(kind) || has || ceiling !== undefined)
        return limit.limiters;
    return [...limit.limiters, {cause: "ceiling", member: "", cell: "", value: undefined, isBinding: false}];
}

/** A large bank has a limiter a battery: the nearest ones are shown, the others folded if there are more than two. */
const kShown = 8;
const kMostShown = kShown + 2;

function rows(kind, all) {
    const values = all.map((one) => one.value).filter((value) => value !== undefined);
    const list = (some) => html`<ol>${some.map((one) => row(kind, one, values))}</ol>`;
    if (all.length <= kMostShown)
        return list(all);
    return html`${list(all.slice(0, kShown))}<details><summary>${all.length - kShown} more, farther away</summary>${list(all.slice(kShown))}</details>`;
}

/** Open where there is room; who has closed or opened it once is left alone, as the attribute never changes again. */
function list(kind, limit, bank, isRoomy) {
    const all = withUnset(kind, limit, bank);
    if (all.length === 0)
        return nothing;
    const summary = all.length === 1 ? "What limits it" : `All ${all.length}`;
    return html`<details class="limiters" ?open=${isRoomy}>
        <summary>${summary}<span class="unseen"> limiters of the ${kLimitNames[kind]}</span></summary>
        ${rows(kind, all)}</details>`;
}

function panel(kind, bank, isRoomy) {
    const limit = bank.limits[kind];
    const todo = remedy(limit);
    const power = limit.power_W === undefined ? "" : watts(limit.power_W);
    return html`<section class="limit card ${todo === "" ? "" : "bad"}" aria-labelledby="limit-${kind}">
        <h3 id="limit-${kind}">${capital(kLimitNames[kind])} limit</h3>
        <p class="value">${limitValue(kind, limit.value)} <small>${power}</small></p>
        <p class="reason">${limit.value === undefined ? "Nobody has given one yet" : reason(kind, limit)}.</p>
        ${todo === "" ? nothing : html`<p class="todo bad">${capital(todo)}.</p>`}
        ${list(kind, limit, bank, isRoomy)}
    </section>`;
}

export function limitsSection(bank, isRoomy) {
    return html`<section aria-labelledby="limits-heading">
        <h2 id="limits-heading">Limits</h2>
        <div class="limits">${Object.keys(kLimitNames).map((kind) => panel(kind, bank, isRoomy))}</div>
    </section>`;
}
