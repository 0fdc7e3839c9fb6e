// SPDX-License-Identifier: MIT
// Pictures of the page in four widths and both colours: node pictures.mjs ADDRESS FOLDER [open|top]. open: with all that can be
// opened; top: the first screen only, as the README shows it.
import {mkdirSync} from "node:fs";
import {join} from "node:path";
import {findChromium} from "./chromium.mjs";
import {testPackage} from "./bundle.mjs";

const [address, folder = ".", what] = process.argv.slice(2);
if (address === undefined || findChromium() === undefined) {
    console.error(address === undefined ? "usage: node pictures.mjs ADDRESS FOLDER [open|top]" : "no chromium here");
    process.exit(2);
}
mkdirSync(folder, {recursive: true});

/** The first screen down to the end of the batteries, px. */
const kTop = 960;

async function picture(browser, width, colorScheme) {
    const page = await browser.newPage({viewport: {width, height: what === "top" ? kTop : 900}, colorScheme});
    await page.goto(address);
    await page.locator(".battery").first().waitFor();
    await page.locator("#plots").scrollIntoViewIfNeeded();
    await page.locator("#plot-spread canvas").or(page.getByText("Nothing recorded yet")).first().waitFor();
    if (what === "open")
        await page.evaluate(() => document.querySelectorAll("details:not([open]) > summary").forEach((one) => one.click()));
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const file = join(folder, `page_${width}_${colorScheme}.png`);
    await page.screenshot({path: file, fullPage: what !== "top"});
    console.log(file);
    await page.close();
}

const browser = await testPackage("playwright-core").chromium.launch({executablePath: findChromium()});
for (const width of [320, 390, 768, 1280])
    for (const colorScheme of ["light", "dark"])
        await picture(browser, width, colorScheme);
await browser.close();
