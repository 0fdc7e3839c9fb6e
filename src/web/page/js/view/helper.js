// SPDX-License-Identifier: MIT
// The configuration helper: choose among the batteries that were found, have the text checked, copy or save it; check or translate others.
import {html, nothing} from "lit-html";
import {configText, selectorOf} from "../config_text.js";
import {answerBlock} from "./answer.js";
import {readerBlock} from "./reader.js";

/** Every battery of all sites' banks; a configuration is about one site, the chosen one. */
function found(site) {
    const seen = new Map();
    for (const bank of site?.banks ?? [])
        for (const one of bank.batteries)
            if (one.reason !== "own_output" && one.instance >= 0 && !seen.has(one.id))
                seen.set(one.id, one);
    return [...seen.values()];
}

/** What stands in the form before anybody has touched it. */
export function firstChoice() {
    return {url: "", isAuto: false, chosen: undefined, expected: "", preset: "auto", maxCharge: "", maxDischarge: ""};
}

function choiceOf(form, site) {
    const batteries = found(site);
    const usual = batteries.filter((one) => !one.isForeign).map((one) => one.id);
    return {...form, site: site?.id ?? "", batteries, chosen: form.chosen ?? new Set(usual)};
}

function picker(choice, change) {
    const toggle = (id) => (event) => {
        const chosen = new Set(choice.chosen);
        if (event.target.checked)
            chosen.add(id);
        else
            chosen.delete(id);
        change({chosen});
    };
    return html`<fieldset><legend>Batteries</legend>
        <label><input type="checkbox" .checked=${choice.isAuto} @change=${(e) => change({isAuto: e.target.checked})}> all that Busbar recognises, also later ones (<code>auto</code>)</label>
        ${choice.batteries.map((one) => html`<label><input type="checkbox" ?disabled=${choice.isAuto} .checked=${choice.isAuto ? !one.isForeign : choice.chosen.has(one.id)}
            @change=${toggle(one.id)}> ${one.name} <small>${selectorOf(one, choice.batteries)}${one.product === "" ? "" : `, ${one.product}`}${one.connection === "" ? "" : `, ${one.connection}`}</small></label>`)}
    </fieldset>`;
}

function field(label, form, key, change, kind) {
    return html`<label class="field">${label}<input type="text" inputmode=${kind} autocomplete="off" spellcheck="false" .value=${form[key]}
        @input=${(event) => change({[key]: event.target.value})}></label>`;
}

const kPresetNames = [["auto", "recognised by itself"], ["lfp", "LFP"], ["nmc", "NMC"], ["lto", "LTO"], ["none", "none: the BMSs alone"]];

function chemistry(form, change) {
    return html`<label class="field">Chemistry<select @change=${(event) => change({preset: event.target.value})}>
        ${kPresetNames.map(([value, name]) => html`<option value=${value} ?selected=${form.preset === value}>${name}</option>`)}</select></label>`;
}

function commands() {
    return html`<p class="note">Where Busbar is installed, <code>busbar check --live busbar.json</code> also looks at the batteries.</p>`;
}

function output(text, view) {
    const file = `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
    return html`<label class="field" for="config-text">Configuration</label>
        <textarea id="config-text" readonly rows=${Math.min(20, text.split("\n").length)} .value=${text}></textarea>
        <p class="actions"><button type="button" ?disabled=${view.written.isBusy} @click=${() => view.onCheckWritten(text)}>Check</button>
        <button type="button" @click=${() => view.onCopy(text, "config-text")}>Copy</button>
        <a href=${file} download="busbar.json">Save as busbar.json</a> <span role="status">${view.copied ? "Copied." : ""}</span></p>
        ${answerBlock(view.written.answer, view.written.isBusy, {...view, onLine: (line) => view.onLine(line, "config-text")})}`;
}

/**
 * view: {site, form, written, reader, isOpen, isReaderOpen, copied, onChange, onToggle, onToggleReader, onCopy, onCheckWritten, onLine(line, id)} and
 * what reader.js wants. Nothing inside is made before it is opened.
 */
export function helperSection(view) {
    const choice = choiceOf(view.form, view.site);
    const body = () => html`<p class="note">Written here in the browser; nothing is sent unless you have it checked, and nothing is stored. What is left empty keeps its default.</p>
        <form @submit=${(event) => event.preventDefault()}>
            ${field("Address of the GX", view.form, "url", view.onChange, "url")}
            ${picker(choice, view.onChange)}
            ${field("Batteries expected (fewer: alarm)", view.form, "expected", view.onChange, "numeric")}
            ${chemistry(view.form, view.onChange)}
            ${field("Highest charge current, A", view.form, "maxCharge", view.onChange, "decimal")}
            ${field("Highest discharge current, A", view.form, "maxDischarge", view.onChange, "decimal")}
        </form>${output(configText(choice), view)}${commands()}`;
    return html`<section class="card helper" aria-labelledby="helper-heading">
        <h2 id="helper-heading">Configuration helper</h2>
        <details @toggle=${view.onToggle}><summary>Write a configuration for the batteries found</summary>${view.isOpen ? body() : nothing}</details>
        <details @toggle=${view.onToggleReader}><summary>Check a configuration, or translate that of another program</summary>${view.isReaderOpen ? readerBlock({...view, onLine: (line) => view.onLine(line, "read-text")}) : nothing}</details>
    </section>`;
}
