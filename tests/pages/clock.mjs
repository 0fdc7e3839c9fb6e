// SPDX-License-Identifier: MIT
// The clock of fixtures and browser: the machine's, or in tests one that begins on a fixed afternoon, so that no verdict hangs on the hour of a run.

let shift_ms = 0;

/** From here on it goes on from half past two on one afternoon, here. Gives what is added to the machine's time, ms. */
export function beginInTheAfternoon() {
    shift_ms = new Date(2026, 10, 29, 14, 30).getTime() - Date.now();
    return shift_ms;
}

/** ms since 1970. */
export const now_ms = () => Date.now() + shift_ms;
