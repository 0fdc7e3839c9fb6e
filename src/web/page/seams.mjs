// SPDX-License-Identifier: MIT
// What the page's modules ask of the build: the words of the program, and the plots as a file of their own.
import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {readWords} from "./words.mjs";

const kWords = fileURLToPath(new URL("../../documents/WORDS.md", import.meta.url));

/** A plugin of esbuild. The plots are loaded when somebody looks at them. */
export function seams() {
    return {
        name: "busbar",
        setup(building) {
            building.onResolve({filter: /^busbar:words$/}, () => ({path: kWords, namespace: "words"}));
            building.onLoad({filter: /.*/, namespace: "words"}, ({path}) => ({
                contents: JSON.stringify(readWords(readFileSync(path, "utf8"))), loader: "json",
            }));
            building.onResolve({filter: /^\.\/plots\.js$/}, ({kind}) => (kind === "dynamic-import" ? {path: "./plots.js", external: true} : undefined));
        },
    };
}
