// SPDX-License-Identifier: MIT
// The whole page from what is known: a function of the view, no state of its own.
import {html} from "lit-html";
import {guard} from "lit-html/directives/guard.js";
import {announcement} from "./sentences.js";
import {bankSection} from "./view/bank.js";
import {batteriesSection} from "./view/batteries.js";
import {cellsSection} from "./view/cells.js";
import {eventsSection} from "./view/events.js";
import {helperSection} from "./view/helper.js";
import {limitsSection} from "./view/limits.js";
import {plotsSection} from "./view/plots.js";
import {top} from "./view/top.js";

function waiting(model) {
    return html`<p class="card">${model === undefined ? "Waiting for the first figures." : "No bank is known yet."}</p>`;
}

function sections(view) {
    const {chosen: {bank, events}, now_s} = view;
    return html`${bankSection(bank)}${limitsSection(bank, view.isRoomy)}
        ${batteriesSection({bank, events, now_s})}
        ${cellsSection({bank, isCellTableOpen: view.open.has("cells"), onCellTable: view.onToggle("cells")})}
        ${plotsSection({...view.day, now_s, isTableOpen: view.open.has("day"), onTable: view.onToggle("day")})}
        ${eventsSection({events, now_s, onShow: view.onShow})}
        ${helperSection(view.helper)}`;
}

/** What is below the top line changes with what it is made of only, not with each tick of the age. */
function body(view) {
    if (view.chosen?.bank === undefined)
        return waiting(view.model);
    return guard([view.model, view.chosen.bank, view.day.history, view.day.cursorIndex, view.changes], () => sections(view));
}

export function page(view) {
    return html`<a class="skip" href="#main">To the figures</a>
        ${top(view)}
        <p class="unseen" role="status">${view.chosen?.bank === undefined ? "" : announcement(view.chosen.bank)}</p>
        <main id="main" tabindex="-1">${body(view)}</main>
        <footer><p>Busbar ${view.model?.version ?? ""}. This page changes nothing. <a href="plain">Plain table</a> · <a href="api/v1/openapi.json">API</a> · <a href="licences.html">Licences</a></p></footer>`;
}
