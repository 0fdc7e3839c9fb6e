// SPDX-License-Identifier: MIT
// Bars of all cells on one scale, so that batteries can be compared; the lowest and the highest coloured and named.
import {html, nothing, svg} from "lit-html";
import {cellVolts, millivolts} from "../format.js";

/** A scale is at least this high, so that noise of a few mV does not look like a fault. */
const kLeastSpan_V = 0.05;
/** The line of the highest allowed cell voltage is on the scale when cells are this near to it. */
const kNear_V = 0.15;
const kHeight = 72;

/** {low, high} in V for all batteries; undefined without any cell. */
export function scaleOf(batteries, cellMax_V) {
    const cells = batteries.flatMap((one) => one.cells_V).filter((value) => value !== undefined);
    if (cells.length === 0)
        return undefined;
    const lowest = cells.reduce((a, b) => Math.min(a, b));
    const highest = cells.reduce((a, b) => Math.max(a, b));
    const low = lowest - Math.max(highest - lowest, kLeastSpan_V) * 0.3;
    const isNear = cellMax_V !== undefined && cellMax_V > highest && cellMax_V - highest < kNear_V;
    const top = Math.max(isNear ? cellMax_V : highest, lowest + kLeastSpan_V);
    return {low, high: top + (top - low) * 0.05};
}

/** Positions of the lowest and highest known cell; -1 if none is known. */
export function extremes(cells) {
    let low = -1;
    let high = -1;
    cells.forEach((value, i) => {
        if (value === undefined)
            return;
        if (low < 0 || value < cells[low])
            low = i;
        if (high < 0 || value > cells[high])
            high = i;
    });
    return {low, high};
}

const height = (value, {low, high}) => Math.max(0.5, ((value - low) / (high - low)) * kHeight);

/** One path for many bars: thousands of cells are a few hundred elements, not thousands. */
function bars(cells, scale, skip) {
    return cells.map((value, i) => {
        if (value === undefined || skip.includes(i))
            return "";
        const tall = height(value, scale).toFixed(2);
        return `M${i + 0.1} ${kHeight}v-${tall}h.8v${tall}z`;
    }).join("");
}

function line(value, scale, count) {
    if (value === undefined || value < scale.low || value > scale.high)
        return nothing;
    const y = kHeight - height(value, scale);
    return svg`<line class="most" x1="0" x2=${count} y1=${y} y2=${y}></line>`;
}

function drawing(one, scale, cellMax_V, {low, high}) {
    const cells = one.cells_V;
    const only = (wanted) => bars(cells, scale, cells.map((_, i) => i).filter((i) => i !== wanted));
    return html`<svg class="cellbars" viewBox="0 0 ${cells.length} ${kHeight}" preserveAspectRatio="none" aria-hidden="true">
        <path class="cell" d=${bars(cells, scale, [low, high])}></path>
        <path class="lowest" d=${only(low)}></path><path class="highest" d=${only(high)}></path>
        ${line(cellMax_V, scale, cells.length)}</svg>`;
}

/** What the BMS calls it, where it says so; else by position. */
const called = (id, index) => (id === "" ? `C${index + 1}` : id);

/** view of the bank's own extremes: {lowest, highest} as "Pack A/C3". */
function row(one, scale, bank) {
    const at = extremes(one.cells_V);
    const low = one.cells_V[at.low];
    const high = one.cells_V[at.high];
    const isBank = (value, most) => value !== undefined && value === most;
    return html`<li>
        <h3>${one.name}${one.isBalancing ? html` <span class="chip quiet">balancing</span>` : nothing}</h3>
        ${drawing(one, scale, bank.cellMax_V, at)}
        <p class="ends"><span class="lowest"><span aria-hidden="true">▼</span> <span class="unseen">lowest</span> ${called(one.lowestCell, at.low)} ${cellVolts(low)}${isBank(low, bank.lowestCell_V) ? " of all" : ""}</span>
        <span class="highest"><span aria-hidden="true">▲</span> <span class="unseen">highest</span> ${called(one.highestCell, at.high)} ${cellVolts(high)}${isBank(high, bank.highestCell_V) ? " of all" : ""}</span>
        <span>spread ${millivolts(high - low)}</span></p></li>`;
}

function tableRow(one) {
    return html`<tr><th scope="row">${one.name}</th>${one.cells_V.map((value) => html`<td>${value === undefined ? "–" : value.toFixed(3)}</td>`)}</tr>`;
}

/** Filled only while it is open: a large bank has thousands of cells. */
function table(batteries, isOpen, onToggle) {
    const count = Math.max(...batteries.map((one) => one.cells_V.length));
    return html`<details @toggle=${onToggle}><summary>Cells as a table</summary>${isOpen ? html`<div class="scroll" tabindex="0" role="region" aria-label="Cells as a table">
        <table><caption>Cell voltages, V</caption><thead><tr><th scope="col">Battery</th>${Array.from({length: count}, (_, i) => html`<th scope="col">${i + 1}</th>`)}</tr></thead>
        <tbody>${batteries.map(tableRow)}</tbody></table></div>` : nothing}</details>`;
}

/** Of a battery that is made of others the cells of those are shown, not the same ones twice. */
export function withCells(batteries) {
    const all = batteries.filter((one) => one.cells_V.some((value) => value !== undefined));
    const shownByParts = new Set(all.map((one) => one.partOf));
    return all.filter((one) => !shownByParts.has(one.id));
}

/** view: {bank, isCellTableOpen, onCellTable}. */
export function cellsSection({bank, isCellTableOpen, onCellTable}) {
    const batteries = withCells(bank.batteries);
    const scale = scaleOf(batteries, bank.cellMax_V);
    if (scale === undefined)
        return nothing;
    const most = bank.cellMax_V === undefined ? "" : `; dashed: the highest allowed, ${cellVolts(bank.cellMax_V)}`;
    return html`<section class="cells card" aria-labelledby="cells-heading">
        <h2 id="cells-heading">Cells</h2>
        <p class="note">One scale for all, from ${cellVolts(scale.low)} to ${cellVolts(scale.high)}${most}.
            ${bank.spread_V === undefined ? nothing : html`Spread of the bank ${millivolts(bank.spread_V)}: ${bank.lowestCell} to ${bank.highestCell}.`}</p>
        <ul class="cellrows">${batteries.map((one) => row(one, scale, bank))}</ul>
        ${table(batteries, isCellTableOpen, onCellTable)}
    </section>`;
}
