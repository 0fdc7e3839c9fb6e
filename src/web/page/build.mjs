// SPDX-License-Identifier: MIT
// Makes the page that the program embeds: node build.mjs OUTPUT [MODULES]. MODULES: where npm put node_modules; default: here.
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";
import {seams} from "./seams.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? "out");
const modules = resolve(process.argv[3] ?? here, "node_modules");
const {build} = await import(pathToFileURL(createRequire(join(modules, "_")).resolve("esbuild")));

function licences() {
    const of = (name) => `${name}\n\n${readFileSync(join(modules, name, "LICENSE"), "utf8").trim()}\n`;
    const text = `This page contains lit-html and uPlot.\n\n${of("lit-html")}\n\n${of("uplot")}`.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    return `<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Licences</title><h1>Licences</h1><pre>${text}</pre></html>\n`;
}

mkdirSync(output, {recursive: true});
await build({
    absWorkingDir: here,
    entryPoints: {app: "js/main.js", plots: "js/plots.js"},
    outdir: output,
    nodePaths: [modules],
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    legalComments: "none", // licences.html has them in full
    plugins: [seams()],
    logLevel: "warning",
});
await build({
    absWorkingDir: here,
    entryPoints: {app: "app.css"},
    outdir: output,
    nodePaths: [modules],
    bundle: true,
    minify: true,
    target: ["es2022"],
    legalComments: "none",
    logLevel: "warning",
});
writeFileSync(join(output, "index.html"), readFileSync(join(here, "index.html")));
writeFileSync(join(output, "licences.html"), licences());
