// SPDX-License-Identifier: MIT
// Keeps the newest state: server-sent events, and polling where a proxy holds those back or the server is away.

/** A proxy that buffers shows nothing at all: after this long without an event the page asks by itself. */
const kFirstEvent_ms = 5000;
const kPoll_ms = 3000;
/** The server says something every 10 s; twice that and some is a stream that died without a word. */
const kSilence_ms = 25000;
/** A tab that nobody sees asks for nothing after this long. */
const kHidden_ms = 60000;

/**
 * world: {EventSource, fetch, setTimeout, clearTimeout, now} — those of the browser, or of a test.
 * onState(state, received_ms); onMode("connecting" | "live" | "polling" | "lost").
 */
export class Live {
    #world;
    #onState;
    #onMode;
    #source;
    #pollTimer;
    #silenceTimer;
    #hiddenTimer;
    #lastEvent_ms = -Infinity;
    #isPolling = false;
    #isAsking = false;
    #isRunning = false;

    constructor(world, onState, onMode) {
        this.#world = world;
        this.#onState = onState;
        this.#onMode = onMode;
    }

    start() {
        if (this.#isRunning)
            return;
        this.#isRunning = true;
        this.#onMode("connecting");
        this.#ask();
        this.#open();
        this.#pollIn(kFirstEvent_ms);
    }

    stop() {
        this.#isRunning = false;
        this.#source?.close();
        this.#source = undefined;
        for (const timer of [this.#pollTimer, this.#silenceTimer, this.#hiddenTimer])
            this.#world.clearTimeout(timer);
    }

    /** A hidden tab stops after a while; one that is seen again asks at once. */
    setVisible(isVisible) {
        this.#world.clearTimeout(this.#hiddenTimer);
        if (isVisible)
            this.start();
        else
            this.#hiddenTimer = this.#world.setTimeout(() => this.stop(), kHidden_ms);
    }

    #open() {
        this.#source?.close();
        this.#watchSilence();
        const source = new this.#world.EventSource("api/v1/stream");
        this.#source = source;
        source.addEventListener("state", (event) => source === this.#source && this.#takeEvent(event.data));
        source.addEventListener("error", () => source === this.#source && this.#fail());
    }

    #takeEvent(data) {
        const state = parsed(data);
        if (state === undefined)
            return;
        this.#lastEvent_ms = this.#world.now();
        this.#world.clearTimeout(this.#pollTimer);
        this.#isPolling = false;
        this.#watchSilence();
        this.#onMode("live");
        this.#onState(state, this.#lastEvent_ms);
    }

    /** The browser tries again by itself, after errors of the network; not after an answer that is no stream. */
    #fail() {
        this.#lastEvent_ms = -Infinity;
        if (!this.#isPolling)
            this.#pollIn(0);
    }

    #watchSilence() {
        this.#world.clearTimeout(this.#silenceTimer);
        this.#silenceTimer = this.#world.setTimeout(() => {
            this.#fail();
            this.#open();
        }, kSilence_ms);
    }

    #pollIn(delay_ms) {
        this.#world.clearTimeout(this.#pollTimer);
        this.#isPolling = delay_ms < kFirstEvent_ms;
        this.#pollTimer = this.#world.setTimeout(() => {
            this.#reopenIfClosed();
            this.#ask();
            this.#pollIn(kPoll_ms);
        }, delay_ms);
    }

    /** 2: EventSource.CLOSED */
    #reopenIfClosed() {
        if (this.#source?.readyState === 2)
            this.#open();
    }

    async #ask() {
        if (this.#isAsking)
            return;
        this.#isAsking = true;
        const asked_ms = this.#world.now();
        const state = await fetched(this.#world, "api/v1/state");
        this.#isAsking = false;
        if (!this.#isRunning || this.#lastEvent_ms >= asked_ms)
            return;
        this.#onMode(state === undefined ? "lost" : "polling");
        if (state !== undefined)
            this.#onState(state, this.#world.now());
    }
}

function parsed(data) {
    try {
        return JSON.parse(data);
    } catch (error) {
        if (error instanceof SyntaxError)
            return undefined;
        throw error;
    }
}

/** The JSON at an address; undefined if it cannot be had within 10 s. */
export async function fetched(world, address) {
    const limit = new AbortController();
    const timer = world.setTimeout(() => limit.abort(), 10000);
    try {
        const answer = await world.fetch(address, {cache: "no-store", signal: limit.signal});
        return answer.ok ? await answer.json() : undefined;
    } catch {
        return undefined; // no network, an abort, or no JSON: all the same for who asks
    } finally {
        world.clearTimeout(timer);
    }
}
