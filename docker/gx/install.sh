#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs or updates Busbar on a GX from its shell, or leaves everything as it was and says why.
set -u
# The service, which is not root, must get there.
umask 022

apps=/data/apps
home=$apps/busbar
work=$apps/.busbar-install
lock=/run/busbar-ctl.lock

usage() {
    cat <<'TEXT'
usage: sh install.sh FROM [SHA256]

  FROM    the archive venus-data-busbar-VERSION-ARCH.tgz for this GX: a file, or a URL (http, https);
          or a folder, or a URL that ends with /, that has the file SHA256SUMS and the archives: takes the right one
  SHA256  of the archive; without it, FROM.sha256 must be beside the archive, or SHA256SUMS in the folder

Configuration and state in /data/conf/busbar stay. Nothing outside /data is written but the service in /service, which is
in RAM. If the new version does not stay up, the one before is put back. Exit code 0: installed and running.
TEXT
}

say() { printf '%s\n' "$*"; }
fail() { say "not installed: $*" >&2 && exit 1; }

# ---- what this machine is ------------------------------------------------------------------------------------

check_machine() {
    [ "$(id -u)" = 0 ] || fail "only root can do this"
    [ -d /data ] || fail "there is no /data: is this a GX with Venus OS?"
    { [ -d /service ] && command -v svstat >/dev/null; } || fail "there is no /service with daemontools: is this a GX with Venus OS?"
    # Not from the mode bits: a file system that went read-only after an error still has them.
    { mkdir -p "$apps" && echo probe >"$apps/.busbar-probe"; } 2>/dev/null || fail "/data cannot be written: full, or read-only"
    rm -f "$apps/.busbar-probe"
}

# By the loader of the firmware's own programs: a 64-bit kernel may carry a 32-bit system.
machine_arch() {
    for candidate in arm64:/lib/ld-linux-aarch64.so.1 armhf:/lib/ld-linux-armhf.so.3 amd64:/lib64/ld-linux-x86-64.so.2; do
        [ ! -e "${candidate#*:}" ] || { echo "${candidate%%:*}" && return; }
    done
    fail "no Busbar is made for this machine ($(uname -m))"
}

# The same lock as that of ctl.sh.
take_lock() {
    if ! mkdir "$lock" 2>/dev/null; then
        # One that has just been made has no number in it yet.
        [ -s "$lock/pid" ] || sleep 1
        owner=$(cat "$lock/pid" 2>/dev/null)
        [ -z "$owner" ] || ! kill -0 "$owner" 2>/dev/null || fail "another installation is running; try again when it is done"
        mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
        mkdir "$lock" 2>/dev/null || fail "another installation is running; try again when it is done"
    fi
    echo $$ >"$lock/pid"
    trap 'rm -rf "$work" "$lock"; rmdir "$home" 2>/dev/null' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

free_KiB() { df -k /data | awk 'NR > 1 { for (i = 1; i <= NF; i++) if ($i ~ /%$/) free = $(i - 1) } END { print free + 0 }'; }

# ---- getting it ----------------------------------------------------------------------------------------------

# get FROM FILE: status 0 if FILE holds all of it.
get() {
    case $1 in
    http://* | https://*)
        if command -v curl >/dev/null; then
            curl -fsSL --connect-timeout 20 --retry 2 -o "$2" "$1"
        else
            wget -q -O "$2" "$1"
        fi
        ;;
    *) [ -f "$1" ] && cp "$1" "$2" ;;
    esac
}

# choose FOLDER: sets `from` and `expected` to the archive there that is for this machine.
choose() {
    get "$1/SHA256SUMS" "$work/sums" || fail "there is no $1/SHA256SUMS"
    line=$(grep " [ *]*venus-data-busbar-[^ /]*-$arch\.tgz\$" "$work/sums" | head -n 1)
    [ -n "$line" ] || fail "$1 has no Busbar for this machine ($arch)"
    expected=${line%% *}
    from=$1/${line##*[ *]}
}

sha256_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1" | cut -d ' ' -f 1
    else
        python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
    fi
}

fetch() {
    case $from in
    */) choose "${from%/}" ;;
    *) [ ! -d "$from" ] || choose "$from" ;;
    esac
    say "getting $from"
    get "$from" "$work/archive.tgz" || fail "cannot get $from, or not all of it"
    if [ -z "$expected" ]; then
        get "$from.sha256" "$work/sum" || fail "there is no checksum $from.sha256; give it as the second argument"
        expected=$(cut -d ' ' -f 1 <"$work/sum")
    fi
    [ "$(sha256_of "$work/archive.tgz")" = "$expected" ] ||
        fail "the checksum is wrong: not all of the file has come, or it is another one"
}

# Only what belongs there; nothing that leads out of it.
check_names() {
    tar -tzf "$work/archive.tgz" >"$work/names" 2>/dev/null || fail "this is no archive that tar can read"
    ! grep -qvE '^(rc/[^/]*|apps/|apps/busbar/|apps/busbar/incoming/.*)$' "$work/names" ||
        fail "this is no archive of Busbar: $(grep -vE '^(rc/[^/]*|apps/|apps/busbar/|apps/busbar/incoming/.*)$' "$work/names" | head -n 1)"
    ! grep -q '\(^\|/\)\.\.\(/\|$\)' "$work/names" || fail "the archive leads out of its folder"
}

unpack() {
    size_KiB=$(($(gzip -dc "$work/archive.tgz" | wc -c) / 1024))
    free=$(free_KiB)
    [ "$free" -ge $((2 * size_KiB)) ] ||
        fail "too little space: /data has $((free / 1024)) MB free, twice the size of Busbar is $((2 * size_KiB / 1024)) MB"
    tar -xzf "$work/archive.tgz" -C "$work" || fail "cannot unpack; is /data full?"
    rm -f "$work/archive.tgz"
    sync
}

# tell_of WORD NAME FOLDER: how the other program's settings are taken over. Nothing of it is touched.
tell_of() {
    [ -e "$3" ] || return 0
    stop="svc -d /service/${3##*/}   # until the GX starts again"
    start="svc -u /service/${3##*/}"
    [ ! -e "$3/disable.sh" ] || { stop="sh $3/disable.sh" && start="sh $3/enable.sh"; }
    say ""
    say "$2 is installed here, too ($3). It goes on as it is. Its settings as a configuration of Busbar, with a report:"
    say "    $home/current/busbar migrate $1 $3 --out /tmp/busbar-migrated"
    say "Once you are content with /tmp/busbar-migrated/busbar.json, put it to /data/conf/busbar/. Then select Busbar on the"
    say "GX (Settings > System setup > Battery monitor, DVCC > Controlling BMS), and stop the other program; and back:"
    say "    $stop"
    say "    $start"
}

case ${1:-} in
'' | -h | --help) usage && exit 2 ;;
esac
from=$1
expected=${2:-}
check_machine
arch=$(machine_arch) || exit 1
take_lock
rm -rf "$work"
mkdir -p "$work"
[ "$(free_KiB)" -ge 8192 ] || fail "too little space: /data has less than 8 MB free"
fetch
check_names
unpack
new=$work/apps/busbar/incoming
GX_LOCK_OWNER=$$ sh "$new/gx/ctl.sh" install "$new" || exit 1
say "Busbar runs. Status: $home/ctl.sh status; log: $home/ctl.sh logs; settings: /data/conf/busbar/busbar.json"
tell_of dab dbus-aggregate-batteries /data/apps/dbus-aggregate-batteries
tell_of dab dbus-aggregate-batteries /data/dbus-aggregate-batteries
tell_of bag BatteryAggregator /data/setupOptions/BatteryAggregator
