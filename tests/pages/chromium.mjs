// SPDX-License-Identifier: MIT
// Where the browser of the tests is.
import {accessSync, constants} from "node:fs";
import {delimiter, join} from "node:path";

function isProgram(path) {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

/** $CHROMIUM, else that of Debian; undefined if there is none. */
export function findChromium() {
    const folders = (process.env.PATH ?? "").split(delimiter);
    return [process.env.CHROMIUM ?? "", ...folders.map((folder) => join(folder, "chromium"))].find((path) => path !== "" && isProgram(path));
}
