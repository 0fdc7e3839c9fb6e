// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {readFileSync, readdirSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";
import {gzipSync} from "node:zlib";
import {builtPage} from "../bundle.mjs";

/** Of all files of the page, as a browser fetches them (specification, 15). */
const kMost = 60 * 1024;

const files = readdirSync(builtPage());
const content = (file) => readFileSync(join(builtPage(), file));

test("size: the whole page stays below 60 kB, packed", () => {
    const total = files.map((file) => gzipSync(content(file), {level: 9}).length).reduce((a, b) => a + b, 0);
    assert.ok(total < kMost, `${total} bytes`);
    assert.ok(total > 10_000, "and is a page");
});

test("size: only files that are served, and none that names another host", () => {
    assert.deepEqual(files.sort(), ["app.css", "app.js", "index.html", "licences.html", "plots.js"]);
    for (const file of ["index.html", "app.css", "app.js", "plots.js"]) {
        const text = content(file).toString("utf8").replaceAll(/http:\/\/www\.w3\.org\/[\w/]+/g, "");
        assert.doesNotMatch(text, /https?:\/\//, file);
    }
});

test("size: links are relative, for a proxy that puts the page below a prefix", () => {
    for (const [, address] of content("index.html").toString("utf8").matchAll(/(?:src|href)="([^"]*)"/g))
        assert.match(address, /^(?!\/)(?!https?:)/, address);
    assert.doesNotMatch(content("app.js").toString("utf8"), /["'`(]\/(api|plain|app|metrics)/);
});
