# SPDX-License-Identifier: MIT
# What the package tests share: a line for each check, skips that are seen, a verdict. Plain sh, since one of them runs on what
# stands for a GX. Who sources it sets `part`, its own name, first.
# shellcheck shell=sh disable=SC3043,SC2154 # `local`: every sh that runs this has it

passed=0 failed=0 skipped=0
checks_log=$(mktemp)

say() { printf '%s: %s\n' "$part" "$*"; }
skip() {
    skipped=$((skipped + 1))
    say "SKIP $*"
}

# expect WHAT COMMAND...: one check. What the command said is shown if it fails.
expect() {
    local what="$1"
    shift
    if "$@" >"$checks_log" 2>&1; then
        passed=$((passed + 1))
        say "ok   $what"
    else
        failed=$((failed + 1))
        say "FAIL $what: $*"
        tail -n 30 "$checks_log" | sed 's/^/     /'
    fi
}

not() { ! "$@"; }
has() { command -v "$1" >/dev/null; }

# soon SECONDS COMMAND...: true as soon as the command is. SECONDS is ample where nothing else runs; a limit is only there to end
# a hang, so a busy machine gets eight times that. PATIENCE is how many times as long an emulated machine may take.
soon() {
    local end=$(($(date +%s) + 8 * $1 * ${PATIENCE:-1}))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || { "$@"; return; }
        sleep 0.1
    done
}

# skip_all WHY: ends the test before it has begun. 77 is what ctest and ./dev take for skipped.
skip_all() {
    skip "$@"
    rm -f "$checks_log"
    exit 77
}

# The last line of a test: its exit code is that of the test.
verdict() {
    rm -f "$checks_log"
    say "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
