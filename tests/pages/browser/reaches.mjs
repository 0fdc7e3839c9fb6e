// SPDX-License-Identifier: MIT
// Everybody can read it: axe's rules, every width, both colours.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {testPackageFile} from "../bundle.mjs";
import * as fixtures from "../fixtures.mjs";
import {openAll, pageTest} from "./stage.mjs";

const kWidths = [320, 390, 768, 1280];
const kStates = ["usual", "trouble", "names", "many"];

const kAxe = readFileSync(testPackageFile("axe-core"), "utf8");

async function findings(page) {
    await page.evaluate(kAxe); // a script element would be held back by the page's own rules for scripts
    const {violations} = await page.evaluate(() => globalThis.axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}));
    return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} (${node.failureSummary.replaceAll("\n", " ").slice(0, 200)})`));
}

for (const colorScheme of ["light", "dark"])
    for (const state of kStates)
        pageTest(`reaches: axe finds nothing, ${state}, ${colorScheme}`, {colorScheme, state: fixtures[state](), viewport: {width: state === "usual" ? 390 : 1280, height: 900}}, async ({page}) => {
            await page.locator("#plots").scrollIntoViewIfNeeded();
            await page.locator("#plot-spread canvas").waitFor();
            assert.deepEqual(await findings(page), [], "closed");
            await openAll(page);
            assert.deepEqual(await findings(page), [], "opened");
        });

for (const width of kWidths)
    pageTest(`reaches: nothing is wider than a screen of ${width} px`, {viewport: {width, height: 800}}, async ({page, server}) => {
        await page.locator("#plots").scrollIntoViewIfNeeded();
        await page.locator("#plot-spread canvas").waitFor();
        await openAll(page);
        for (const state of kStates) {
            server.say(fixtures[state]());
            await page.waitForFunction((count) => document.querySelectorAll(".battery").length === count, state === "many" ? 5 : 4);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `${state}: ${wide} px`);
        }
        await page.setViewportSize({width: width === 1280 ? 390 : 1280, height: 800});
        await page.waitForFunction(() => [...document.querySelectorAll(".plot")].every((one) => one.querySelector(".uplot").clientWidth === one.clientWidth));
    });

pageTest("reaches: the colours follow the system, those of the plots as well", {colorScheme: "light"}, async ({page}) => {
    await page.locator("#plots").scrollIntoViewIfNeeded();
    await page.locator("#plot-spread canvas").waitFor();
    const shades = () => page.locator("#plot-current canvas").evaluate((canvas) => {
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        for (let i = 0; i < data.length; i += 4)
            sum += data[i] * data[i + 3];
        return sum;
    });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [light, lightPlot] = [await ground(), await shades()];
    await page.emulateMedia({colorScheme: "dark"});
    await page.locator("#plot-spread canvas").waitFor();
    assert.notEqual(await ground(), light);
    assert.notEqual(await shades(), lightPlot);
});
