// SPDX-License-Identifier: MIT
// What Busbar said of a text: messages at their lines, or the report of a translation.
import {html, nothing} from "lit-html";

const count = (number, word) => `${number === 0 ? "no" : number} ${word}${number === 1 ? "" : "s"}`;

/** "No errors, 2 warnings." */
export function verdict({valid, messages, left_out}) {
    const warnings = messages.filter((one) => one.severity === "warning").length;
    const errors = messages.length - warnings;
    if (left_out > 0)
        return `More than ${messages.length} errors and warnings; the first ones:`;
    const text = `${valid ? "It is a configuration: " : ""}${count(errors, "error")}${warnings > 0 ? `, ${count(warnings, "warning")}` : ""}.`;
    return text.charAt(0).toUpperCase() + text.slice(1);
}

function place(message, answer, onLine) {
    const line = answer.lines[message.line - 1];
    if (line === undefined)
        return nothing;
    return html`<button type="button" @click=${() => onLine(message.line)}>Line ${message.line}</button> <code>${line.trim().slice(0, 120)}</code>`;
}

function checked(answer, onLine) {
    return html`<ol class="messages">${answer.messages.map((one) => html`<li class=${one.severity}>${place(one, answer, onLine)}
            <div><strong>${one.severity === "warning" ? "Warning" : "Error"}</strong> ${one.path === "" ? nothing : html`<code>${one.path}</code>: `}${one.message}</div></li>`)}</ol>
        ${answer.notes.length === 0 ? nothing : html`<ul>${answer.notes.map((one) => html`<li>${one}</li>`)}</ul>`}`;
}

function migrated(answer, onCopy) {
    const file = `data:application/json;charset=utf-8,${encodeURIComponent(answer.config)}`;
    return html`<pre tabindex="0" aria-label="Report">${answer.report}</pre>
        <p class="note">What the other program has counted (stored charge, day of balancing) is taken over by the command alone:
            <code>busbar migrate ${answer.kind} FOLDER --out FOLDER</code>.</p>
        <label class="field" for="migrated-text">What it becomes</label>
        <textarea id="migrated-text" readonly rows="12" .value=${answer.config}></textarea>
        <p class="actions"><button type="button" @click=${() => onCopy(answer.config, "migrated-text")}>Copy</button>
        <a href=${file} download="busbar.json">Save as busbar.json</a></p>`;
}

function headline(answer, isBusy) {
    if (isBusy)
        return "Busbar reads it …";
    if (answer === undefined)
        return "";
    return answer.problem ?? answer.error ?? (answer.kind === "busbar" ? verdict(answer) : "Translated. Please read the report.");
}

/** answer: of js/ask_text.js, or undefined; onLine(line), onCopy(text, id of its area). */
export function answerBlock(answer, isBusy, {onLine, onCopy}) {
    const isWhole = !isBusy && answer !== undefined && answer.problem === undefined && !answer.error;
    return html`<p role="status" class="verdict">${headline(answer, isBusy)}</p>
        ${!isWhole ? nothing : answer.kind === "busbar" ? checked(answer, onLine) : migrated(answer, onCopy)}`;
}
