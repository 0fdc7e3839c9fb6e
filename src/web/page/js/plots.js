// SPDX-License-Identifier: MIT
// The plots of the day by uPlot, with one cursor. Loaded when they are scrolled to.
import uPlot from "uplot";

/** The strips below the current keep the same edges: see .striprow in app.css. */
const kAxis_px = 64;
const kRight_px = 22;
const kHeight_px = 190;

/** Between marks of the time axis: whole minutes, as there is a sample a minute and no room for seconds. */
const kTimeSteps_s = [1, 2, 5, 10, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * 60);

const two = (value) => String(value).padStart(2, "0");

function timeOfDay(_plot, splits) {
    return splits.map((value) => {
        const time = new Date(value * 1000);
        return `${two(time.getHours())}:${two(time.getMinutes())}`;
    });
}

const scaled = (values, factor) => values.map((value) => (value === null ? null : value * factor));

/** What each plot shows: [data, colour, is it a limit]. */
function lines(history) {
    return {
        current: [[history.current_A, "line"], [history.charge_A, "charge", true], [scaled(history.discharge_A, -1), "discharge", true]],
        voltage: [[history.voltage_V, "line"], [history.chargeVoltage_V, "charge", true]],
        soc: [[history.soc_pct, "line"]],
        spread: [[scaled(history.spread_V, 1000), "line"]],
    };
}

const kUnits = {current: "A", voltage: "V", soc: "%", spread: "mV"};

function axes(id, colours) {
    const line = {stroke: colours.text, grid: {stroke: colours.grid, width: 1}, ticks: {stroke: colours.grid, width: 1}, font: "12px system-ui, sans-serif"};
    const unit = kUnits[id];
    return [{...line, values: timeOfDay, space: 60, incrs: kTimeSteps_s},
        {...line, size: kAxis_px, values: (_plot, splits) => splits.map((value) => `${value} ${unit}`)}];
}

function scales(id) {
    if (id === "soc")
        return {x: {time: true}, y: {range: [0, 100]}};
    return {x: {time: true}, y: id === "spread" ? {range: (_plot, _low, high) => [0, Math.max(10, (high ?? 0) * 1.1)]} : {}};
}

/** Plots into the elements #plot-ID below a root. colours: {text, grid, line, charge, discharge}; onCursor(index). */
export class Plots {
    #root;
    #colours;
    #onCursor;
    #plots = new Map();
    #resize;
    #history;

    constructor(root, colours, onCursor) {
        this.#root = root;
        this.#colours = colours;
        this.#onCursor = onCursor;
        this.#resize = new ResizeObserver(() => this.#fit());
    }

    show(history) {
        this.#history = history;
        for (const [id, series] of Object.entries(lines(history))) {
            const data = [history.time, ...series.map(([values]) => values)];
            const plot = this.#plots.get(id);
            if (plot === undefined)
                this.#make(id, series, data);
            else
                plot.setData(data);
        }
    }

    /** To the sample with this index, without telling anybody. */
    moveCursor(index) {
        const time = this.#history?.time[index];
        if (time === undefined)
            return;
        for (const plot of this.#plots.values())
            plot.setCursor({left: plot.valToPos(time, "x"), top: 10}, false);
    }

    remove() {
        this.#resize.disconnect();
        for (const plot of this.#plots.values())
            plot.destroy();
        this.#plots.clear();
    }

    #make(id, series, data) {
        const element = this.#root.querySelector(`#plot-${id}`);
        if (element === null)
            return;
        const plot = new uPlot({
            width: Math.max(100, element.clientWidth), height: kHeight_px, padding: [8, kRight_px, 0, 0], legend: {show: false},
            cursor: {sync: {key: "busbar"}, drag: {x: false, y: false}, y: false},
            scales: scales(id), axes: axes(id, this.#colours),
            series: [{}, ...series.map(([, colour, isLimit]) => ({stroke: this.#colours[colour], width: isLimit ? 1 : 1.75, dash: isLimit ? [5, 3] : undefined, points: {show: false}, spanGaps: false}))],
            hooks: {setCursor: [(self) => this.#tell(self)]},
        }, data, element);
        this.#plots.set(id, plot);
        this.#resize.observe(element);
    }

    /** Only the plot that is pointed at tells; the others follow it. */
    #tell(plot) {
        const index = plot.cursor.idx;
        if (plot.cursor.event && index !== null && index !== undefined && plot.cursor.left >= 0)
            this.#onCursor(index);
    }

    #fit() {
        for (const [id, plot] of this.#plots) {
            const width = this.#root.querySelector(`#plot-${id}`)?.clientWidth ?? 0;
            if (width > 0 && width !== plot.width)
                plot.setSize({width, height: kHeight_px});
        }
    }
}
