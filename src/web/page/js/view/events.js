// SPDX-License-Identifier: MIT
// What happened, newest first, in sentences; each can move the cursor of the plots to its time.
import {html, nothing} from "lit-html";
import {clock} from "../format.js";
import {eventSentence} from "../sentences.js";

function row(event, {now_s, onShow}) {
    const time = event.time_s === undefined ? html`<span class="when">–</span>`
        : html`<button type="button" class="when" @click=${() => onShow(event.time_s)}
            ><span class="unseen">Show in the plots: </span><time datetime=${new Date(event.time_s * 1000).toISOString()}>${clock(event.time_s, now_s)}</time></button>`;
    return html`<li class=${event.isProblem ? "problem" : ""}>${time}<span>${event.isProblem ? html`<strong class="mark" aria-hidden="true">!</strong> ` : nothing}${eventSentence(event)}</span></li>`;
}

/** view: {events, now_s, onShow}. */
export function eventsSection(view) {
    return html`<section class="card" aria-labelledby="events-heading">
        <h2 id="events-heading">Events</h2>
        ${view.events.length === 0 ? html`<p class="note">None since the program started.</p>` : nothing}
        <ol class="events">${view.events.map((event) => row(event, view))}</ol>
    </section>`;
}
