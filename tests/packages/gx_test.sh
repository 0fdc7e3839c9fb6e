#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the GX archive: a life on a stand-in for Venus OS, from the stick to the uninstallation, with real daemontools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
    cat <<'TEXT'
usage: tests/packages/gx_test.sh [ARCH]

  ARCH  armhf (emulated; needs binfmt_misc with qemu-arm) or the architecture of this machine (default)

The stand-in is Debian 11, which has the C library of Venus OS 2.80 to 3.55, with busybox for the commands of the shell, daemontools, D-Bus and
mosquitto; kept in build/packages/root-gx-ARCH. Needs root and mmdebstrap.
TEXT
}

native=$(dpkg --print-architecture)
arch=${1:-$native}
[[ $arch =~ ^(amd64|arm64|armhf)$ ]] || { usage && exit 2; }
say() { printf 'gx_test: %s\n' "$*"; }
skip() { say "SKIP $*" && exit 0; }

((EUID == 0)) || skip "needs root for a chroot with mounts"
command -v mmdebstrap >/dev/null || skip "there is no mmdebstrap"
unshare --mount --net --pid --fork true 2>/dev/null || skip "no mount and process namespaces here"
if [[ $arch != "$native" ]] && ! grep -qsx enabled "/proc/sys/fs/binfmt_misc/qemu-${arch/armhf/arm}"; then
    skip "binfmt_misc does not run programs for $arch here"
fi

work=$PWD/build/packages
base=$work/root-gx-$arch
mkdir -p "$work"
tmp=$(mktemp -d "$work/gx-test.XXXXXX")
trap 'rm -rf --one-file-system "$tmp"' EXIT
say "on $arch$([[ $arch == "$native" ]] && echo , native || echo , emulated)"

make_base() {
    [[ ! -e $base.made ]] || return 0
    say "making the stand-in"
    rm -rf "$base"
    mmdebstrap --variant=minbase --architectures="$arch" bullseye "$base" "deb ${MIRROR:-http://deb.debian.org/debian} bullseye main" \
        --include=busybox-static,daemontools,ca-certificates,dbus,mosquitto \
        >"$base.log" 2>&1 || { tail "$base.log" && exit 1; }
    touch "$base.made"
}

# What a GX has and Debian has not, and the other way round.
make_root() {
    cp -a "$base" "$tmp/root"
    rm -f "$tmp/root"/dev/* 2>/dev/null || true
    mkdir -p "$tmp/root"/{data/conf,data/log,service,run/dbus,opt/bin,root/out,dev/shm}
    rm -rf "$tmp/root/var/log"
    ln -s /data/log "$tmp/root/var/log"
    local applet
    for applet in $("$base/bin/busybox" --list); do
        # GNU tar stands for that of Venus OS where its own installer unpacks: Debian's busybox tar has no --exclude. The
        # supervision tools are those of daemontools, as on a GX; Debian's busybox shell would take its own, so dash is the shell.
        case $applet in
        busybox | sh | ash | svc | svok | setuidgid | softlimit | env*dir | envuidgid) ;;
        *) ln -sf /bin/busybox "$tmp/root/opt/bin/$applet" ;;
        esac
    done
    cp tests/packages/gx_inside.sh "$tmp/root/root/gx_inside.sh"
}

# variant VERSION EDIT: another archive made from the real one; EDIT is done in the folder of its program.
variant() {
    local folder=$tmp/variant out=$tmp/root/root/out file
    rm -rf "$folder"
    mkdir "$folder"
    tar -xzf "$real" -C "$folder"
    file=venus-data-busbar-$1-$arch.tgz
    (
        cd "$folder/apps/busbar/incoming"
        sed -i "s/^version .*/version $1/" share/busbar/version
        eval "$2"
        find . -type f ! -name files.sha256 -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >"$tmp/sums"
        cp "$tmp/sums" share/busbar/files.sha256
        eval "${3:-}"
    )
    tar -C "$folder" -cf - rc apps | gzip -1 >"$out/$file"
    (cd "$out" && sha256sum "$file" >"$file.sha256")
}

# The shell of a GX is that of busybox: it must at least understand them.
make_base
make_root
for script in docker/gx/ctl.sh docker/gx/run docker/gx/install.sh docker/gx/service/run docker/gx/service/log/run docker/gx/rc/*.sh; do
    chroot "$tmp/root" busybox ash -n <"$script" || { say "FAIL busybox does not understand $script" && exit 1; }
done
docker/gx/make "$arch" "$tmp/out" 2>"$tmp/make.log" || { cat "$tmp/make.log" && exit 1; }
real=$(ls "$tmp"/out/venus-data-busbar-*-"$arch".tgz)
cp "$tmp"/out/*.tgz* "$tmp/root/root/out"
cp "$tmp"/out/*-gx-install.sh "$tmp/root/root/install.sh"
cp docker/gx/setuphelper/setup "$tmp/root/root/setup"
# Dies as soon as it is asked to run, but passes every look at the files.
broken="cp $tmp/root/bin/false bin/busbar; printf '#!/bin/sh\necho busbar 9\n' >busbar"
variant 98.0.0 :
variant 99.0.0-broken "$broken"
variant 98.0.1-torn : 'printf x >>lib/libssl.so.3'
variant 98.0.2-foreign "sed -i 's/^arch .*/arch riscv64/' share/busbar/version"
# A new version that does not take the configuration of the old one: only `check` differs.
variant 98.0.3-strict "printf '#!/bin/sh\n[ \"\$1\" != check ]\n' >busbar"

# The first version that comes: the size on disk says how big the loop-mounted /data may be.
# shellcheck disable=SC2016 # for the inner shell
unshare --mount --net --pid --fork --kill-child sh -c '
    set -e
    root=$1
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o size=160m data "$root/data"
    mkdir -p "$root/data/conf" "$root/data/log" "$root/data/home"
    mount -t tmpfs ram "$root/service"
    mount -t tmpfs ram "$root/run"
    for device in null zero urandom random tty; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    ip link set lo up 2>/dev/null || true
    exec chroot "$root" env -i HOME=/root PATH=/opt/bin:/usr/bin:/usr/sbin:/bin:/sbin LD_LIBRARY_PATH=/nonsense \
        GX_PROOF_S=5 GX_PATIENCE_S=$((25 * $2)) SLOW=$2 sh /root/gx_inside.sh
' inside "$tmp/root" "$([[ $arch == "$native" ]] && echo 1 || echo 4)" || { say "FAILED" && exit 1; }
say "all passed"
