// SPDX-License-Identifier: MIT
// The day that the server remembers, as the plots want it, and runs of the causes that held a limit.
import {number} from "./read.js";

/** A day at one sample a minute; a server that sends more is cut to the newest. */
const kMost = 1440;

/** Sample by sample a finite number or null. */
function column(values, count) {
    const list = Array.isArray(values) ? values.slice(-count) : [];
    const missing = Array.from({length: count - list.length}, () => null);
    return [...missing, ...list.map((value) => number({value}, "value") ?? null)];
}

/** Names instead of indices. */
function named(values, names, count) {
    const list = Array.isArray(names) ? names : [];
    return column(values, count).map((index) => (index === null ? null : String(list[index] ?? "") || null));
}

/** The answer of api/v1/history; undefined if it is none. Times in s since 1970, oldest first. */
export function historyOf(answer) {
    const end = number(answer, "end");
    const interval = number(answer, "interval_s");
    if (end === undefined || interval === undefined || interval <= 0)
        return undefined;
    const count = Math.min(Array.isArray(answer.voltage_V) ? answer.voltage_V.length : 0, kMost);
    const numbers = (key) => column(answer[key], count);
    const causes = (key) => named(answer[key], answer.causes, count);
    return {
        interval_s: interval,
        time: Array.from({length: count}, (_, i) => end - (count - 1 - i) * interval),
        voltage_V: numbers("voltage_V"),
        current_A: numbers("current_A"),
        soc_pct: numbers("soc_pct"),
        charge_A: numbers("charge_limit_A"),
        discharge_A: numbers("discharge_limit_A"),
        chargeVoltage_V: numbers("charge_voltage_V"),
        spread_V: numbers("cell_spread_V"),
        chargeCause: causes("charge_cause"),
        dischargeCause: causes("discharge_cause"),
        chargeVoltageCause: causes("charge_voltage_cause"),
        chargeMember: named(answer.charge_member, answer.members, count),
        dischargeMember: named(answer.discharge_member, answer.members, count),
        chargeVoltageMember: named(answer.charge_voltage_member, answer.members, count),
    };
}

/** Stretches of one value: {from, to, value}, indices, both inclusive; gaps (null) are left out. */
export function runs(values) {
    const found = [];
    values.forEach((value, i) => {
        const last = found[found.length - 1];
        if (value === null)
            return;
        if (last && last.to === i - 1 && last.value === value)
            last.to = i;
        else
            found.push({from: i, to: i, value});
    });
    return found;
}

/** How many samples each value held, most first: [[value, count], …]. */
export function shares(...columns) {
    const counts = new Map();
    for (const value of columns.flat())
        if (value !== null)
            counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
}

/** The sample nearest to a time; -1 if there are none. */
export function indexAt(history, time_s) {
    const count = history.time.length;
    if (count === 0)
        return -1;
    const index = Math.round((time_s - history.time[0]) / history.interval_s);
    return Math.min(count - 1, Math.max(0, index));
}

function extremes(values) {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? undefined : [Math.min(...known), Math.max(...known)];
}

/** One row an hour, newest first, for the table that stands behind the plots: [low, high] of each value or undefined. */
export function hourly(history) {
    const rows = new Map();
    history.time.forEach((time, i) => {
        const hour = Math.floor(time / 3600) * 3600;
        rows.set(hour, [...(rows.get(hour) ?? []), i]);
    });
    const of = (key, indices) => extremes(indices.map((i) => history[key][i]));
    return [...rows].reverse().map(([time, indices]) => ({
        time,
        current_A: of("current_A", indices),
        voltage_V: of("voltage_V", indices),
        soc_pct: of("soc_pct", indices),
        spread_V: of("spread_V", indices),
        cause: shares(indices.map((i) => history.chargeCause[i]))[0]?.[0] ?? null,
    }));
}
