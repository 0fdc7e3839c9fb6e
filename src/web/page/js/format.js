// SPDX-License-Identifier: MIT
// Numbers, durations and times as people read them. Unknown is a dash.

export const kUnknown = "–";
/** Between a number and its unit, so that no line breaks there. */
const kGap = "\u00a0";

/** With a true minus, and no "-0.0". */
function digits(value, decimals) {
    const shown = value.toFixed(decimals);
    return Number(shown) === 0 ? shown.replace("-", "") : shown.replace("-", "\u2212");
}

export function quantity(value, decimals, unit) {
    return value === undefined ? kUnknown : digits(value, decimals) + kGap + unit;
}

/** Currents of hundreds of amperes have decimals that nobody reads. */
export function amperes(value) {
    const isWhole = value === 0 || Math.abs(value) >= 100;
    return quantity(value, isWhole ? 0 : 1, "A");
}

export const volts = (value) => quantity(value, 2, "V");
export const cellVolts = (value) => quantity(value, 3, "V");
export const celsius = (value) => quantity(value, 1, "°C");
export const percent = (value) => quantity(value, 0, "%");
export const ampereHours = (value) => quantity(value, 0, "Ah");
export const kilowattHours = (value) => quantity(value, 1, "kWh");

/** From V, as spreads are read in mV. */
export const millivolts = (value) => quantity(value === undefined ? undefined : value * 1000, 0, "mV");

export function watts(value) {
    if (value === undefined || Math.abs(value) < 1000)
        return quantity(value, 0, "W");
    return quantity(value / 1000, Math.abs(value) < 10000 ? 2 : 1, "kW");
}

/** "from 21.5 to 23.1 °C", or the one that is known. */
export function range(low, high, decimals, unit) {
    if (low === undefined || high === undefined || digits(low, decimals) === digits(high, decimals))
        return quantity(high ?? low, decimals, unit);
    return `${digits(low, decimals)} to ${quantity(high, decimals, unit)}`;
}

const kUnits = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

/** The two largest units that matter: "2 d 4 h", "3 h 20 min", "45 s". */
export function duration(value) {
    if (value === undefined)
        return kUnknown;
    let left = Math.max(0, Math.round(value));
    const first = kUnits.findIndex(([, size]) => left >= size);
    if (first < 0)
        return `0${kGap}s`;
    const parts = [];
    for (const [unit, size] of kUnits.slice(first, first === 2 ? 3 : first + 2)) {
        const count = Math.floor(left / size);
        left -= count * size;
        if (count > 0)
            parts.push(`${count}${kGap}${unit}`);
    }
    return parts.join(" ");
}

const two = (value) => String(value).padStart(2, "0");

/** Local time of day; with the day before it if that is another one than today's. Both in seconds since 1970. */
export function clock(time_s, now_s) {
    const time = new Date(time_s * 1000);
    const ofDay = `${two(time.getHours())}:${two(time.getMinutes())}`;
    if (time.toDateString() === new Date(now_s * 1000).toDateString())
        return ofDay;
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${ofDay}`;
}

/** A list in words: "A", "A and B", "A, B and C". */
export function joined(names) {
    if (names.length < 2)
        return names.join("");
    return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

export function capital(sentence) {
    return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
