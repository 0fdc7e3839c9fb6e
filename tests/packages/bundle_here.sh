# SPDX-License-Identifier: MIT
# What stands for docker/bundle where a whole one would take too long: the program as it was built, with this machine's libraries.
# shellcheck shell=bash

# bundle_here PROGRAM ARCH FOLDER (`command`: who sources this may have an `install` of his own)
bundle_here() {
    local program=$1 bundle=$3 loader library
    mkdir -p "$bundle"/{bin,lib,share/busbar,share/licences/busbar}
    strip -o "$bundle/bin/busbar" "$program"
    command install -m 755 docker/bundle/busbar "$bundle/busbar"
    loader=$(readelf -lW "$program" | sed -n 's/.*program interpreter: \(.*\)\]$/\1/p')
    command install -m 755 "$loader" "$bundle/lib/"
    ln -s "${loader##*/}" "$bundle/lib/ld.so"
    for library in $(ldd "$program" | awk '$2 == "=>" { print $3 }'); do
        command install -m 644 "$library" "$bundle/lib/"
    done
    printf 'version 1.0.0\narch %s\ncommit none\n' "$2" >"$bundle/share/busbar/version"
    : >"$bundle/share/busbar/packages"
    command install -m 644 LICENSE "$bundle/share/licences/busbar/copyright"
}
