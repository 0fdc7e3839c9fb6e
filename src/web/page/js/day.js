// SPDX-License-Identifier: MIT
// Reads the day from the server while its plots are seen, and draws them; one day is held, never more.
import {historyOf, indexAt} from "./history.js";
import {fetched} from "./live.js";

/** The server adds one sample a minute. */
const kEvery_ms = 60000;

/**
 * world as of Live, with loadPlots() → module of the plots. elements: {root(): element of the section or null, colours()}.
 * onChange() is called when there is something new to render.
 */
export class Day {
    history;
    cursorIndex;
    #world;
    #elements;
    #onChange;
    #place;
    #plots;
    #timer;
    #isSeen = false;

    constructor(world, elements, onChange) {
        this.#world = world;
        this.#elements = elements;
        this.#onChange = onChange;
    }

    /** Another bank: its day is another one. */
    choose(site, bank) {
        const place = `site=${encodeURIComponent(site)}&bank=${encodeURIComponent(bank)}`;
        if (place === this.#place)
            return;
        this.#place = place;
        this.history = undefined;
        this.cursorIndex = undefined;
        this.redraw();
        this.#readAgain();
    }

    /** Nothing is asked for while nobody looks. */
    setSeen(isSeen) {
        if (isSeen === this.#isSeen)
            return;
        this.#isSeen = isSeen;
        this.#readAgain();
    }

    showTime(time_s) {
        if (this.history === undefined)
            return;
        this.showIndex(indexAt(this.history, time_s));
    }

    showIndex(index) {
        this.cursorIndex = index;
        this.#plots?.moveCursor(index);
        this.#onChange();
    }

    /** Colours changed, or the elements: made anew. */
    async redraw() {
        this.#plots?.remove();
        this.#plots = undefined;
        await this.#draw();
    }

    #readAgain() {
        this.#world.clearTimeout(this.#timer);
        if (this.#isSeen && this.#place !== undefined)
            this.#read(this.#place);
    }

    async #read(place) {
        const history = historyOf(await fetched(this.#world, `api/v1/history?${place}`));
        if (place !== this.#place)
            return;
        this.#world.clearTimeout(this.#timer);
        if (this.#isSeen)
            this.#timer = this.#world.setTimeout(() => this.#read(place), kEvery_ms);
        if (history === undefined)
            return;
        this.#keepCursor(history);
        this.history = history;
        this.#onChange();
        await this.#draw();
    }

    /** The cursor stays at its time while samples move past it. */
    #keepCursor(history) {
        if (this.cursorIndex !== undefined && this.history !== undefined)
            this.cursorIndex = indexAt(history, this.history.time[this.cursorIndex]);
    }

    async #draw() {
        if (this.history === undefined || this.history.time.length === 0)
            return;
        const {Plots} = await this.#world.loadPlots();
        const root = this.#elements.root();
        if (root === null || this.history === undefined)
            return;
        this.#plots ??= new Plots(root, this.#elements.colours(), (index) => {
            this.cursorIndex = index;
            this.#onChange();
        });
        this.#plots.show(this.history);
        if (this.cursorIndex !== undefined)
            this.#plots.moveCursor(this.cursorIndex);
    }
}
