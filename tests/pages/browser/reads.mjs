// SPDX-License-Identifier: MIT
// What the reader does with it: plots, events, banks, lists, the configuration helper; by mouse and by keyboard.
import assert from "node:assert/strict";
import * as fixtures from "../fixtures.mjs";
import {pageTest, says} from "./stage.mjs";

async function scrolledToPlots(page) {
    await page.locator("#plots").scrollIntoViewIfNeeded();
    await page.locator("#plot-spread canvas").waitFor();
}

const readout = (page) => page.locator(".readout").innerText();

pageTest("reader: the plots come when they are scrolled to, with the strip of causes", {}, async ({page}) => {
    await scrolledToPlots(page);
    assert.equal(await page.locator(".plot canvas").count(), 4);
    assert.equal(await page.locator(".strip").count(), 3);
    assert.ok(await page.locator(".strip").first().locator("rect").count() >= 3, "the gap parts one of them");
    assert.match(await page.locator(".legend").innerText(), /curve of the highest cell \(charge 3\sh/);
    const drawn = await page.locator("#plot-current canvas").evaluate((canvas) => {
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(data).size;
    });
    assert.ok(drawn > 10, `${drawn} shades`);
});

pageTest("reader: one cursor for all plots, by mouse", {}, async ({page}) => {
    await scrolledToPlots(page);
    const last = await readout(page);
    await page.locator("#plot-voltage .u-over").hover({position: {x: 100, y: 50}});
    await page.waitForFunction((before) => document.querySelector(".readout").innerText !== before, last);
    const lefts = await page.locator(".u-cursor-x").evaluateAll((lines) => lines.map((line) => Math.round(new DOMMatrix(getComputedStyle(line).transform).e)));
    assert.equal(lefts.length, 4);
    assert.ok(Math.max(...lefts) - Math.min(...lefts) <= 2, String(lefts));
});

pageTest("reader: an event moves the cursor to its time", {}, async ({page}) => {
    await scrolledToPlots(page);
    await page.locator(".events button").last().click();
    const wanted = await page.locator(".events time").last().innerText();
    const time = wanted.split(" ").at(-1);
    await page.waitForFunction((text) => document.querySelector(".readout").innerText.includes(text), `${time}:`);
});

pageTest("reader: an event that is tapped before the day was read finds its time, too", {viewport: {width: 390, height: 700}}, async ({page}) => {
    await page.locator(".events button").last().evaluate((button) => button.click());
    const time = (await page.locator(".events time").last().innerText()).split(" ").at(-1);
    await page.waitForFunction((text) => document.querySelector(".readout")?.innerText.includes(text), `${time}:`);
});

pageTest("reader: every plot is a table, too", {}, async ({page}) => {
    await scrolledToPlots(page);
    await page.getByText("The day as a table").click();
    await page.locator("#plots tbody tr").first().waitFor();
    const rows = await page.locator("#plots tbody tr").count();
    assert.ok(rows >= 24 && rows <= 25, String(rows));
    await page.getByText("Cells as a table").click();
    await page.locator(".cells tbody tr").first().waitFor();
    assert.equal(await page.locator(".cells tbody td").count(), 64);
});

pageTest("reader: a bank is chosen, stays chosen, and the browser's way back works", {state: fixtures.many()}, async ({page, server}) => {
    await page.getByRole("link", {name: "barn: Spare bank"}).click();
    await page.locator(".large", {hasText: "41"}).waitFor();
    assert.match(page.url(), /site=barn&bank=spare/);
    server.say(fixtures.many());
    assert.match(await page.locator(".large").innerText(), /41/);
    await page.reload();
    await page.locator(".large", {hasText: "41"}).waitFor();
    await page.goBack();
    await page.locator(".large", {hasText: "93"}).waitFor();
});

pageTest("reader: by keyboard past the top line, into the limiters, along the day", {viewport: {width: 390, height: 800}}, async ({page}) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "To the figures");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.match(await page.evaluate(() => document.activeElement.innerText), /^All 6/);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details.limiters[open]").count(), 1);
    await scrolledToPlots(page);
    const last = await readout(page);
    await page.getByRole("slider", {name: "Time"}).focus();
    for (let i = 0; i < 5; ++i)
        await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((before) => document.querySelector(".readout").innerText !== before, last);
    assert.match(await page.getByRole("slider").getAttribute("aria-valuetext"), /^\d\d:\d\d: /);
});

pageTest("reader: what was opened stays open when figures change", {viewport: {width: 390, height: 800}}, async ({page, server}) => {
    await page.getByText("All 6").click();
    server.say(fixtures.trouble());
    await says(page, "Batteries forbid it: Pack C.");
    assert.equal(await page.locator("details.limiters[open]").count(), 1);
});

pageTest("reader: the helper writes what is chosen, nothing is sent", {permissions: ["clipboard-read", "clipboard-write"]}, async ({page, server}) => {
    await page.getByText("Write a configuration for the batteries found").click();
    const text = page.locator("#config-text");
    assert.match(await text.inputValue(), /"serial:TWIN1", \/\/ Pack A/);
    await page.getByLabel(/Pack B/).uncheck();
    await page.getByLabel(/Batteries expected/).fill("3");
    await page.getByLabel("Chemistry").selectOption("lfp");
    await page.getByLabel("Highest charge current, A").fill("120");
    const asked = server.requests.length;
    server.say(fixtures.usual());
    await page.getByRole("button", {name: "Copy"}).click();
    await says(page, "Copied.");
    const written = await text.inputValue();
    assert.doesNotMatch(written, /TWIN2/);
    assert.match(written, /"preset": "lfp"[^]*"expected": 3[^]*"max_charge_A": 120/);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), written);
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", {name: /Save as/}).click()]);
    assert.equal(saved.suggestedFilename(), "busbar.json");
    assert.deepEqual(server.requests.slice(asked).filter((one) => !one.startsWith("/api/v1/")), []);
});

pageTest("reader: what the helper wrote is checked when that is asked for", {}, async ({page, server}) => {
    await page.getByText("Write a configuration for the batteries found").click();
    server.checked = {valid: true, left_out: 0, messages: [], notes: ["commands by MQTT are not taken: nobody asks"]};
    await page.getByRole("button", {name: "Check"}).click();
    await says(page, "It is a configuration: no errors.");
    await says(page, "commands by MQTT are not taken");
    const [asked] = server.requests.filter((one) => one.startsWith("/api/v1/check"));
    assert.match(asked, /serial:TWIN1/);
    assert.doesNotMatch(asked, /Pack/, "names stand in comments");
    await page.getByLabel(/Batteries expected/).fill("3");
    await page.getByText("It is a configuration").waitFor({state: "detached"});
});

pageTest("reader: messages lead to their lines, by the keyboard alone", {}, async ({page}) => {
    const summary = page.getByText("Check a configuration, or translate that of another program");
    await summary.focus();
    await page.keyboard.press("Enter");
    const text = page.locator("#read-text");
    await text.focus();
    await page.keyboard.type('{"limits": {\n  "max_charge_A": 9000\n}}');
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await says(page, "1 error, 1 warning.");
    await says(page, "9000 is outside 0\u20265000 A");
    const line = page.getByRole("button", {name: "Line 2"});
    assert.equal(await page.locator(".messages li").first().locator("code").first().innerText(), '"max_charge_A": 9000');
    await line.focus();
    await page.keyboard.press("Enter");
    assert.equal(await text.evaluate((area) => area === document.activeElement && area.value.slice(area.selectionStart, area.selectionEnd)), '  "max_charge_A": 9000');
    await page.keyboard.type("{}");
    await page.locator(".messages").waitFor({state: "detached"});
});

pageTest("reader: a file of another program is opened, translated, saved", {}, async ({page, server}) => {
    await page.getByText("Check a configuration, or translate that of another program").click();
    await page.getByLabel("Open a file").setInputFiles({name: "config.ini", mimeType: "text/plain", buffer: Buffer.from("[DEFAULT]\n# mine\nNR_OF_BATTERIES = 2\n")});
    await page.getByRole("button", {name: "Translate"}).click();
    await says(page, "Translated. Please read the report.");
    assert.match(await page.locator(".helper pre").innerText(), /NR_OF_BATTERIES: expected = 2/);
    assert.match(await page.locator("#migrated-text").inputValue(), /"expected": 2/);
    assert.ok(server.requests.includes("/api/v1/migrate?from=dab&text=%5BDEFAULT%5D%0A%0ANR_OF_BATTERIES+%3D+2%0A"), server.requests.join("\n"));
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", {name: /Save as/}).last().click()]);
    assert.equal(saved.suggestedFilename(), "busbar.json");
    server.migrated = {error: "config.ini is UTF-16, not UTF-8: save it as UTF-8", config: "", report: ""};
    await page.getByRole("button", {name: "Translate"}).click();
    await says(page, "config.ini is UTF-16");
    await page.getByLabel("Open a file").setInputFiles({name: "latin1.ini", mimeType: "text/plain", buffer: Buffer.from([0x41, 0xe4])});
    await says(page, "latin1.ini is not UTF-8");
});
