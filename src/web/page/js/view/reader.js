// SPDX-License-Identifier: MIT
// Opens or takes a text of Busbar or of another program, and has Busbar check or translate it.
import {html} from "lit-html";
import {kKinds} from "../ask_text.js";
import {answerBlock} from "./answer.js";

/** What stands there before anybody has opened anything. */
export function firstText() {
    return {text: "", kind: "busbar", isBusy: false, answer: undefined};
}

function form(view) {
    const {text, kind, isBusy} = view.reader;
    return html`<form @submit=${(event) => event.preventDefault()}>
        <label class="field">Open a file<input type="file" accept=".json,.ini,.conf,.txt" @change=${(event) => view.onFile(event.target.files[0])}></label>
        <label class="field">It is<select @change=${(event) => view.onReader({kind: event.target.value})}>
            ${kKinds.map(([value, name]) => html`<option value=${value} ?selected=${kind === value}>${name}</option>`)}</select></label>
        <label class="field">Text<textarea id="read-text" rows="12" spellcheck="false" autocomplete="off" .value=${text}
            @input=${(event) => view.onReader({text: event.target.value})}></textarea></label>
        <p class="actions"><button type="submit" ?disabled=${isBusy || text.trim() === ""} @click=${view.onRead}>${kind === "busbar" ? "Check" : "Translate"}</button></p>
    </form>`;
}

/** view: {reader, onFile, onReader, onRead, onLine, onCopy}. */
export function readerBlock(view) {
    return html`<p class="note">The text goes to Busbar in the address of a request, without its comments (those of BatteryAggregator’s stay); there nothing of it is
            stored or logged. A proxy in between may log addresses: no passwords belong into a configuration.</p>
        ${form(view)}${answerBlock(view.reader.answer, view.reader.isBusy, view)}`;
}
