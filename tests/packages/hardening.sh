# SPDX-License-Identifier: MIT
# How a program is hardened, read off it; sourced after checks.sh.
# shellcheck shell=bash

# binutil TOOL FILE: that of this machine, or the one for the file's processor if it is another.
binutil() {
    case $(uname -m):$(readelf -hW "$2" | sed -n 's/^ *Machine: *//p') in
    x86_64:*X86-64* | aarch64:*AArch64*) echo "$1" ;;
    *AArch64*) echo "aarch64-linux-gnu-$1" ;;
    *:ARM*) echo "arm-linux-gnueabihf-$1" ;;
    *) echo "x86_64-linux-gnu-$1" ;;
    esac
}

is_pie() { readelf -hW "$1" | grep 'Type: *DYN' >/dev/null && readelf -dW "$1" | grep 'FLAGS_1.*PIE' >/dev/null; }
has_full_relro() { readelf -lW "$1" | grep GNU_RELRO >/dev/null && readelf -dW "$1" | grep 'FLAGS.*NOW' >/dev/null; }
has_data_stack() { readelf -lW "$1" | grep 'GNU_STACK .* RW ' >/dev/null; }
asks_for() { readelf --dyn-syms -W "$1" | grep " $2" >/dev/null; }

# guards_branches FILE MARK: most functions begin with MARK; of a stripped program they are only counted.
guards_branches() {
    local tool
    tool=$(binutil objdump "$1")
    if readelf -sW "$1" | grep ' main$' >/dev/null; then
        "$tool" -d --disassemble=main "$1" | grep -E "$2" >/dev/null
    else
        (($("$tool" -d "$1" | grep -cE "$2") > 500))
    fi
}

# check_hardening NAME FILE
check_hardening() {
    expect "$1: lies anywhere in memory" is_pie "$2"
    expect "$1: its table of functions is read-only from the start" has_full_relro "$2"
    expect "$1: its stack holds no code" has_data_stack "$2"
    expect "$1: watches its stack" asks_for "$2" __stack_chk_fail
    expect "$1: watches the ends of buffers" asks_for "$2" '__[a-z]*_chk@'
    case $(readelf -hW "$2" | sed -n 's/^ *Machine: *//p') in
    *X86-64*) expect "$1: says where jumps may land" guards_branches "$2" '\bendbr64\b' ;;
    *AArch64*) expect "$1: signs return addresses" guards_branches "$2" '\b(paciasp|hint[[:space:]]+#0x19|bti)\b' ;;
    esac
}
