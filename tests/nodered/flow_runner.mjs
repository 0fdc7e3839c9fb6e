// Runs the functions of config/examples/nodered_flow.json without Node-RED on the readings of messages.json, and compares what
// they would publish with what stands there. `node flow_runner.mjs FLOW MESSAGES`; exit code 1 = something differs.
import { readFileSync } from "node:fs";

const [flowFile, messagesFile] = process.argv.slice(2);
const nodes = JSON.parse(readFileSync(flowFile, "utf8"));
const cases = JSON.parse(readFileSync(messagesFile, "utf8"));
const code = (id) => nodes.find((node) => node.id === id).func;

/// One function node, with a clock of our own.
function made(id, context, clock) {
    const run = new Function("msg", "flow", "node", "Date", code(id));
    return (msg) => run(msg, context, { status() {} }, clock);
}

let wrong = 0;
for (const one of cases) {
    const kept = new Map();
    const context = { get: (key) => kept.get(key), set: (key, value) => kept.set(key, value) };
    let at = 1000000;
    const clock = { now: () => at };
    const keep = made("busbar_keep", context, clock);
    const rules = made("busbar_rules", context, clock);
    for (const readings of one.readings)
        for (const [key, payload] of Object.entries(readings))
            keep({ topic: "bms/" + key, payload, retain: one.isRetained === true });
    at += one.wait_ms ?? 0;
    const sent = rules({ payload: at });
    const payload = sent ? JSON.stringify(sent.payload) : null;
    if (payload !== one.payload) {
        console.error(`${one.name}:\n  is       ${payload}\n  expected ${one.payload}`);
        ++wrong;
    }
}
console.log(`${cases.length} cases, ${wrong} wrong`);
process.exit(wrong === 0 && cases.length > 0 ? 0 : 1);
