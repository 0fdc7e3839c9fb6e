// SPDX-License-Identifier: MIT
// From the documents of the server to what the page shows, for layouts 1 and 2 of them: the one place that knows their keys.
import {denial, number, objects, seconds, text, truth} from "./read.js";
import {reasonOf} from "./words.js";

/** "none" of the owner's ceilings: layout 1 says 5000. */
const kNoCeiling_A = 5000;

function limiter(document) {
    return {
        cause: text(document, "cause") || "none",
        value: number(document, "value"),
        member: text(document, "member"),
        cell: text(document, "cell"),
        isBinding: document?.binding === true,
        share: number(document, "share"),
        own: number(document, "own"),
    };
}

/** Set ones by value, unset ones last; the one that binds is marked even if the server did not. */
function limiters(document, whole) {
    const list = objects(document?.limiters).map(limiter);
    if (list.length === 0)
        return whole.value === undefined ? [] : [{...whole, isBinding: true}];
    const order = (one) => one.value ?? Infinity;
    list.sort((a, b) => order(a) - order(b) || Number(b.isBinding) - Number(a.isBinding));
    return list;
}

function limit(document) {
    const whole = limiter(document);
    const list = limiters(document, whole);
    const binding = list.find((one) => one.isBinding);
    return {...whole, power_W: number(document, "power_W"), share: binding?.share, own: binding?.own, limiters: list};
}

function alarms(document) {
    return Object.entries(document ?? {})
        .filter(([key, value]) => key.startsWith("alarm_") && (value === 1 || value === 2))
        .map(([key, value]) => ({name: key.slice("alarm_".length).replaceAll("_", " "), isAlarm: value === 2}));
}

/** Voltage, current and the like: the same keys in both kinds of document. */
function measured(document) {
    return {
        soc_pct: number(document, "soc", "soc_pct"),
        voltage_V: number(document, "voltage", "voltage_V"),
        current_A: number(document, "current", "current_A"),
        power_W: number(document, "power", "power_W"),
        temperature_C: number(document, "temperature", "temperature_C"),
        coldest_C: number(document, "min_cell_temperature", "min_cell_temperature_C"),
        hottest_C: number(document, "max_cell_temperature", "max_cell_temperature_C"),
        lowestCell_V: number(document, "min_cell_voltage", "min_cell_voltage_V"),
        lowestCell: text(document, "min_voltage_cell_id"),
        highestCell_V: number(document, "max_cell_voltage", "max_cell_voltage_V"),
        highestCell: text(document, "max_voltage_cell_id"),
        spread_V: number(document, "voltages_diff", "voltages_diff_V"),
        capacity_Ah: number(document, "capacity", "capacity_Ah"),
        installed_Ah: number(document, "installed_capacity", "installed_capacity_Ah"),
        energy_kWh: number(document, "energy_kWh"),
        isBalancing: truth(document, "balancing"),
        mode: text(document, "charge_mode"),
        age_s: number(document, "age_s"),
        time_s: seconds(document?.time),
        alarms: alarms(document),
    };
}

function role(entry) {
    const reason = text(entry, "reason");
    return {
        id: text(entry, "id"),
        name: text(entry, "name") || text(entry, "id"),
        instance: number(entry, "instance"),
        /** One of which a battery of the bank is made counts through that one. */
        takesPart: truth(entry, "takes_part") || reason === "part_of",
        isHeld: truth(entry, "held"),
        isOutOfService: denial(entry, "in_service"),
        reason,
        detail: text(entry, "detail"),
        partOf: text(entry, "part_of"),
        isLost: reasonOf(reason).care === "lost",
        isForeign: reason !== "part_of" && reasonOf(reason).care === "no battery of the bank",
    };
}

function battery(entry, document) {
    return {
        ...role(entry),
        ...measured(document),
        share_pct: number(document, "current_share_pct"),
        maxCharge_A: number(document, "max_charge_current", "max_charge_current_A"),
        maxDischarge_A: number(document, "max_discharge_current", "max_discharge_current_A"),
        blocksCharge: denial(document, "allow_to_charge"),
        blocksDischarge: denial(document, "allow_to_discharge"),
        cells_V: (Array.isArray(document?.cells) ? document.cells : []).map((cell) => number({cell}, "cell")),
        product: text(document, "product_name"),
        serial: text(document, "serial"),
        connection: text(document, "mgmt_connection"),
    };
}

function ceiling(controls, key) {
    const value = number(controls, key);
    return value === kNoCeiling_A ? undefined : value;
}

function bank(document, documents) {
    const byId = new Map(documents.map((one) => [text(one, "id"), one]));
    return {
        ...measured(document),
        id: text(document, "id"),
        name: text(document, "name") || text(document, "id"),
        stage: text(document, "stage") || "starting",
        preset: text(document, "preset"),
        online: number(document, "online"),
        total: number(document, "total"),
        usableSoc_pct: number(document, "usable_soc", "usable_soc_pct"),
        usableEnergy_kWh: number(document, "usable_kWh"),
        usableCapacity_Ah: number(document, "usable_capacity_Ah"),
        timeToEmpty_s: number(document, "time_to_go", "time_to_go_s"),
        timeToFull_s: number(document, "time_to_full", "time_to_full_s"),
        cellMax_V: number(document, "cell_max_V"),
        limits: {
            charge: limit(document?.limits?.charge),
            discharge: limit(document?.limits?.discharge),
            chargeVoltage: limit(document?.limits?.charge_voltage),
        },
        maxCharge_A: ceiling(document?.controls, "max_charge_A"),
        maxDischarge_A: ceiling(document?.controls, "max_discharge_A"),
        isInDoubt: truth(document?.controls, "in_doubt"),
        advice: objects(document?.advice).map((one) => ({code: text(one, "code"), text: text(one, "text")})),
        batteries: objects(document?.batteries).map((entry) => battery(entry, byId.get(text(entry, "id")))),
    };
}

function event(document) {
    return {
        time_s: seconds(document?.time),
        type: text(document, "type"),
        bank: text(document, "bank"),
        battery: text(document, "battery"),
        text: text(document, "text"),
        value: number(document, "value"),
        isProblem: truth(document, "problem"),
    };
}

/** As many events as are ever kept: the contract says 50, and a page must not grow if a server sends more. */
const kMostEvents = 50;

/** The whole answer of api/v1/state. */
export function modelOf(state) {
    return {
        version: text(state?.busbar, "version"),
        time_s: seconds(state?.busbar?.time),
        sites: objects(state?.sites).map((site) => ({
            id: text(site, "site"),
            status: text(site, "status"),
            banks: objects(site.banks).map((document) => bank(document, objects(site.batteries))),
            events: objects(site.events).slice(0, kMostEvents).map(event),
        })),
    };
}

/** The wanted site and bank, or the first ones. Undefined where there are none. */
export function selected(model, wanted) {
    const site = model.sites.find((one) => one.id === wanted.site) ?? model.sites[0];
    const chosen = site?.banks.find((one) => one.id === wanted.bank) ?? site?.banks[0];
    return {site, bank: chosen, events: (site?.events ?? []).filter((one) => !one.bank || one.bank === chosen?.id)};
}

/** Whether a limit's member is this battery: itself, or the bank or string that it stands for ("Barn/Pack C"). */
export function isNamed(member, name) {
    return member !== "" && (member === name || member.startsWith(`${name}/`));
}
