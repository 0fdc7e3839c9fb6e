// SPDX-License-Identifier: MIT
// What stands around the plots of the day: headings, causes as strips, the cursor's figures, a table of the same.
import {html, nothing, svg} from "lit-html";
import {amperes, capital, clock, duration, millivolts, percent, volts} from "../format.js";
import {hourly, runs, shares} from "../history.js";
import {causeOf} from "../words.js";

export const kPlots = [["current", "Current, between its limits"], ["voltage", "Voltage and its limit"], ["soc", "State of charge"], ["spread", "Cell spread"]];

/** As many colours as are told apart; further causes share the last. */
const kColours = 8;

function coloursOf(ranked) {
    return new Map(ranked.map(([cause], i) => [cause, `c${Math.min(i, kColours - 1)}`]));
}

function strip(name, causes, colours) {
    return html`<div class="striprow"><span>${name}</span><svg class="strip" viewBox="0 0 ${causes.length} 1" preserveAspectRatio="none" aria-hidden="true">
        ${runs(causes).map(({from, to, value}) => svg`<rect class=${colours.get(value)} x=${from} width=${to - from + 1} height="1"></rect>`)}</svg></div>`;
}

/** "charge 3 h, discharge 23 h": how long a cause held which limit. */
function heldFor(cause, history) {
    const of = (name, causes) => {
        const count = causes.filter((one) => one === cause).length;
        return count === 0 ? [] : [`${name} ${duration(count * history.interval_s)}`];
    };
    return [...of("charge", history.chargeCause), ...of("discharge", history.dischargeCause), ...of("voltage", history.chargeVoltageCause)].join(", ");
}

function legend(ranked, colours, history) {
    return html`<ul class="legend">${ranked.map(([cause]) => html`<li><svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect class=${colours.get(cause)} width="1" height="1"></rect></svg>
        ${causeOf(cause).meaning} <small>(${heldFor(cause, history)})</small></li>`)}</ul>`;
}

/** Which cause held which limit when: strips for below the plots, and a legend, all with the same colours. */
function causes(history) {
    const ranked = history === undefined ? [] : shares(history.chargeCause, history.dischargeCause, history.chargeVoltageCause);
    if (ranked.length === 0)
        return {};
    const colours = coloursOf(ranked);
    return {
        current: html`${strip("charge", history.chargeCause, colours)}${strip("discharge", history.dischargeCause, colours)}`,
        voltage: strip("limit", history.chargeVoltageCause, colours),
        legend: html`<h3>What held the limits</h3>${legend(ranked, colours, history)}`,
    };
}

function cause(history, i) {
    const held = (name, causes, members) => (causes[i] === null ? "" : `${name}: ${members[i] ?? causeOf(causes[i]).meaning}`);
    return [held("charge held by", history.chargeCause, history.chargeMember), held("discharge held by", history.dischargeCause, history.dischargeMember),
        held("voltage held by", history.chargeVoltageCause, history.chargeVoltageMember)]
        .filter((part) => part !== "").join("; ");
}

/** The figures at the cursor in one line. */
export function readout(history, i, now_s) {
    const at = (key) => history[key][i] ?? undefined;
    const parts = [`${amperes(at("current_A"))} (limits ${amperes(at("charge_A"))} and ${amperes(at("discharge_A"))})`,
        `${volts(at("voltage_V"))} of ${volts(at("chargeVoltage_V"))}`, percent(at("soc_pct")), `spread ${millivolts(at("spread_V"))}`];
    return `${clock(history.time[i], now_s)}: ${parts.join(", ")}${cause(history, i) === "" ? "" : `; ${cause(history, i)}`}`;
}

function cursor({history, cursorIndex, now_s, onCursor}) {
    const last = history.time.length - 1;
    const index = cursorIndex ?? last;
    const text = readout(history, index, now_s);
    return html`<label class="field">Time <input type="range" min="0" max=${last} .value=${String(index)} aria-valuetext=${text}
        @input=${(event) => onCursor(Number(event.target.value))}></label><p class="readout">${text}</p>`;
}

function span(pair, format) {
    if (pair === undefined)
        return "–";
    const [low, high] = [format(pair[0]), format(pair[1])];
    return low === high ? low : `${low} to ${high}`;
}

function table(history, now_s) {
    const rows = hourly(history).map((row) => html`<tr><th scope="row">${clock(row.time, now_s)}</th><td>${span(row.current_A, amperes)}</td><td>${span(row.voltage_V, volts)}</td>
        <td>${span(row.soc_pct, percent)}</td><td>${span(row.spread_V, millivolts)}</td><td>${row.cause === null ? "–" : capital(causeOf(row.cause).meaning)}</td></tr>`);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="The day as a table"><table><caption>By the hour, lowest to highest</caption>
        <thead><tr>${["Hour", "Current", "Voltage", "SoC", "Spread", "Charge limit mostly held by"].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** view: {history, cursorIndex, now_s, onCursor, isTableOpen, onTable}. The canvases are put into .plot by the plot module. */
export function plotsSection(view) {
    const {history} = view;
    const held = causes(history);
    const isEmpty = history === undefined || history.time.length === 0;
    return html`<section class="card plots" id="plots" aria-labelledby="plots-heading">
        <h2 id="plots-heading">The last 24 hours</h2>
        ${isEmpty ? html`<p class="note">${history === undefined ? "Not read yet." : "Nothing recorded yet: one sample a minute."}</p>` : cursor(view)}
        <div class="plotgrid" ?hidden=${isEmpty}>${kPlots.map(([id, name]) => html`<figure><figcaption>${name}</figcaption><div class="plot" id="plot-${id}" aria-hidden="true"></div>
            ${held[id] ?? nothing}</figure>`)}</div>
        ${held.legend ?? nothing}
        ${isEmpty ? nothing : html`<details @toggle=${view.onTable}><summary>The day as a table</summary>${view.isTableOpen ? table(history, view.now_s) : nothing}</details>`}
    </section>`;
}
