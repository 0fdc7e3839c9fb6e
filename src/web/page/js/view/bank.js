// SPDX-License-Identifier: MIT
// The bank: its figures, the paragraph that says what it does, alarms and advice.
import {html, nothing} from "lit-html";
import {amperes, ampereHours, duration, kilowattHours, millivolts, percent, range, volts, watts} from "../format.js";
import {adviceSentence, bankSentences} from "../sentences.js";

function figure(name, value) {
    return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** A figure that is not known is not there, but for those that everybody looks for. */
function optional(name, known, value) {
    return known === undefined ? nothing : figure(name, value);
}

function charge(bank) {
    if (bank.installed_Ah === undefined || bank.capacity_Ah === undefined)
        return ampereHours(bank.capacity_Ah);
    return `${bank.capacity_Ah.toFixed(0)} of ${ampereHours(bank.installed_Ah)}`;
}

function temperatures(bank) {
    return range(bank.coldest_C ?? bank.temperature_C, bank.hottest_C ?? bank.temperature_C, 1, "°C");
}

function figures(bank) {
    return html`<dl class="figures">
        ${figure("Power", watts(bank.power_W))}
        ${figure("Current", amperes(bank.current_A))}
        ${figure("Voltage", volts(bank.voltage_V))}
        ${figure("Charge", charge(bank))}
        ${optional("Energy", bank.energy_kWh, kilowattHours(bank.energy_kWh))}
        ${optional("Usable", bank.usableEnergy_kWh, kilowattHours(bank.usableEnergy_kWh))}
        ${optional("Time to full", bank.timeToFull_s, duration(bank.timeToFull_s))}
        ${optional("Time to empty", bank.timeToEmpty_s, duration(bank.timeToEmpty_s))}
        ${figure("Temperatures", temperatures(bank))}
        ${optional("Cell spread", bank.spread_V, millivolts(bank.spread_V))}
    </dl>`;
}

function soc(bank) {
    const level = Math.min(100, Math.max(0, bank.soc_pct ?? 0));
    return html`<div class="soc">
        <p class="large">${percent(bank.soc_pct)}</p>
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="6"></rect><rect class="fill" width=${level} height="6"></rect>
        </svg>
        <p class="note">state of charge</p>
    </div>`;
}

function alarms(bank) {
    return bank.alarms.map((one) => html`<li class=${one.isAlarm ? "bad" : "warn"}><strong>${one.isAlarm ? "Alarm" : "Warning"}</strong>: ${one.name}</li>`);
}

function advice(bank) {
    return bank.advice.map((one) => html`<li class="warn"><strong>Advice</strong>: ${adviceSentence(one)}</li>`);
}

function notices(bank) {
    if (bank.alarms.length + bank.advice.length === 0)
        return nothing;
    return html`<ul class="notices">${alarms(bank)}${advice(bank)}</ul>`;
}

export function bankSection(bank) {
    return html`<section class="bank card" aria-labelledby="bank-heading">
        <h2 id="bank-heading" class="quiet">${bank.name === "Busbar" ? "Bank" : bank.name}</h2>
        <div class="overview">${soc(bank)}${figures(bank)}</div>
        <p class="sentence">${bankSentences(bank).map((one) => html`<span class=${one.level}>${one.text}</span> `)}</p>
        ${notices(bank)}
    </section>`;
}
