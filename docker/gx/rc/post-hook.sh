#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by Venus OS after it has unpacked the archive from the stick, on every start while the stick is in; $1 is "success" or
# "extraction-failed", nothing before Venus OS 3.10.
home=/data/apps/busbar
log=/var/log/busbar
patience_s=300

# For those without a shell: beside the archive, what has become of it. Where the version that wrote it is gone again, by the one
# that came.
report() {
    for stick in $home/current/gx/stick $home/incoming/gx/stick; do
        [ -f $stick ] && sh $stick report && return
    done
    # Not even unpacked.
    for archive in /media/*/venus-data*busbar*gz /media/*/venus-data.tgz; do
        [ -f "$archive" ] || continue
        report=$(dirname "$archive")/busbar-install.log
        # Not through a link that the stick may have there.
        rm -f "$report"
        tail -n 40 "$log/install.log" >"$report"
    done
    sync
}

# A new version has been proven, or given up, when its mark is gone.
report_outcome() {
    left=$patience_s
    while [ -e $home/probation ] && [ "$left" -gt 0 ]; do
        left=$((left - 1))
        sleep 1
    done
    report
}

mkdir -p "$log"
exec >>"$log/install.log" 2>&1 </dev/null
case ${1:-success} in
success)
    sh $home/incoming/gx/stick apply $home/incoming
    orders=$?
    if [ $orders -eq 11 ]; then
        rm -rf $home/incoming
        [ ! -d $home ] || report
        rmdir $home 2>/dev/null
        exit 0
    fi
    sh $home/incoming/gx/ctl.sh from-archive
    # 3: an archive that counted already.
    if [ $? -eq 3 ] && [ $orders -ne 10 ]; then exit 0; fi
    report_outcome &
    ;;
*)
    echo "$(date) not installed: Venus OS could not unpack the archive ($1); not all of it was copied, or /data has too little space"
    rm -rf $home/incoming
    report
    ;;
esac
