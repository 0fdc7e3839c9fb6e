// SPDX-License-Identifier: MIT
// The top line: which bank of which site, how many batteries, and how old what is shown is.
import {html, nothing} from "lit-html";
import {duration} from "../format.js";

/** The server speaks every 10 s; polling every 3 s. Beyond this the figures on the page are old, and it says so. */
const kOld_s = 12;
/** Venus says what changes. All is asked for again every 180 s, so a battery at rest has been heard by then; and a minute for its document. */
const kSilent_s = 240;

/** What the dot says: {text, level}. Ages in s; undefined = nothing was received yet. */
export function freshness(mode, received_s, bankAge_s) {
    if (received_s === undefined)
        return mode === "lost" ? {text: "server not reached", level: "bad"} : {text: "connecting", level: "warn"};
    if (received_s > kOld_s)
        return {text: `data ${duration(received_s)} old`, level: "bad"};
    if (bankAge_s !== undefined && bankAge_s + received_s > kSilent_s)
        return {text: `batteries silent for ${duration(bankAge_s + received_s)}`, level: "warn"};
    return {text: mode === "polling" ? "live, polled" : "live", level: "good"};
}

function address(site, bank) {
    return `?${new URLSearchParams({site: site.id, bank: bank.id})}`;
}

/** Only where there is something to choose. */
function choices(model, chosen, onChoose) {
    const all = model.sites.flatMap((site) => site.banks.map((bank) => ({site, bank})));
    if (all.length < 2)
        return nothing;
    const name = ({site, bank}) => (model.sites.length > 1 ? `${site.id}: ${bank.name}` : bank.name);
    return html`<nav aria-label="Banks"><ul>${all.map((one) => html`<li><a href=${address(one.site, one.bank)}
        aria-current=${one.bank === chosen.bank ? "page" : nothing}
        @click=${(event) => onChoose(event, one.site.id, one.bank.id)}>${name(one)}</a></li>`)}</ul></nav>`;
}

function count(bank) {
    if (bank?.total === undefined || bank.online === undefined)
        return nothing;
    const level = bank.online < bank.total ? "warn" : "plain";
    return html`<p class="count ${level}">${bank.online} of ${bank.total} batteries</p>`;
}

/** view: {model, chosen: {site, bank}, fresh: {text, level}, onChoose}. */
export function top({model, chosen, fresh, onChoose}) {
    const place = [chosen?.site?.id, chosen?.bank?.name].filter((part) => part && part !== "Busbar").join(" · ");
    return html`<header>
        <h1>Busbar</h1>
        ${place === "" ? nothing : html`<p class="place">${place}</p>`}
        ${count(chosen?.bank)}
        <p class="fresh ${fresh.level}"><span class="dot" aria-hidden="true"></span>${fresh.text}</p>
    </header>
    ${model ? choices(model, chosen, onChoose) : nothing}`;
}
