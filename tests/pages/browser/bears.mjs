// SPDX-License-Identifier: MIT
// What it has to bear: a slow machine, the largest bank, a week, odd names, nothing at all.
import assert from "node:assert/strict";
import * as fixtures from "../fixtures.mjs";
import {pageTest, says} from "./stage.mjs";

/** The specification's slow machine: six times slower than this one, text within a second. */
const kThrottle = 6;

/** Seconds that the page's own thread worked, whatever else the machine did meanwhile. */
async function worked_s(session) {
    const {metrics} = await session.send("Performance.getMetrics");
    return metrics.find((one) => one.name === "TaskDuration").value;
}

async function meter(context, page) {
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", {timeDomain: "threadTicks"});
    return session;
}

pageTest("bears: a machine six times slower shows text within a second", {isClosed: true}, async ({page, context, address}) => {
    const session = await meter(context, page);
    const before = await worked_s(session);
    await page.goto(address);
    await page.locator(".value").first().waitFor();
    const used = (await worked_s(session)) - before;
    console.log(`# until the first text: ${(used * 1000).toFixed(0)} ms of work, ${(used * kThrottle * 1000).toFixed(0)} ms six times slower`);
    assert.ok(used > 0 && used * kThrottle < 1, `${used} s`);
});

pageTest("bears: 64 batteries of 32 cells, in time and size", {isClosed: true}, async ({page, context, server, address}) => {
    server.state = fixtures.largest();
    const session = await meter(context, page);
    await page.goto(address);
    await page.locator(".battery").nth(63).waitFor();
    const opened = await worked_s(session);
    assert.equal(await page.locator(".limit").first().locator("li:visible").count(), 8, "the nearest limiters, not all 65");
    assert.match(await page.locator(".limiters details").first().innerText(), /^57 more/);
    const elements = await page.evaluate(() => document.querySelectorAll("*").length);
    for (let i = 0; i < 10; ++i) {
        const state = fixtures.largest();
        state.sites[0].banks[0].soc_pct = i;
        server.say(state);
        await page.locator(".large", {hasText: new RegExp(`^${i}\\s%`)}).waitFor();
    }
    const each = ((await worked_s(session)) - opened) / 10;
    console.log(`# largest bank: opened by ${(opened * 1000).toFixed(0)} ms of work, ${(each * 1000).toFixed(1)} ms an update, ${elements} elements`);
    assert.ok(opened < 1.5, `${opened} s`);
    assert.ok(each < 0.2, `${each} s`);
    assert.ok(elements < 8000, `${elements} elements`);
});

pageTest("bears: thousands of updates leave nothing behind", {}, async ({page, context, server}) => {
    const session = await context.newCDPSession(page);
    await page.locator("#plots").scrollIntoViewIfNeeded();
    await page.locator("#plot-spread canvas").waitFor();
    const run = async (count) => {
        for (let i = 1; i <= count; ++i) {
            const state = i % 2 ? fixtures.usual() : fixtures.trouble();
            state.sites[0].banks[0].soc_pct = i % 100;
            server.say(state);
            if (i % 25 === 0)
                await page.locator(".large", {hasText: new RegExp(`^${i % 100}\\s%`)}).waitFor();
        }
        await session.send("HeapProfiler.collectGarbage");
        const {usedSize} = await session.send("Runtime.getHeapUsage");
        return {kB: usedSize / 1024, elements: await page.evaluate(() => document.querySelectorAll("*").length)};
    };
    const first = await run(600);
    const last = await run(2400);
    console.log(`# heap after 600 updates ${first.kB.toFixed(0)} kB, after 3000 ${last.kB.toFixed(0)} kB`);
    assert.ok(last.kB < first.kB + 512, `${first.kB} kB → ${last.kB} kB`);
    assert.equal(last.elements, first.elements);
});

pageTest("bears: names that are markup or emoji are text", {state: fixtures.names()}, async ({page}) => {
    await says(page, "🔋 Batterie Süd 🌞");
    assert.equal(await page.title(), "Busbar");
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.match(await page.locator(".battery").first().innerText(), /<img src=x onerror=/);
    assert.match(await page.locator(".events").innerText(), /<\/script><script>/);
});

pageTest("bears: a server that knows nothing yet", {isClosed: true, state: {busbar: {}, sites: []}}, async ({page, address, server}) => {
    await page.goto(address);
    await says(page, "No bank is known yet.");
    server.say({sites: [{site: "s", banks: [{id: "main", limits: null, batteries: [{}]}], batteries: [], events: []}]});
    await says(page, "Starting: the batteries are being read");
    await says(page, "Nobody has given one yet.");
    server.say(fixtures.usual());
    await page.locator(".battery").nth(3).waitFor();
});

pageTest("bears: unknown figures are dashes", {isClosed: true}, async ({page, address, server}) => {
    const state = fixtures.usual();
    for (const document of [...state.sites[0].banks, ...state.sites[0].batteries])
        for (const [key, value] of Object.entries(document))
            if (typeof value === "number")
                document[key] = null;
    server.state = state;
    await page.goto(address);
    await page.locator(".value").first().waitFor();
    const text = await page.locator("main").innerText();
    assert.doesNotMatch(text, /NaN|undefined|null|Infinity/);
    assert.match(await page.locator(".large").innerText(), /–/);
});

pageTest("bears: a day without an answer", {isClosed: true}, async ({page, address, faults}) => {
    await page.route("**/api/v1/history*", (route) => route.fulfill({status: 503, body: "busy"}));
    await page.goto(address);
    await page.locator("#plots").scrollIntoViewIfNeeded();
    await says(page, "Not read yet.");
    await page.waitForResponse(/history/).catch(() => undefined);
    assert.deepEqual(faults.splice(0).filter((fault) => !/503/.test(fault)), []);
});
