// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {test} from "node:test";
import {builtPage} from "../bundle.mjs";

const kBuild = fileURLToPath(new URL("../../../src/web/page/build.mjs", import.meta.url));

// Packages promise the same bytes from the same commit; the page is in them. From another folder, in another time zone.
test("again: the page is made with the same bytes, wherever", () => {
    const folder = mkdtempSync(join(tmpdir(), "page-"));
    try {
        const environment = {...process.env, TZ: "Pacific/Chatham", LC_ALL: "C"};
        execFileSync(process.execPath, [kBuild, join(folder, "deeper", "page"), process.env.BUSBAR_PAGE_MODULES], {cwd: folder, env: environment});
        const made = readdirSync(join(folder, "deeper", "page")).sort();
        assert.deepEqual(made, readdirSync(builtPage()).sort());
        for (const file of made)
            assert.ok(readFileSync(join(folder, "deeper", "page", file)).equals(readFileSync(join(builtPage(), file))), file);
    } finally {
        rmSync(folder, {recursive: true});
    }
});
