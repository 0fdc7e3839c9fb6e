// SPDX-License-Identifier: MIT
// One browser for all tests; each test has a server and a page of its own, and fails when the page complains of something.
import assert from "node:assert/strict";
import {after, describe, test} from "node:test";
import {builtPage, testPackage} from "../bundle.mjs";
import {findChromium} from "../chromium.mjs";
import {beginInTheAfternoon} from "../clock.mjs";
import {FakeServer} from "../fake_server.mjs";

/** The one bound of all waiting; only ends a hang. */
export const kPatience_ms = 30_000;

/** The page tells today from yesterday: both clocks, the fixtures' and the browser's, stand in the afternoon. */
const kShift_ms = beginInTheAfternoon();

let browser;

async function theBrowser() {
    const {chromium} = testPackage("playwright-core");
    browser ??= await chromium.launch({executablePath: findChromium()});
    return browser;
}

/** Whatever the page says on its console, and each request that does not go to its own server. */
function watch(page, origin) {
    const faults = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`exception: ${error.stack}`));
    page.on("request", (request) => {
        if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
            faults.push(`asks elsewhere: ${request.url()}`);
    });
    return faults;
}

/** Whatever was said by pageTest. */
const tests = [];

/**
 * name, options, body({server, page, context, address, faults}). options: those of a browser's context, and state, prefix,
 * isBuffering of the server, isClosed: not opened yet.
 */
export function pageTest(name, options, body) {
    tests.push({name, options, body});
}

async function run({options, body}) {
    const {state, prefix = "", isBuffering = false, isClosed = false, ...ofContext} = options;
    const server = new FakeServer(builtPage());
    Object.assign(server, {prefix, isBuffering, ...(state ? {state} : {})});
    const port = await server.start();
    const address = `http://127.0.0.1:${port}${prefix}/`;
    const context = await (await theBrowser()).newContext({viewport: {width: 1280, height: 900}, ...ofContext});
    await context.addInitScript((shift_ms) => {
        const ofMachine = Date.now;
        Date.now = () => ofMachine() + shift_ms;
    }, kShift_ms);
    const page = await context.newPage();
    page.setDefaultTimeout(kPatience_ms);
    const faults = watch(page, address);
    try {
        if (!isClosed) {
            await page.goto(address);
            await page.locator(".value").first().waitFor();
        }
        await body({server, port, page, context, address, faults});
        assert.deepEqual(faults, []);
    } finally {
        await context.close();
        await server.stop();
    }
}

/** Declares all of them, in a suite that closes the browser: hooks outside one wait for a process that would end by itself. */
export function declareTests() {
    describe("page", () => {
        after(() => browser?.close());
        for (const one of tests)
            test(one.name, {timeout: 4 * kPatience_ms}, () => run(one));
    });
}

/** Waits until the page's text has this. */
export async function says(page, text) {
    await page.getByText(text).first().waitFor();
}

export async function openAll(page) {
    await page.evaluate(() => document.querySelectorAll("details:not([open]) > summary").forEach((one) => one.click()));
    await page.locator("#config-text").waitFor();
    await page.getByLabel("It is").selectOption("dab");
    await page.locator("#read-text").fill("[DEFAULT]\nNR_OF_BATTERIES = 2\n");
    await page.getByRole("button", {name: "Translate"}).click();
    await page.getByRole("button", {name: "Check"}).click();
    await page.locator(".helper pre").waitFor();
    await page.locator(".messages").waitFor();
}
