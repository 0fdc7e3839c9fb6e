#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests how a program is hardened.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=hardening_test
. tests/packages/checks.sh
. tests/packages/hardening.sh

usage="usage: tests/packages/hardening_test.sh [PROGRAM]   (default: that of this machine's bundle)"
[[ ${1:-} != -* ]] || { echo "$usage" && exit 2; }
program=${1:-$PWD/build/packages/busbar-$(dpkg --print-architecture)/bin/busbar}
trap 'rm -f "$checks_log"' EXIT
[[ -x $program ]] || skip_all "there is no $program"
check_hardening "${program##*/}" "$program"
verdict
