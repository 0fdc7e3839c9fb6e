#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests docker/Dockerfile by itself, as `docker build` uses it: from the sources, with nothing that was made before. Minutes.
# Offline but for Debian's packages: the base image is made here, of Debian's own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=dockerfile_test
. tests/packages/checks.sh

((EUID == 0)) || skip_all "buildah needs root here"
for tool in buildah mmdebstrap git; do
    has "$tool" || skip_all "there is no $tool (Debian package of that name)"
done
git rev-parse --verify --quiet HEAD >/dev/null || skip_all "this is no git repository"
arch=$(dpkg --print-architecture)
work=$PWD/build/packages
mkdir -p "$work"
tmp=$(mktemp -d "$work/dockerfile-test.XXXXXX")
mounted=''
build() { buildah --root "$tmp/store/root" --runroot "$tmp/store/run" --storage-driver vfs "$@"; }
clean() {
    [[ -z $mounted ]] || build umount "$mounted" >/dev/null || true
    rm -rf --one-file-system "$tmp" "$checks_log"
}
trap clean EXIT

base_image() {
    local container
    mmdebstrap --variant=minbase bookworm "$tmp/base.tar" "${MIRROR:-http://deb.debian.org/debian}" &&
        container=$(build from scratch) && build add -q "$container" "$tmp/base.tar" / &&
        build commit -q --rm "$container" docker.io/library/debian:bookworm-slim
}

# What is committed, as a release sees it.
from_sources() {
    git clone -q . "$tmp/context" &&
        build bud --format docker --isolation chroot --pull-never --no-cache -f "$tmp/context/docker/Dockerfile" \
            --ignorefile "$tmp/context/docker/Dockerfile.dockerignore" -t busbar "$tmp/context"
}

# same_files: the image has the files that `docker/container/make` puts into one, with the same bytes.
same_files() {
    local folder
    mounted=$(build from busbar)
    folder=$(build mount "$mounted")
    (cd "$tmp/context" && docker/bundle/make "$arch" "$tmp/bundle" && docker/container/root "$tmp/bundle/busbar-$arch" "$tmp/root")
    cp -r "$tmp/root/state/busbar" "$tmp/root/system/var/lib/"
    diff -r --no-dereference "$tmp/root/system" "$folder"
}

expect "a base image is made of Debian's packages" base_image
expect "the image is built from the sources" from_sources
expect "it is, to the last byte, the image of the packages" same_files
expect "it starts" build run --isolation chroot "${mounted:-none}" -- /usr/bin/busbar --version
verdict
