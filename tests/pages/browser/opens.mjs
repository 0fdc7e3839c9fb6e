// SPDX-License-Identifier: MIT
// It opens, updates, survives what happens to the server and the way to it.
import assert from "node:assert/strict";
import * as fixtures from "../fixtures.mjs";
import {kPatience_ms, pageTest, says} from "./stage.mjs";

pageTest("page: opens with the figures of the bank", {}, async ({page, server}) => {
    assert.equal(await page.locator("h1").innerText(), "Busbar");
    assert.match(await page.locator(".bank").innerText(), /93\s%/);
    assert.match(await page.locator(".limit").first().innerText(), /106\sA/);
    assert.match(await page.locator(".limit").first().innerText(), /Pack D allows 57\.0\sA and takes 54\s% of the current\./);
    assert.match(await page.locator(".limiters li").nth(4).innerText(), /Pack A 60\.0\sA at 20\s%\s+300\sA/);
    assert.equal(await page.locator(".battery").count(), 4);
    assert.equal(await page.locator(".fresh").innerText(), "live");
    assert.ok(server.requests.includes("/api/v1/stream"));
    assert.ok(!server.requests.some((address) => address.startsWith("/plots.js")), "plots are for who scrolls to them");
});

pageTest("page: each new state is shown", {}, async ({page, server}) => {
    const state = fixtures.usual();
    state.sites[0].banks[0].soc_pct = 41.2;
    server.say(state);
    await page.locator(".large", {hasText: "41"}).waitFor();
});

pageTest("page: a lost battery is seen within 3 s", {}, async ({page, server}) => {
    const begin = Date.now();
    server.say(fixtures.trouble());
    await page.locator(".battery.lost", {hasText: "Pack B"}).waitFor();
    assert.ok(Date.now() - begin < 3000, `${Date.now() - begin} ms`);
    assert.match(await page.locator(".count").innerText(), /3 of 4/);
    assert.match(await page.locator(".sentence .bad").last().innerText(), /Pack B is out/);
    assert.match(await page.getByRole("status").first().textContent(), /Pack B is out/);
});

pageTest("page: says how old its figures are, and goes on by itself when the server is back", {}, async ({page, server, port, faults}) => {
    await server.stop();
    await says(page, /data 1\d\ss old/);
    assert.match(await page.locator(".bank").innerText(), /93\s%/, "the last figures stay");
    server.state.sites[0].banks[0].soc_pct = 33;
    await server.start(port);
    await page.locator(".large", {hasText: "33"}).waitFor();
    await page.locator(".fresh", {hasText: /^live$/}).waitFor();
    const refused = faults.splice(0).filter((fault) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/.test(fault));
    assert.deepEqual(refused, [], "nothing but what the browser itself says of the network");
});

pageTest("page: behind a proxy that holds events back it polls", {isBuffering: true}, async ({page, server}) => {
    const state = fixtures.usual();
    state.sites[0].banks[0].soc_pct = 12;
    server.state = state;
    await page.locator(".large", {hasText: "12"}).waitFor();
    await page.locator(".fresh", {hasText: "live, polled"}).waitFor();
});

pageTest("page: works below a prefix, as behind Home Assistant's ingress", {prefix: "/api/hassio_ingress/abc"}, async ({page, server}) => {
    await page.locator("#plots").scrollIntoViewIfNeeded();
    await page.locator(".plot canvas").first().waitFor();
    assert.ok(server.requests.every((address) => address.startsWith("/api/hassio_ingress/abc/")), server.requests.join(" "));
});

pageTest("page: loads itself anew, once, when the program is another version", {}, async ({page, server}) => {
    const loads = () => server.requests.filter((address) => address === "/app.js").length;
    server.state.busbar.version = "0.5.0";
    const isLoaded = page.waitForEvent("load");
    server.say(server.state);
    await isLoaded;
    await says(page, "Busbar 0.5.0");
    assert.equal(loads(), 2);
    server.say({...server.state, busbar: {...server.state.busbar, version: "0.4.0"}});
    await page.waitForEvent("load");
    server.say({...server.state, busbar: {...server.state.busbar, version: "0.4.0"}});
    await says(page, "Busbar 0.4.0");
    assert.equal(loads(), 3);
});

pageTest("page: without JavaScript there is the way to the plain table", {javaScriptEnabled: false, isClosed: true}, async ({page, address}) => {
    await page.goto(address);
    const link = page.getByRole("link", {name: /plain table/});
    await link.waitFor({timeout: kPatience_ms});
    assert.equal(await link.getAttribute("href"), "plain");
});

pageTest("page: on paper everything is open and nothing to press is there", {viewport: {width: 390, height: 800}}, async ({page}) => {
    assert.equal(await page.locator("details.limiters[open]").count(), 0);
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({media: "print"});
    assert.equal(await page.locator("details.limiters[open]").count(), 3);
    assert.equal(await page.locator(".helper").isVisible(), false);
    const paper = await page.pdf({format: "A4"});
    assert.ok(paper.length > 20_000, `${paper.length} bytes`);
});
