#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the Debian package: how it is made, what is in it, and its life on booted Debian 12 and 13 systems in containers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=deb_test
. tests/packages/checks.sh
# Said once, so that a commit while this runs does not give half of the files another version.
eval "$(docker/version)"

. tests/packages/bundle_here.sh

usage="usage: tests/packages/deb_test.sh [RELEASE...]   (Debian releases to boot; default: bookworm trixie)
       tests/packages/deb_test.sh --here PROGRAM   (made of it, as built, and this machine's libraries; looked into, not booted)"
here=''
if [[ ${1:-} == --here && $# -eq 2 && -x $2 ]]; then here=$2 && shift 2; fi
[[ ${1:-} != -* ]] || { echo "$usage" && exit 2; }
releases=("$@")
((${#releases[@]} > 0)) || releases=(bookworm trixie)

work=$PWD/build/packages
arch=$(dpkg --print-architecture)
export BUNDLE=${BUNDLE:-$work/busbar-$arch}
later=99.0.0
mkdir -p "$work"
tmp=$(mktemp -d "$work/deb-test.XXXXXX")
leader='' booted=''

# ---- how it is made, what is in it --------------------------------------------------------------------------

program() { "$BUNDLE/busbar" "$@"; }

same() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }

# well_owned DEB: all is root's; others can read it and none can write.
well_owned() { not grep -v '^[-dl][rwx-]\{3\}[r-]-[x-]r-[x-] root/root \|^l' < <(dpkg-deb -c "$1"); }

# Each library in the package belongs to a package whose licence is in the file copyright.
licences_complete() {
    local package _
    while read -r package _; do
        grep -qx "$package" "$tmp/tree/usr/share/doc/busbar/copyright" || { echo "no licence of $package" && return 1; }
    done <"$tmp/tree/usr/lib/busbar/share/busbar/packages"
}

# own_mdns FOLDER: Debian 13's module would want a newer C library, and venus.local would not be found.
own_mdns() {
    [[ $("$1/ld.so" --inhibit-cache --library-path "$1" --list "$1/libnss_mdns4_minimal.so.2") == *"libc.so.6 => $1/libc.so.6"* ]]
}

check_package() {
    local deb=$1
    mkdir "$tmp/again" "$tmp/tree"
    docker/deb/make "$arch" "$tmp/again" 2>/dev/null
    expect "the same commit gives the same bytes" cmp "$deb" "$tmp/again/$(basename "$deb")"
    dpkg-deb -R "$deb" "$tmp/tree"
    expect "all files are root's" well_owned "$deb"
    expect "the licence of everything shipped is in the file copyright" licences_complete
    expect "the installed configuration has no errors" program check "$tmp/tree/etc/busbar/busbar.json"
    expect "the module for names in .local goes with the C library that is shipped" own_mdns "$tmp/tree/usr/lib/busbar/lib"
    if command -v lintian >/dev/null; then
        expect "lintian finds nothing" lintian --allow-root --tag-display-limit 0 --fail-on error,warning "$deb"
    else
        skip "lintian: not installed"
    fi
}

# The package of this machine's libraries, unpacked: it starts from there, its scripts are for sh, a new version is newer.
check_unpacked() {
    local deb=$1 tree=$tmp/unpacked script
    dpkg-deb -x "$deb" "$tree" && dpkg-deb -e "$deb" "$tree/DEBIAN"
    expect "the program starts from where it is installed" "$tree/usr/bin/busbar" --version
    expect "the installed configuration has no errors" "$tree/usr/bin/busbar" check "$tree/etc/busbar/busbar.json"
    for script in preinst postinst prerm postrm; do expect "$script is for sh" sh -n "$tree/DEBIAN/$script"; done
    expect "all files are root's" well_owned "$deb"
    expect "it says this version" same "$BUSBAR_VERSION" "$(dpkg-deb -f "$deb" Version)"
    expect "… which is newer than the last release" dpkg --compare-versions "$BUSBAR_VERSION" gt 0.3.0
    expect "nothing in it is left to be filled in" not grep -rqE '@[A-Z]+@' "$tree/DEBIAN" "$tree/usr/share/doc/busbar/copyright"
}

# Packages for other machines, of bundles that are there.
check_foreign() {
    local other file
    for other in amd64 arm64 armhf; do
        [[ $other != "$arch" ]] || continue
        [[ -x $work/busbar-$other/bin/busbar ]] || { skip "package for $other: no bundle in build/packages/busbar-$other" && continue; }
        mkdir "$tmp/$other"
        BUNDLE=$work/busbar-$other docker/deb/make "$other" "$tmp/$other" 2>/dev/null
        file=("$tmp/$other"/*.deb)
        expect "the package for $other says so" same "$other" "$(dpkg-deb -f "${file[0]}" Architecture)"
        ! command -v lintian >/dev/null ||
            expect "lintian finds nothing in the package for $other" lintian --allow-root --fail-on error,warning "${file[0]}"
    done
}

# ---- containers ---------------------------------------------------------------------------------------------

# Everything that leaves the script goes through here; only what it started is ended.
stop_container() {
    [[ -z $leader ]] || kill -s RTMIN+4 "$leader" 2>/dev/null || true
    [[ -z $booted ]] || wait "$booted" || true
    leader='' booted=''
}
trap 'stop_container; rm -rf "$tmp" "$checks_log"' EXIT
trap 'exit 130' INT TERM
trap 'say "FAIL in line $LINENO: $BASH_COMMAND"' ERR

# base RELEASE: a Debian with systemd, a bus and a broker; made once.
base() {
    local root=$work/root-$1
    [[ ! -e $root/made ]] || return 0
    rm -rf "$root"
    say "laying out $1"
    mmdebstrap --variant=minbase --include=systemd-sysv,dbus,mosquitto,mosquitto-clients,ca-certificates \
        "$1" "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$root.log" 2>&1 || return
    touch "$root/made"
}

child() { cat "/proc/$1/task/$1/children" 2>/dev/null; }

# find_leader: nspawn forks once to look after the container, whose init is the child of that.
find_leader() {
    leader=$(child "$booted")
    leader=${leader%% *}
    [[ -n $leader && $(readlink "/proc/$leader/exe") == */systemd ]]
}

inside() { nsenter -t "$leader" -m -u -i -n -p -- "$@"; }
is_up() { [[ $(inside systemctl is-system-running) =~ ^(running|degraded)$ ]]; }

# A network of its own: a broker of this machine is neither seen nor disturbed.
boot() {
    systemd-nspawn -q -D "$1" -b --register=no --keep-unit --private-network --console=pipe </dev/null >"$tmp/boot.log" 2>&1 &
    booted=$!
    soon 60 find_leader && soon 60 is_up
}

can_boot() {
    local tool
    ((EUID == 0)) || { echo "not root" && return 1; }
    for tool in systemd-nspawn mmdebstrap nsenter; do
        command -v "$tool" >/dev/null || { echo "no $tool here (packages systemd-container, mmdebstrap, util-linux)" && return 1; }
    done
}

# ---- the package's life -------------------------------------------------------------------------------------

name=com.victronenergy.battery.busbar
install() { inside env DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i "/root/$(basename "$1")"; }
show() { inside systemctl show -p "$1" --value busbar; }
is() { [[ $(show "$1") == "$2" ]]; }
owner_pid() { inside busctl --system call org.freedesktop.DBus / org.freedesktop.DBus GetConnectionUnixProcessID s "$name" | cut -d' ' -f2; }
owned_by_service() { [[ $(owner_pid) == "$(show MainPID)" ]]; }
value() { inside busctl --system call "$name" "$1" com.victronenergy.BusItem GetValue; }
rename() { inside "${@:2}" busctl --system call "$name" /CustomName com.victronenergy.BusItem SetValue v s "$1"; }
as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
is_called() { [[ $(value /CustomName) == "v s \"$1\"" ]]; }
has_number() { [[ $(value "$1") =~ ^v\ [diunxtqy]\ [0-9.-]+$ ]]; }
is_gone() { not inside busctl --system status "$name"; }
remembers() { inside grep -q "$1" /var/lib/busbar/state.json; }

# life_of_service: what an installation must give.
life_of_service() {
    expect "the service is active once it says so" soon 10 is ActiveState active
    expect "it runs as user busbar" same busbar "$(inside stat -c %U "/proc/$(show MainPID)")"
    expect "it owns its name on the system bus" soon 30 owned_by_service
    expect "it publishes what the batteries say" soon 30 has_number /Soc
    expect "limits have numbers" soon 30 has_number /Info/MaxChargeCurrent
}

rights_on_the_bus() {
    expect "everybody may read" inside "${as_nobody[@]}" busctl --system call "$name" / com.victronenergy.BusItem GetItems
    expect "not everybody may change" not rename intruder "${as_nobody[@]}"
    expect "nobody else may take the name" not inside "${as_nobody[@]}" busctl --system call org.freedesktop.DBus / \
        org.freedesktop.DBus RequestName su com.victronenergy.battery.other 4
    expect "root may change" rename "First name" env
    expect "a change is kept" soon 10 remembers "First name"
    expect "others cannot read the state" not inside "${as_nobody[@]}" cat /var/lib/busbar/state.json
}

reload() {
    local pid
    pid=$(show MainPID)
    expect "reload takes up a good configuration" inside systemctl reload busbar
    inside cp /etc/busbar/busbar.json /root/good.json
    inside sh -c 'echo "{\"site\": 7, \"nonsense\": 1}" >/etc/busbar/busbar.json'
    expect "reload refuses a bad configuration" not inside systemctl reload busbar
    expect "which leaves the old in force" is MainPID "$pid"
    expect "and the service active" is ActiveState active
    inside cp /root/good.json /etc/busbar/busbar.json
}

# active_for SECONDS: by systemd's own account, so that a restart in between begins anew.
active_for() { (($(cut -d . -f 1 /proc/uptime) * 1000000 - $(show ActiveEnterTimestampMonotonic) > $1 * 1000000)); }

# A watchdog of 6 s instead of 60 s: short for a test, and long enough for a machine that has other things to do.
watchdog() {
    local pid before
    inside sh -c 'mkdir -p /run/systemd/system/busbar.service.d
        printf "[Service]\nWatchdogSec=6\nRestartSec=1\n" >/run/systemd/system/busbar.service.d/test.conf
        systemctl daemon-reload; systemctl restart busbar'
    soon 10 is ActiveState active
    pid=$(show MainPID) before=$(show NRestarts)
    soon 30 active_for 8
    expect "a service that turns is left alone by the watchdog" is MainPID "$pid"
    inside sh -c "kill -STOP $pid"
    expect "one that hangs is started again" soon 30 is NRestarts "$((before + 1))"
    expect "and owns its name again" soon 30 owned_by_service
    inside sh -c 'rm -r /run/systemd/system/busbar.service.d; systemctl daemon-reload; systemctl restart busbar'
}

upgrade() {
    local pid
    pid=$(show MainPID)
    inside sed -i 's/"site": "home"/"site": "boat"/' /etc/busbar/busbar.json
    expect "an upgrade installs" install "$1"
    expect "and runs the new program" not is MainPID "$pid"
    expect "which dpkg knows" same "$later" "$(inside dpkg-query -W -f "\${Version}" busbar)"
    expect "the owner's configuration is kept" inside grep -q '"site": "boat"' /etc/busbar/busbar.json
    expect "so is the state" soon 30 is_called "First name"
}

removal() {
    expect "remove" inside dpkg -r busbar
    expect "the service has ended" not inside systemctl is-active busbar
    expect "the name is gone" soon 10 is_gone
    expect "configuration is kept" inside test -s /etc/busbar/busbar.json
    expect "state is kept" remembers "First name"
    expect "it can be installed again" install "$1"
    life_of_service
    expect "with the old name" soon 30 is_called "First name"
    inside systemctl disable --now busbar
    expect "an upgrade of a disabled service" install "$1"
    expect "leaves it disabled" same disabled "$(inside systemctl is-enabled busbar)"
    expect "purge" inside dpkg -P busbar
    expect "leaves no file" same "" "$(inside find / -xdev -name '*busbar*' ! -path '/root/*')"
    expect "and no user" not inside getent passwd busbar
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# memory PID: for people.
memory() {
    inside sed -n 's/^VmRSS:[ \t]*/resident /p; s/^RssAnon:[ \t]*/anonymous /p; s/^VmSize:[ \t]*/address space /p' \
        "/proc/$1/status" | paste -sd,
}

measure() {
    local begin owned
    inside systemctl stop busbar
    expect "it ends in order" same "success 0" "$(show Result) $(show ExecMainStatus)"
    begin=$(milliseconds)
    inside systemctl start busbar
    say "info active after $(($(milliseconds) - begin)) ms"
    soon 30 owned_by_service
    owned=$(milliseconds)
    say "info name owned after $((owned - begin)) ms"
    say "info $(memory "$(show MainPID)"), installed $(inside du -sk /usr/lib/busbar | cut -f1) kB"
}

live_through() {
    local root=$tmp/root
    cp -a "$work/root-$1" "$root"
    cp "$2" "$3" "$root/root/"
    if ! boot "$root"; then
        skip "$1: a container does not boot here: $(tail -n 3 "$tmp/boot.log" | tr '\n' ' ')"
        stop_container
        rm -rf "$root"
        return
    fi
    say "---- $1, systemd $(inside systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')"
    expect "it installs" install "$2"
    inside systemd-run -q --unit=gx busbar simulate --url mqtt://127.0.0.1:1883 --seed 3 --packs 3
    life_of_service
    measure
    rights_on_the_bus
    reload
    watchdog
    upgrade "$3"
    removal "$3"
    ((failed == 0)) || inside journalctl --no-pager -u busbar -n 40
    stop_container
    rm -rf "$root"
}

# ---- all of it ----------------------------------------------------------------------------------------------

if [[ -n $here ]]; then
    bundle_here "$here" "$arch" "$tmp/bundle"
    mkdir "$tmp/first"
    expect "the package is made" env "BUNDLE=$tmp/bundle" docker/deb/make "$arch" "$tmp/first"
    check_unpacked "$tmp/first/busbar_${BUSBAR_VERSION}_$arch.deb"
    verdict
    exit
fi
[[ -x $BUNDLE/bin/busbar ]] || docker/bundle/make "$arch" "$(dirname "$BUNDLE")"
mkdir "$tmp/first" "$tmp/later"
docker/deb/make "$arch" "$tmp/first"
BUSBAR_VERSION=$later docker/deb/make "$arch" "$tmp/later" 2>/dev/null
first=("$tmp"/first/*.deb)
check_package "${first[0]}"
check_foreign
if reason=$(can_boot); then
    for release in "${releases[@]}"; do
        if base "$release"; then
            live_through "$release" "${first[0]}" "$tmp/later/busbar_${later}_$arch.deb"
        else
            skip "$release: mmdebstrap could not lay it out, log in $work/root-$release.log"
        fi
    done
else
    skip "booted systems: $reason"
fi
verdict
