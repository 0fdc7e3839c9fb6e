// SPDX-License-Identifier: MIT
// The page's own modules for node, put together as the build does it.
import {createRequire} from "node:module";
import {join} from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";
import {seams} from "../../src/web/page/seams.mjs";

export const kSources = fileURLToPath(new URL("../../src/web/page/", import.meta.url));

function needed(name) {
    const value = process.env[name];
    if (value === undefined)
        throw new Error(`${name} is not set: run by ctest, or as tests/pages/README.md says`);
    return value;
}

/** What a module of the tests' own npm packages exports. */
export function testPackage(name) {
    return createRequire(join(needed("BUSBAR_TEST_MODULES"), "_"))(name);
}

/** Where the file of a package lies. */
export function testPackageFile(name) {
    return createRequire(join(needed("BUSBAR_TEST_MODULES"), "_")).resolve(name);
}

/** The folder with index.html and what belongs to it. */
export const builtPage = () => needed("BUSBAR_PAGE");

/** {format, model, …}: modules below js/, by the names of their files. */
export async function pageModules(...files) {
    const modules = needed("BUSBAR_PAGE_MODULES");
    const {build} = await import(pathToFileURL(createRequire(join(modules, "_")).resolve("esbuild")));
    const lines = files.map((file) => `export * as ${file.split("/").pop()} from "./js/${file}.js";`);
    const result = await build({
        stdin: {contents: lines.join("\n"), resolveDir: kSources},
        nodePaths: [join(modules, "node_modules")],
        bundle: true, write: false, format: "esm", platform: "node", plugins: [seams()], logLevel: "warning",
    });
    return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`);
}
