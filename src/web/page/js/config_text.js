// SPDX-License-Identifier: MIT
// Writes a configuration for the batteries that were found, in the browser; the server stores nothing.

/** "auto" is the default and need not be written. */
const kPresets = ["none", "lfp", "lto", "nmc"];

/** The selector that finds this battery again most surely: its serial, else its name if no other has it, else its instance. */
export function selectorOf(battery, batteries) {
    const isAlone = (key) => batteries.filter((one) => one[key] === battery[key]).length === 1;
    if (battery.serial !== "" && isAlone("serial"))
        return `serial:${battery.serial}`;
    if (battery.name !== "" && isAlone("name"))
        return `name:${battery.name}`;
    return battery.instance === undefined ? "" : `instance:${battery.instance}`;
}

/** A remark cannot end its line early, whatever a battery is called. */
function remark(text) {
    return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ");
}

function batteryLines(choice) {
    if (choice.isAuto)
        return ['    "batteries": "auto",'];
    const chosen = choice.batteries.filter((one) => choice.chosen.has(one.id));
    const lines = chosen.map((one) => {
        const selector = selectorOf(one, choice.batteries);
        return selector === "" ? "" : `        ${JSON.stringify(selector)}, // ${remark(one.name)}`;
    });
    return ['    "batteries": [', ...lines.filter((line) => line !== ""), "    ],"];
}

/** A number that was typed; undefined if it is none or below the least allowed. */
export function typed(text, least) {
    const value = text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(value) && value >= least ? value : undefined;
}

function limitLines(choice) {
    const entries = [
        ["max_charge_A", typed(choice.maxCharge, 0)],
        ["max_discharge_A", typed(choice.maxDischarge, 0)],
    ].filter(([, value]) => value !== undefined);
    const inner = entries.map(([key, value]) => `"${key}": ${value}`);
    return inner.length === 0 ? [] : [`    "limits": { ${inner.join(", ")} },`];
}

/**
 * choice: {url, site, isAuto, batteries: [{id, name, serial, instance}], chosen: Set of ids, expected, preset, maxCharge,
 * maxDischarge}; numbers as they were typed. The answer is a configuration with comments, complete in itself.
 */
export function configText(choice) {
    const expected = typed(choice.expected, 1);
    const lines = [
        "// Written by Busbar\u2019s page. Say \u201cbusbar check FILE\u201d before it is used.",
        "{",
        ...(choice.site === "" ? [] : [`    "site": ${JSON.stringify(choice.site)},`]),
        ...(choice.url === "" ? [] : [`    "gx": { "url": ${JSON.stringify(choice.url)} },`]),
        ...(kPresets.includes(choice.preset) ? [`    "preset": "${choice.preset}",`] : []),
        ...batteryLines(choice),
        ...(expected === undefined ? [] : [`    "expected": ${Math.floor(expected)}, // fewer: alarm`]),
        ...limitLines(choice),
        "}",
    ];
    return `${lines.join("\n")}\n`;
}
