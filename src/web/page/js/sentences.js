// SPDX-License-Identifier: MIT
// Limits, absences and events in words. Each is {text, level}; level: "plain", "warn" or "bad" (a person is needed).
import {amperes, capital, joined, percent, volts, watts} from "./format.js";
import {adviceOf, causeOf, reasonOf} from "./words.js";

export const kLimitNames = {charge: "charge current", discharge: "discharge current", chargeVoltage: "charge voltage"};

export const isVoltage = (kind) => kind === "chargeVoltage";
export const limitValue = (kind, value) => (isVoltage(kind) ? volts(value) : amperes(value));

/** "Pack D, cell C8"; "" if nobody decided. */
function who(limit) {
    return [limit.member, limit.cell].filter((part) => part !== "").join(", ");
}

/** "Pack D allows 57 A and takes 54 % of the current": what a battery's own limit means for the bank. */
function memberReason(kind, limit) {
    if (limit.member === "")
        return causeOf("member").meaning;
    if (isVoltage(kind))
        return `${limit.member} asks for ${volts(limit.own ?? limit.value)}`;
    if (limit.own === undefined)
        return `${limit.member} sets it: ${causeOf("member").meaning}`;
    const allows = `${limit.member} allows ${amperes(limit.own)}`;
    return limit.share === undefined ? allows : `${allows} and takes ${percent(limit.share * 100)} of the current`;
}

/** Why a limiter is what it is; begins with a small letter only where a name does. */
export function reason(kind, limit) {
    if (limit.cause === "member")
        return capital(memberReason(kind, limit));
    const {meaning} = causeOf(limit.cause);
    return capital(who(limit) === "" ? meaning : `${meaning}: ${who(limit)}`);
}

/** What to do about a limit that a person has to look after; "" if nothing. */
export function remedy(limit) {
    const {care, todo} = causeOf(limit.cause);
    return care === "look after it" ? todo : "";
}

/** Below this nobody says that a bank charges or discharges: 0.3 A is what sensors at rest show. */
const kRest_A = 0.3;

const kStages = {
    starting: {text: "Starting: the batteries are being read, and nothing is allowed yet.", level: "warn"},
    no_data: {text: "No usable data from the batteries: the limits are closed or about to close.", level: "bad"},
    left: {text: "No data for so long that the bank has left the bus: the GX says \u201cBMS lost\u201d.", level: "bad"},
};

function doing(bank) {
    if (kStages[bank.stage])
        return kStages[bank.stage];
    if (bank.current_A === undefined)
        return {text: "The current is unknown.", level: "warn"};
    if (Math.abs(bank.current_A) < kRest_A)
        return {text: "At rest.", level: "plain"};
    const verb = bank.current_A > 0 ? "Charging with" : "Discharging with";
    const power = bank.power_W === undefined ? amperes(Math.abs(bank.current_A)) : watts(Math.abs(bank.power_W));
    return {text: `${verb} ${power}.`, level: "plain"};
}

/** Limits that the same battery holds are said together, and equal ones of one cause. */
function holders(limits) {
    const groups = new Map();
    for (const [kind, limit] of Object.entries(limits)) {
        if (limit.value === undefined)
            continue;
        const isOwn = limit.cause === "member" && limit.member !== "";
        const key = isOwn ? limit.member : `${limit.cause} ${limit.member} ${limitValue(kind, limit.value)}`;
        groups.set(key, [...(groups.get(key) ?? []), kind]);
    }
    return [...groups.values()].map((kinds) => ({kinds, limit: limits[kinds[0]]}));
}

function held({kinds, limit}) {
    const names = joined(kinds.map((kind) => kLimitNames[kind]));
    const {care, meaning} = causeOf(limit.cause);
    const level = care === "look after it" ? "bad" : "plain";
    if (limit.cause === "member" && limit.member !== "")
        return {text: `${limit.member} sets the ${names}.`, level};
    const why = `${meaning}${who(limit) === "" ? "" : ` (${who(limit)})`}.`;
    if (meaning.startsWith(kLimitNames[kinds[0]]))
        return {text: capital(why), level};
    return {text: `${capital(names)} ${limitValue(kinds[0], limit.value)}: ${why}`, level};
}

/** Why a battery takes no part, or is held: meaning and detail. */
export function absence(battery) {
    const {meaning, care, todo} = reasonOf(battery.reason);
    const why = [meaning, battery.detail].filter((part) => part !== "").join(" \u2014 ");
    const isBad = care === "lost" && !battery.isHeld;
    return {text: why, level: isBad ? "bad" : "warn", todo: isBad ? todo : ""};
}

function outs(bank) {
    return bank.batteries
        .filter((one) => (!one.takesPart || one.isHeld) && !one.isForeign)
        .map((one) => {
            const {text, level} = absence(one);
            const state = one.isHeld ? "is held with its last values" : "is out";
            return {text: `${one.name} ${state}${text === "" ? "" : `: ${text}`}.`, level};
        });
}

/** The bank in one paragraph: what it does, who holds which limit, who is out. */
export function bankSentences(bank) {
    const doubt = bank.isInDoubt
        ? [{text: "The owner\u2019s choices could not be read: the strictest known hold until they are confirmed.", level: "bad"}]
        : [];
    return [doing(bank), ...holders(bank.limits).map(held), ...outs(bank), ...doubt];
}

/** What a person has to look after, for those who listen instead of look. Changes only when that changes. */
export function announcement(bank) {
    const bad = bankSentences(bank).filter((one) => one.level === "bad").map((one) => one.text);
    const alarms = bank.alarms.map((one) => `${one.isAlarm ? "Alarm" : "Warning"}: ${one.name}.`);
    return [...bad, ...alarms].join(" ");
}

export function adviceSentence(one) {
    return one.text !== "" ? one.text : capital(adviceOf(one.code).meaning);
}

// ---- events ------------------------------------------------------------------------------------------------

/** "stale: no message for 40 s" → its meaning and the detail. */
function reasonAndDetail(text) {
    const cut = text.indexOf(":");
    const word = cut < 0 ? text : text.slice(0, cut);
    const detail = cut < 0 ? "" : text.slice(cut + 1).trim();
    return [reasonOf(word).meaning, detail].filter((part) => part !== "").join(" \u2014 ");
}

function tail(text) {
    return text === "" ? "." : `: ${text}.`;
}

/** "member Pack D" → Pack D and the cause's meaning. */
function limitEvent(name, event) {
    const [word, ...rest] = event.text.split(" ");
    const named = rest.length > 0 ? ` (${rest.join(" ")})` : "";
    return `${name} limit ${amperes(event.value)}: ${causeOf(word).meaning}${named}.`;
}

const kEvents = {
    battery_in: (e) => `${e.battery} takes part.`,
    battery_held: (e) => `${e.battery} is held with its last values${tail(reasonAndDetail(e.text))}`,
    battery_lost: (e) => `${e.battery} is lost${tail(reasonAndDetail(e.text))}`,
    battery_joining: (e) => `${e.battery} is there and takes part soon${tail(reasonAndDetail(e.text))}`,
    battery_out_of_service: (e) => `${e.battery} was taken out of service.`,
    battery_left_out: (e) => `${e.battery} is left out${tail(reasonAndDetail(e.text))}`,
    stage: (e) => `The bank is now \u201c${e.text.replaceAll("_", " ")}\u201d.`,
    charge_limit: (e) => limitEvent("Charge", e),
    discharge_limit: (e) => limitEvent("Discharge", e),
    balancing: (e) => `Balancing ${e.text}.`,
    current_source: (e) => (e.text === "" ? "The current is measured where it should be again." : `Current measured by the batteries instead: ${e.text}.`),
    advice: (e) => (e.isProblem ? e.text : `No longer: ${e.text}`),
    alarm: (e) => `${e.text}: ${["over", "warning", "alarm"][e.value] ?? "changed"}.`,
};

export function eventSentence(event) {
    return kEvents[event.type]?.(event) ?? capital(`${event.type.replaceAll("_", " ")}${tail([event.battery, event.text].filter(Boolean).join(", "))}`);
}
