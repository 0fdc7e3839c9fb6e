// SPDX-License-Identifier: MIT
// Asks Busbar what it makes of a text: what it says of a configuration, what one of another program becomes.

/** What a text may be; the first is ours. */
export const kKinds = [
    ["busbar", "a configuration of Busbar"],
    ["dab", "config.ini of dbus-aggregate-batteries"],
    ["bag", "config.json of BatteryAggregator"],
];

/** Bytes that the server takes, without comments (api/v1/openapi.json). */
const kMost = 16 * 1024;
const kTries = 4;
/** The server reads one text in 2 s. */
const kPause_ms = 2200;

const kTooLong = "The text is too long to be sent, with more than 16 kB without its comments. On the machine itself busbar check and busbar migrate take it.";

/** What a file probably is, by its name and what stands in it. */
export function kindOf(name, text) {
    if (/\.ini$/i.test(name) || /^\s*\[DEFAULT\]/im.test(text))
        return "dab";
    return /"(virtualBatteries|excludedServices|cvlMode|cclMode|currentRatioMethod|primaryServices|auxiliaryServices|startupBatteryWait)"\s*:/.test(text) ? "bag" : "busbar";
}

/** The text of a file, or undefined: it is not UTF-8. */
export function decoded(bytes) {
    try {
        return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
    } catch {
        return undefined;
    }
}

/** Comments become blanks, so that every other character keeps its line and column. */
function withoutRemarks(text) {
    return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (found) => found.startsWith("/") ? found.replace(/[^\n]/gu, " ") : found);
}

/** What is sent of a text: without comments, which often say more than strangers should read, and without blanks at the ends of lines. */
export function sentText(kind, text) {
    const plain = text.replace(/\r\n?/g, "\n");
    const bare = kind === "busbar" ? withoutRemarks(plain) : kind === "dab" ? plain.replace(/^[ \t]*[#;].*$/gm, "") : plain;
    return bare.replace(/[ \t]+$/gm, "").replace(/\n+$/, "\n");
}

/** As short as an address can have it. */
export function encoded(text) {
    const whole = new TextDecoder().decode(new TextEncoder().encode(text)); // half characters cannot be encoded
    return encodeURIComponent(whole).replace(/%20/g, "+").replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%2F/g, "/");
}

function problem(status) {
    if (status === 413 || status === 414 || status === 431 || status === 400)
        return kTooLong;
    return status === 404 ? "This Busbar cannot do that; a newer one can." : "Busbar is busy with another text. Please try again.";
}

const pause = (world, span_ms) => new Promise((resolve) => world.setTimeout(resolve, span_ms));

/** Our own texts need not be refused: the console of a browser would call that an error. */
async function awaitTurn(world) {
    const left_ms = (world.textAsked_ms ?? -Infinity) + kPause_ms - world.now();
    if (left_ms > 0)
        await pause(world, left_ms);
    world.textAsked_ms = world.now();
}

/** The server's answer with `kind` and the lines of the text, or {problem: a sentence}. world: fetch, setTimeout, now, and when a text was asked about. */
export async function askText(world, kind, text) {
    const sent = sentText(kind, text);
    if (new TextEncoder().encode(sent).length > kMost)
        return {problem: kTooLong};
    const address = `api/v1/${kind === "busbar" ? "check?" : `migrate?from=${kind}&`}text=${encoded(sent)}`;
    try {
        for (let left = kTries; ; --left) {
            await awaitTurn(world);
            const response = await world.fetch(address, {cache: "no-store"});
            if (response.ok)
                return {...await response.json(), kind, lines: text.split(/\r\n?|\n/)};
            if (response.status !== 429 || left <= 1)
                return {problem: problem(response.status)};
        }
    } catch {
        return {problem: "Busbar does not answer."};
    }
}

/** Where a line stands in a text, for a selection: [from, to]. Lines count from 1. */
export function placeOf(text, line) {
    const lines = text.split("\n");
    const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    return [Math.min(from, text.length), Math.min(from + (lines[line - 1] ?? "").length, text.length)];
}
