#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the GX archive: a life on a stand-in for Venus OS, from the stick to the uninstallation, with real daemontools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=gx_test
. tests/packages/checks.sh
. tests/packages/bundle_here.sh

usage() {
    cat <<'TEXT'
usage: tests/packages/gx_test.sh [ARCH...]
       tests/packages/gx_test.sh --here PROGRAM

  ARCH    the bundle of armhf or arm64 (emulated; needs binfmt_misc with qemu), or that of this machine. Default: this machine's,
          and armhf if it is in build/packages. The stand-in is Debian 11: ./old_debian.
  --here  a bundle made of PROGRAM, as built, and this machine's libraries; the stand-in has this machine's programs. Quick.

In both, the commands of the shell are busybox's, and daemontools, D-Bus and mosquitto are real. Needs root.
TEXT
}

native=$(dpkg --print-architecture)
work=$PWD/build/packages
program=''
wanted=()
case ${1:-} in
--here)
    program=${2:-}
    [[ $# -eq 2 && -x $program ]] || { usage && exit 2; }
    wanted=("$native")
    ;;
-*) usage && exit 2 ;;
'')
    wanted=("$native")
    [[ $native == armhf || ! -d $work/busbar-armhf ]] || wanted+=(armhf)
    ;;
*) wanted=("$@") ;;
esac

((EUID == 0)) || skip_all "needs root for a chroot with mounts"
unshare --mount --net --pid --fork sh -c 'mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs probe /tmp' 2>/dev/null ||
    skip_all "no namespaces for processes and mounts here"
mkdir -p "$work"
tmp=$(mktemp -d "$work/gx-test.XXXXXX")
trap 'rm -rf --one-file-system "$tmp" "$checks_log"' EXIT

# ---- the stand-in --------------------------------------------------------------------------------------------

# This machine's programs in a root of their own: empty folders, over which /usr is mounted later.
base_here() {
    local tool folder
    for tool in busybox svscan dbus-daemon dbus-send mosquitto ip; do
        has "$tool" || skip_all "there is no $tool"
    done
    base=$tmp/base
    mkdir -p "$base"/{usr,etc,dev,proc,tmp,root,var}
    for folder in bin sbin lib lib32 lib64 libx32; do
        [[ ! -L /$folder ]] || ln -s "usr/$folder" "$base/$folder"
    done
    [[ -L $base/bin ]] || skip_all "this machine keeps /bin apart from /usr"
    cp /etc/{passwd,group,nsswitch.conf} "$base/etc"
    cp -r /etc/ld.so.* /etc/ssl "$base/etc"
    chmod 1777 "$base/tmp"
}

# What a GX has and Debian has not, and the other way round.
make_root() {
    root=$tmp/root
    rm -rf "$root"
    cp -a "$base" "$root"
    rm -f "$root"/dev/* 2>/dev/null || true
    mkdir -p "$root"/{data/conf,data/log,service,run/dbus,opt/bin,root/out,dev/shm,media}
    rm -rf "$root/var/log"
    ln -s /data/log "$root/var/log"
    local applet busybox=$base/bin/busybox
    [[ -z $program ]] || busybox=$(command -v busybox)
    for applet in $("$busybox" --list); do
        # GNU tar stands for that of Venus OS where its own installer unpacks: Debian's busybox tar has no --exclude. The
        # supervision tools are those of daemontools, as on a GX; Debian's busybox shell would take its own, so dash is the shell.
        case $applet in
        busybox | sh | ash | svc | svok | setuidgid | softlimit | env*dir | envuidgid) ;;
        *) ln -sf /bin/busybox "$root/opt/bin/$applet" ;;
        esac
    done
    cp tests/packages/gx_inside.sh tests/packages/checks.sh docker/gx/setuphelper/setup "$root/root"
}

# ---- archives ------------------------------------------------------------------------------------------------

# variant VERSION EDIT: another archive made from the real one; EDIT is done in the folder of its program.
variant() {
    local folder=$tmp/variant out=$root/root/out file
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

make_archives() {
    local made=$tmp/out-$arch broken
    docker/gx/make "$arch" "$made" 2>"$tmp/make.log" || { cat "$tmp/make.log" && return 1; }
    real=$(ls "$made"/venus-data-busbar-*-"$arch".tgz)
    cp "$made"/*.tgz* "$root/root/out"
    cp "$made"/*-gx-install.sh "$root/root/install.sh"
    # Dies as soon as it is asked to run, but passes every look at the files.
    broken="printf '#!/bin/sh\nexit 1\n' >bin/busbar; printf '#!/bin/sh\necho busbar 9\n' >busbar"
    variant 98.0.0 :
    variant 99.0.0-broken "$broken"
    variant 98.0.1-torn : 'printf x >>lib/libssl.so.3'
    variant 98.0.2-foreign "sed -i 's/^arch .*/arch riscv64/' share/busbar/version"
    # As up to 0.3: state and configuration in one folder, nobody's, and no page for the screen. Here nothing but that is as it was.
    variant 97.0.0-old "rm -rf gx/settle gx/screen; sed -i 's|^\"\$app/gx/settle.*|chown nobody \$conf \$conf/state.json; export STATE_DIRECTORY=\$conf|' gx/run"
    # A new version that does not take the configuration of the old one: only `check` differs.
    variant 98.0.3-strict "printf '#!/bin/sh\n[ \"\$1\" != check ]\n' >busbar"
}

# ---- its life ------------------------------------------------------------------------------------------------

# What is mounted is gone with the namespace.
# shellcheck disable=SC2016 # for the inner shell
inside='
    set -e
    root=$1 here=$2 patience=$3
    mount --make-rprivate /
    [ -z "$here" ] || { mount --bind /usr "$root/usr" && mount -o remount,bind,ro "$root/usr"; }
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o size=160m data "$root/data"
    mkdir -p "$root/data/conf" "$root/data/log" "$root/data/home"
    mount -t tmpfs ram "$root/service"
    mount -t tmpfs ram "$root/run"
    for device in null zero urandom random tty; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    ip link set lo up
    # No localsettings here, for whose answer Busbar would wait 10 s.
    exec chroot "$root" env -i HOME=/root PATH=/opt/bin:/usr/bin:/usr/sbin:/bin:/sbin LD_LIBRARY_PATH=/nonsense \
        BUSBAR_DBUS__SETTINGS_TIMEOUT_S=1 GX_PROOF_S=3 GX_PATIENCE_S=$((120 * patience)) PATIENCE="$patience" sh /root/gx_inside.sh
'

live_on() {
    local arch=$1 base root real patience=4
    [[ $arch != "$native" ]] || patience=1
    if [[ -n $program ]]; then
        base_here
        bundle_here "$program" "$arch" "$tmp/bundle"
        export BUNDLE=$tmp/bundle
    elif ! base=$(tests/packages/old_debian "$arch" 2>"$tmp/why"); then
        skip "$arch: no stand-in: $(cat "$tmp/why")"
        return
    fi
    say "---- $arch, $([[ $arch == "$native" ]] && echo native || echo emulated)"
    make_root
    make_archives
    unshare --mount --net --pid --fork --kill-child sh -c "$inside" inside "$root" "$program" "$patience" || true
    local counts=(0 1 0)
    if [[ -s $root/root/counts ]]; then
        read -ra counts <"$root/root/counts"
    else
        say "FAIL $arch: the test did not come to its end"
    fi
    passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
}

for each in "${wanted[@]}"; do live_on "$each"; done
verdict
