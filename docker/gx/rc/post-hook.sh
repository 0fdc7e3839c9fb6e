#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by Venus OS after it has unpacked the archive from the stick, on every start while the stick is in; $1 is "success" or
# "extraction-failed", nothing before Venus OS 3.10.
log=/var/log/busbar
mkdir -p "$log"
exec >>"$log/install.log" 2>&1 </dev/null
case ${1:-success} in
success) sh /data/apps/busbar/incoming/gx/ctl.sh from-archive ;;
*)
    echo "$(date) not installed: Venus OS could not unpack the archive ($1); is there enough space on /data?"
    rm -rf /data/apps/busbar/incoming
    ;;
esac
