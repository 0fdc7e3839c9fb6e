#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the self-contained bundles: what is in them, and that they run where there is nothing else, and beside other libraries.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=bundle_test
. tests/packages/checks.sh
. tests/packages/hardening.sh

usage="usage: tests/packages/bundle_test.sh [ARCH...]   (default: those made in build/packages, else this machine's)"
[[ ${1:-} != -* ]] || { echo "$usage" && exit 2; }
native=$(dpkg --print-architecture)
work=$PWD/build/packages
wanted=("$@")
if ((${#wanted[@]} == 0)); then
    for arch in amd64 arm64 armhf; do [[ ! -d $work/busbar-$arch ]] || wanted+=("$arch"); done
    ((${#wanted[@]} > 0)) || wanted=("$native")
fi
mkdir -p "$work"
tmp=$(mktemp -d "$work/bundle-test.XXXXXX")
children=()

clean() {
    ((${#children[@]} == 0)) || kill "${children[@]}" 2>/dev/null || true
    rm -rf --one-file-system "$tmp" "$checks_log"
}
trap clean EXIT

# ---- what is in it -------------------------------------------------------------------------------------------

# Every library that something in the bundle asks for is in the bundle.
is_closed() {
    local file name missing=0
    for file in "$1"/bin/busbar "$1"/lib/*.so*; do
        for name in $(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
            [[ -e $1/lib/$name ]] || { echo "$file needs $name" && missing=1; }
        done
    done
    return "$missing"
}

has_licences() {
    local package missing=0
    while read -r package _; do
        [[ -s $1/share/licences/$package/copyright ]] || { echo "no licence of $package" && missing=1; }
    done <"$1/share/busbar/packages"
    [[ -s $1/share/licences/busbar/copyright ]] && return "$missing"
}

# Stand-ins have only what libsystemd and libmicrohttpd ask for: nothing else may ask them.
stand_ins_are_safe() {
    local file name
    for file in "$1"/bin/busbar "$1"/lib/*.so*; do
        [[ $file != */libsystemd.so.0 && $file != */libmicrohttpd.so.12 ]] || continue
        for name in $(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
            ! grep -q 'is a stand-in and cannot be used' "$1/lib/$name" || { echo "$file needs the stand-in $name" && return 1; }
        done
    done
    grep -q 'is a stand-in and cannot be used' "$1/lib/libgcrypt.so.20" &&
        grep -q 'is a stand-in and cannot be used' "$1/lib/libgnutls.so.30"
}

# A Raspberry Pi 5 has memory pages of 16 KiB: what is laid out for less does not load there.
suits_large_pages() {
    local file align
    for file in "$1"/bin/busbar "$1"/lib/*.so*; do
        for align in $(readelf -lW "$file" | awk '$1 == "LOAD" { print $NF }'); do
            ((align >= 16384)) || { echo "$file is laid out for pages of $((align)) bytes" && return 1; }
        done
    done
}

# docker/paho: one read for many packets, web sockets that lose nothing; its licences, and what was changed.
has_mended_paho() {
    local folder=$1/share/licences/libpaho-mqtt1.3
    grep -qa 'Buffered reads' "$1/lib/libpaho-mqtt3as.so.1" && [[ -s $folder/epl-v20 && -s $folder/edl-v10 ]] &&
        grep -q "Debian's source package paho.mqtt.c [0-9]" "$folder/source" &&
        cmp docker/paho/buffered-reads.patch "$folder/buffered-reads.patch"
}

# With its library the session does what it cannot do with Debian's. Needs the tests to be built.
bursts_arrive() {
    local tests=$2 folder=$tmp/paho
    mkdir -p "$folder"
    cp "$1/lib/libpaho-mqtt3as.so.1" "$folder"
    LD_LIBRARY_PATH=$folder "$tests" --gtest_filter='*Bursts*:*WebSockets*' --gtest_brief=1 >"$tmp/bursts" 2>&1 || { cat "$tmp/bursts" && return 1; }
    ! grep -i skipped "$tmp/bursts"
}

check_paho() {
    local tests
    if [[ -e $bundle/share/busbar/without-paho ]]; then
        skip "$arch: the MQTT library is Debian's own, its source was not to be had"
        return
    fi
    expect "$arch: the MQTT library is the mended one, with licences and patch" has_mended_paho "$bundle"
    tests=$(find build/*/tests/integration/mqtt -name integration_mqtt -type f -executable -print -quit 2>/dev/null || true)
    [[ $arch != "$native" || -z $tests ]] || expect "$arch: bursts arrive over every transport" bursts_arrive "$bundle" "$tests"
}

names_no_path() { ! grep -qaF "$PWD" "$1"; }

check_contents() {
    expect "$arch: all libraries are there" is_closed "$bundle"
    expect "$arch: the licence of each is there" has_licences "$bundle"
    # What a GX has to take; no GX is an amd64.
    [[ $arch == amd64 ]] || expect "$arch: packed, it is smaller than 6.5 MB" test "$(tar -C "$bundle" -c . | gzip -9 | wc -c)" -lt 6500000
    check_hardening "$arch" "$bundle/bin/busbar"
    expect "$arch: only libsystemd asks for the stand-ins" stand_ins_are_safe "$bundle"
    check_paho
    [[ $arch != arm64 ]] || expect "$arch: it loads where memory pages are large" suits_large_pages "$bundle"
    expect "$arch: the program names no folder of the machine that built it" names_no_path "$bundle/bin/busbar"
    expect "$arch: nothing of it can be written by others" test -z "$(find "$bundle" ! -type l -perm /022)"
    expect "$arch: it says version, architecture and commit" \
        test "$(cut -d ' ' -f 1 "$bundle/share/busbar/version" | tr '\n' ' ')" = "version arch commit "
}

# ---- alone ---------------------------------------------------------------------------------------------------

emulator() {
    case $arch in
    "$native") ;;
    arm64) echo qemu-aarch64-static ;;
    armhf) echo qemu-arm-static ;;
    *) echo none ;;
    esac
}

# as_command: the beginning of a command line that runs Busbar in $root, where there is nothing but the bundle.
as_command() {
    busbar=(env -i HOME=/ PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "${runner[@]}" /busbar/lib/ld.so --inhibit-cache
        --library-path /busbar/lib --argv0 busbar /busbar/bin/busbar)
}

says_version() { [[ $("${busbar[@]}" --version) == "busbar $(sed -n 's/^version //p' "$bundle/share/busbar/version")" ]]; }

make_root() {
    root=$tmp/root-$arch
    runner=()
    mkdir -p "$root/etc" "$root/state" "$root/proc"
    cp -a "$bundle" "$root/busbar"
    printf 'root:x:0:0::/:/busbar\n' >"$root/etc/passwd"
    printf 'nameserver 192.0.2.1\n' >"$root/etc/resolv.conf"
    printf '127.0.0.1 broker.test\n' >"$root/etc/hosts"
    if [[ -n $(emulator) ]]; then
        cp "$(command -v "$(emulator)")" "$root/emulator"
        runner=(/emulator)
    fi
    as_command
}

# ---- with others ---------------------------------------------------------------------------------------------

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_broker() {
    port=$(free_port)
    tls_port=$(free_port)
    http_port=$(free_port)
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=broker.test -addext subjectAltName=DNS:broker.test \
        -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null
    chmod 644 "$tmp/key.pem"
    chmod 755 "$tmp"
    printf 'listener %d 127.0.0.1\nallow_anonymous true\nlistener %d 127.0.0.1\nallow_anonymous true\ncertfile %s\nkeyfile %s\n' \
        "$port" "$tls_port" "$tmp/cert.pem" "$tmp/key.pem" >"$tmp/mosquitto.conf"
    mosquitto -c "$tmp/mosquitto.conf" >"$tmp/mosquitto.log" 2>&1 &
    children+=($!)
}

# A private bus whose socket lies in $root.
start_bus() {
    cat >"$tmp/bus.conf" <<XML
<busconfig><type>session</type><listen>unix:path=$root/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy></busconfig>
XML
    dbus-daemon --nofork --config-file="$tmp/bus.conf" >"$tmp/bus.log" 2>&1 &
    children+=($!)
    soon 10 test -S "$root/bus"
}

ask() { dbus-send --bus="unix:path=$root/bus" --print-reply --reply-timeout=3000 --dest="$1" "$2" "$3" ${4:+"$4"}; }
owned() { ask org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:com.victronenergy.battery.busbar | grep -q 'boolean true'; }
shows_soc() { ask com.victronenergy.battery.busbar /Soc com.victronenergy.BusItem.GetValue | grep -q 'variant *double [0-9]'; }

configuration() {
    printf '{ "gx": { "url": "%s"%s }, "dbus": { "bus": "unix:path=/bus", "settings_timeout_s": 1 }, "state_dir": "/state",
        "http": { "listen": "127.0.0.1:%d" } }\n' "$1" "$2" "$http_port"
}

figure() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$2/status"; }

# The page as a browser gets it, its scripts included.
page_served() {
    python3 - "http://127.0.0.1:$http_port/" <<'PYTHON'
import gzip, re, sys, urllib.request
def fetched(path):
    answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, headers={"Accept-Encoding": "gzip"}), timeout=20)
    return gzip.decompress(answer.read()).decode() if answer.headers["Content-Encoding"] == "gzip" else answer.read().decode()
files = re.findall(r'(?:src|href)="([a-z]+[.](?:js|css))"', fetched(""))
assert {"app.js", "app.css"} <= set(files), files
assert all(len(fetched(file)) > 5000 for file in files)
PYTHON
}

# read_by_eight PID: eight browsers look at the page for some seconds; resident memory then, in kB.
read_by_eight() {
    python3 - "$http_port" "$1" <<'PYTHON'
import re, socket, sys, time
streams = []
for _ in range(8):
    stream = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    stream.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    streams.append(stream)
end = time.monotonic() + 6
for stream in streams:
    stream.settimeout(10)
    assert b"200" in stream.recv(65536)
while time.monotonic() < end:
    for stream in streams:
        stream.settimeout(0.1)
        try:
            assert stream.recv(1 << 20)
        except TimeoutError:
            pass
print(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{sys.argv[2]}/status").read())[1])
PYTHON
}

# Under an emulator the figure is the emulator's. TLS needs 1.5 MB: certificates, and more of OpenSSL.
check_page() {
    local resident
    expect "$arch, $1: the web page is served" soon 20 page_served
    [[ ${#runner[@]} == 0 ]] || return 0
    resident=$(read_by_eight "$2")
    say "$arch, $1: resident $resident kB with eight readers of the page"
    expect "$arch, $1: … in less than $3 kB" test "$resident" -lt "$3"
}

# runs WHERE URL MORE RESIDENT_KiB: Busbar in $root, against a bank that is simulated by the same bundle.
runs() {
    local program simulated from
    configuration "$2" "$3" >"$root/busbar.json"
    "${busbar[@]}" simulate --url "mqtt://127.0.0.1:$port" --packs 3 >"$tmp/simulate.log" 2>&1 &
    simulated=$!
    sleep 2
    from=$EPOCHREALTIME
    "${busbar[@]}" run -c /busbar.json >"$tmp/run.log" 2>&1 &
    program=$!
    children+=("$simulated" "$program")
    expect "$arch, $1: the name is owned on D-Bus" soon 60 owned
    expect "$arch, $1: the bank of the broker is published" soon 60 shows_soc
    say "$arch, $1: published after $(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $from }") s," \
        "resident $(figure VmRSS "$program") kB, address space $(figure VmSize "$program") kB${runner[*]:+ (with the emulator)}"
    owned >/dev/null 2>&1 || tail -n 20 "$tmp/run.log"
    check_page "$1" "$program" "$4"
    kill -TERM "$program"
    expect "$arch, $1: SIGTERM ends it in order" wait "$program"
    kill "$simulated"
    wait "$simulated" || true
    expect "$arch, $1: the name is given back" soon 10 not owned
    rm -f "$root/state/state.json"
}

# A root of Debian 11, with its libraries, its resolver modules and nothing to stop them.
old_root() {
    local base
    if ! base=$(tests/packages/old_debian "$arch" 2>"$tmp/why"); then
        skip "$arch in a glibc 2.31 root: $(cat "$tmp/why")"
        return 1
    fi
    cp -a "$base" "$tmp/old-$arch"
    mkdir -p "$tmp/old-$arch/state"
    cp -a "$root/busbar" "$tmp/old-$arch/busbar"
    cp "$root/etc/hosts" "$tmp/old-$arch/etc/hosts"
    [[ ${#runner[@]} == 0 ]] || cp "$root/emulator" "$tmp/old-$arch/emulator"
    root=$tmp/old-$arch
    as_command
}

check_running() {
    start_bus
    runs "$1" "mqtt://broker.test:$port" '' 14336
    cp "$tmp/cert.pem" "$root/ca.pem"
    runs "$1, TLS" "mqtts://broker.test:$tls_port" ', "tls": { "ca_file": "/ca.pem" }' 15872
}

check() {
    local arch=$1 bundle root runner busbar
    bundle=${BUNDLE:-$work/busbar-$arch}
    [[ -d $bundle ]] || docker/bundle/make "$arch" "$work"
    check_contents
    if [[ -n $(emulator) ]] && ! command -v "$(emulator)" >/dev/null; then
        skip "$arch: running it needs $(emulator), Debian package qemu-user-static"
        return
    fi
    ((EUID == 0)) || { skip "$arch: running it in a root of its own needs root" && return; }
    make_root
    expect "$arch: in an empty root it says the bundle's version" says_version
    expect "$arch: in an empty root it takes the defaults" "${busbar[@]}" config --effective
    check_running "empty root"
    if old_root; then check_running "glibc 2.31 root"; fi
}

start_broker
for arch in "${wanted[@]}"; do check "$arch"; done
verdict
