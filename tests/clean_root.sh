#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs a command on this tree in a fresh, minimal Debian: does ./dev really need nothing done before?
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: tests/clean_root.sh [--again] [--offline] FOLDER COMMAND...      (as root; needs debootstrap)

  FOLDER     lies outside the repository; FOLDER/base becomes a minimal Debian and stays for the next time,
             FOLDER/run is a copy of it, made anew, with this tree (without build/) in /busbar
  --again    run in the FOLDER/run that is there, packages and build folders included; the tree is not copied
  --offline  only a loopback interface: whatever asks the network fails
  COMMAND    is run in /busbar, for example ./dev test

Environment: SUITE (bookworm), MIRROR (http://deb.debian.org/debian), CPUS (cores to use, such as 2).
Example: tests/clean_root.sh /var/tmp/clean ./dev test && tests/clean_root.sh --again --offline /var/tmp/clean ./dev test
TEXT
}

again=no
offline=no
while [[ ${1:-} == --* ]]; do
    case $1 in
    --again) again=yes ;;
    --offline) offline=yes ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
    shift
done
if (($# < 2)); then
    usage >&2
    exit 2
fi
((EUID == 0)) || { echo "clean_root: must be root (chroot, mount)" >&2 && exit 1; }

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
case $folder/ in
"$tree"/*) echo "clean_root: $folder lies inside the repository" >&2 && exit 1 ;;
esac

make_base() {
    [[ ! -e $folder/base.done ]] || return 0
    rm -rf "$folder/base"
    debootstrap --variant=minbase "${SUITE:-bookworm}" "$folder/base" "${MIRROR:-http://deb.debian.org/debian}" \
        >"$folder/debootstrap.log" || { tail "$folder/debootstrap.log" >&2 && exit 1; }
    rm -rf "$folder/base/var/lib/apt/lists" "$folder"/base/var/cache/apt/archives/*.deb
    touch "$folder/base.done"
}

make_run() {
    rm -rf --one-file-system "$folder/run"
    cp -a "$folder/base" "$folder/run"
    mkdir "$folder/run/busbar"
    # Debian's installer makes it, debootstrap does not.
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$folder/run/etc/hosts"
    tar -C "$tree" -c --exclude=./build --exclude=./.git . | tar -C "$folder/run/busbar" -x --no-same-owner
}

# Everything that is mounted lives in a namespace of its own and is gone with it.
inside='
    set -e
    root=$1; offline=$2; shift 2
    mount --make-rprivate /
    # A mount of its own and the root of the namespace, as on a real machine: container tools mount over it.
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    [ "$offline" = no ] || ip link set lo up
    cd "$root"
    pivot_root . mnt
    exec chroot . sh -c "umount -l /mnt && exec \"\$@\"" sh env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb "$@"
'

if [[ $again == no ]]; then
    make_base
    make_run
fi
[[ -d $folder/run/busbar ]] || { echo "clean_root: nothing to run again in $folder" >&2 && exit 1; }
cp -L /etc/resolv.conf "$folder/run/etc/resolv.conf"

spaces=(--mount --pid --fork --kill-child)
[[ $offline == no ]] || spaces+=(--net)
proxies=()
for name in http_proxy https_proxy no_proxy JOBS; do
    [[ -z ${!name:-} ]] || proxies+=("$name=${!name}")
done
cores=()
[[ -z ${CPUS:-} ]] || cores=(taskset -c "0-$((CPUS - 1))")

exec "${cores[@]}" unshare "${spaces[@]}" sh -c "$inside" inside "$folder/run" "$offline" \
    "${proxies[@]}" sh -c 'cd /busbar && exec "$@"' busbar "$@"
