// SPDX-License-Identifier: MIT
// Reading a document that may lack keys or hold null: unknown is undefined, never NaN or a made-up zero.

/** The first of the keys that holds a finite number; undefined if none does. */
export function number(document, ...keys) {
    for (const key of keys) {
        const value = document?.[key];
        if (typeof value === "number" && Number.isFinite(value))
            return value;
    }
    return undefined;
}

/** The first of the keys that holds a text that is not empty; "" if none does. */
export function text(document, ...keys) {
    for (const key of keys) {
        const value = document?.[key];
        if (typeof value === "string" && value !== "")
            return value;
    }
    return "";
}

/** Whether the first of the keys that is there says yes: true, or the 1 of layout 1. */
export function truth(document, ...keys) {
    for (const key of keys) {
        const value = document?.[key];
        if (value !== undefined && value !== null)
            return value === true || value === 1;
    }
    return false;
}

/** Whether the first of the keys that is there says no; unknown is not no. */
export function denial(document, ...keys) {
    for (const key of keys) {
        const value = document?.[key];
        if (value !== undefined && value !== null)
            return value === false || value === 0;
    }
    return false;
}

/** A list of objects; whatever else stands there is an empty one. */
export function objects(value) {
    return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

/** Seconds since 1970 of a time such as 2026-11-29T14:30:00Z; undefined if it is none. */
export function seconds(value) {
    const time = typeof value === "string" ? Date.parse(value) / 1000 : NaN;
    return Number.isFinite(time) ? time : undefined;
}
