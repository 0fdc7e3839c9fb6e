// SPDX-License-Identifier: MIT
// The configuration helper: choose among the batteries that were found, copy or save the text, type two commands.
import {html, nothing} from "lit-html";
import {configText, selectorOf} from "../config_text.js";

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
    return html`<p>Then, where Busbar is installed:</p>
        <ul><li><code>busbar check busbar.json</code> says all that is wrong, with lines.</li>
        <li><code>busbar migrate dab FOLDER</code> or <code>busbar migrate bag config.json</code> makes a configuration from that of
            dbus-aggregate-batteries or BatteryAggregator, and reports what behaves differently.</li></ul>`;
}

function output(text, {copied, onCopy}) {
    const file = `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
    return html`<label class="field" for="config-text">Configuration</label>
        <textarea id="config-text" readonly rows=${Math.min(20, text.split("\n").length)} .value=${text}></textarea>
        <p class="actions"><button type="button" @click=${() => onCopy(text)}>Copy</button>
        <a href=${file} download="busbar.json">Save as busbar.json</a> <span role="status">${copied ? "Copied." : ""}</span></p>`;
}

/** view: {site, form, isOpen, copied, onChange, onToggle, onCopy}. Nothing inside is made before it is opened. */
export function helperSection(view) {
    const choice = choiceOf(view.form, view.site);
    const body = () => html`<p class="note">Written here in the browser; nothing is sent or stored. What is left empty keeps its default.</p>
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
    </section>`;
}
