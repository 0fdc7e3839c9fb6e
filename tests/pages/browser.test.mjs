// SPDX-License-Identifier: MIT
// The whole page in Debian's Chromium, beside a server that answers from fixtures. Exit code 77: there is no Chromium.
import {findChromium} from "./chromium.mjs";

if (findChromium() === undefined) {
    console.log("skipped: no chromium here (apt-get install chromium, or CHROMIUM=its name)");
    process.exit(77);
}
await import("./browser/opens.mjs");
await import("./browser/reads.mjs");
await import("./browser/bears.mjs");
await import("./browser/reaches.mjs");
(await import("./browser/stage.mjs")).declareTests();
