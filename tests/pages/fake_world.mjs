// SPDX-License-Identifier: MIT
// What a browser gives to the page's modules, with a clock that a test turns.

/** Lets everything that was promised happen. */
export async function settle() {
    for (let i = 0; i < 20; ++i)
        await Promise.resolve();
}

/** A world as of js/live.js. `answers` maps the beginning of an address to a function that gives its JSON, or undefined. */
export class FakeWorld {
    time_ms = 1_700_000_000_000;
    answers = {};
    asked = [];
    streams = [];
    #timers = new Map();
    #next = 1;

    constructor() {
        const world = this;
        this.EventSource = class {
            readyState = 0;
            #listeners = new Map();
            constructor(address) {
                this.address = address;
                world.streams.push(this);
            }
            addEventListener(type, listener) {
                this.#listeners.set(type, listener);
            }
            close() {
                this.readyState = 2;
                this.isClosedByPage = true;
            }
            say(state) {
                this.#listeners.get("state")({data: typeof state === "string" ? state : JSON.stringify(state)});
            }
            fail(isForGood) {
                this.readyState = isForGood ? 2 : 0;
                this.#listeners.get("error")({});
            }
        };
        this.now = () => this.time_ms;
        this.setTimeout = (what, delay_ms) => {
            this.#timers.set(this.#next, {at_ms: this.time_ms + delay_ms, what});
            return this.#next++;
        };
        this.clearTimeout = (timer) => this.#timers.delete(timer);
        this.fetch = async (address) => {
            this.asked.push(address);
            const answer = Object.entries(this.answers).find(([begin]) => address.startsWith(begin))?.[1]();
            if (answer === undefined)
                throw new TypeError("no network");
            return {ok: true, json: async () => structuredClone(answer)};
        };
        for (const name of ["now", "setTimeout", "clearTimeout", "fetch"])
            this[name] = this[name].bind(this);
    }

    get stream() {
        return this.streams[this.streams.length - 1];
    }

    get timerCount() {
        return this.#timers.size;
    }

    /** Turns the clock, timer by timer. `each` is called after each. */
    async pass(span_ms, each = () => {}) {
        const end_ms = this.time_ms + span_ms;
        await settle();
        for (;;) {
            const due = [...this.#timers].filter(([, timer]) => timer.at_ms <= end_ms).sort((a, b) => a[1].at_ms - b[1].at_ms)[0];
            if (due === undefined)
                break;
            this.#timers.delete(due[0]);
            this.time_ms = due[1].at_ms;
            due[1].what();
            await settle();
            each();
        }
        this.time_ms = end_ms;
    }
}
