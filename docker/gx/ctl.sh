#!/bin/sh
# SPDX-License-Identifier: MIT
# Enables, disables, updates and removes Busbar on a GX. Only /data and /service (RAM) are written, never the root file system.
set -u
# The service, which is not root, must get there.
umask 022

home=/data/apps/busbar
service=/service/busbar
conf=/data/conf/busbar
logs=/var/log/busbar
boot_file=/data/rc.local
boot_line="[ ! -x $home/ctl.sh ] || $home/ctl.sh boot </dev/null >>$logs/install.log 2>&1 & # busbar"
lock=/run/busbar-ctl.lock
# Where the GX's screen, and its MQTT broker for the screen in a browser, look for plugins.
plugins=/data/apps/enabled
firmware=/opt/victronenergy/version
# A new version is kept when it has run this long without a restart, s; it gets this long to get there, s.
proof_s=${GX_PROOF_S:-15}
patience_s=${GX_PATIENCE_S:-90}
# From the boot hook on, svscan may take this long to start, s.
boot_patience_s=240

usage() {
    cat <<TEXT
usage: $home/ctl.sh COMMAND

  status          what is installed, whether it runs, what is wrong, what the GX lacks; exit code 0 if it runs and can read the GX
  enable          start it, now and after every start of the GX
  disable         stop it and do not start it again; everything stays on /data
  restart         stop and start
  logs [-f]       the log with local times; -f goes on
  rollback        back to the version before
  uninstall       remove all but configuration and state in $conf
  uninstall --all remove these as well
TEXT
}

say() { printf '%s %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$*"; }
fail() { say "busbar: $*" >&2 && exit 1; }
# As the service itself reads and writes.
as_nobody() { setuidgid nobody "$@"; }

# ---- one at a time -----------------------------------------------------------------------------------------

# Not another's, which may have begun after this one gave it back.
release_lock() { [ "$(cat "$lock/pid" 2>/dev/null)" != $$ ] || rm -rf "$lock"; }

# Atomic where flock is missing. In RAM: a lock never survives a restart. One whose owner is gone is taken over.
take_lock() {
    if ! mkdir "$lock" 2>/dev/null; then
        # One that has just been made has no number in it yet.
        [ -s "$lock/pid" ] || sleep 1
        owner=$(cat "$lock/pid" 2>/dev/null)
        [ -z "$owner" ] || ! kill -0 "$owner" 2>/dev/null || return 1
        mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
        mkdir "$lock" 2>/dev/null || return 1
    fi
    echo $$ >"$lock/pid"
    trap release_lock EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

need_lock() {
    # install.sh holds it already for the ctl.sh that it calls.
    [ "${GX_LOCK_OWNER:-}" = "$(cat "$lock/pid" 2>/dev/null)" ] && [ -n "${GX_LOCK_OWNER:-}" ] && return
    take_lock || fail "another installation is running; try again when it is done"
}

# ---- versions ----------------------------------------------------------------------------------------------

version_in() { sed -n 's/^version //p' "$1/share/busbar/version" 2>/dev/null; }
arch_in() { sed -n 's/^arch //p' "$1/share/busbar/version" 2>/dev/null; }
linked() { basename "$(readlink "$home/$1" 2>/dev/null)" 2>/dev/null; }

# By the loader of the firmware's own programs: a 64-bit kernel may carry a 32-bit system.
machine_arch() {
    for candidate in arm64:/lib/ld-linux-aarch64.so.1 armhf:/lib/ld-linux-armhf.so.3 amd64:/lib64/ld-linux-x86-64.so.2; do
        [ ! -e "${candidate#*:}" ] || { echo "${candidate%%:*}" && return; }
    done
    echo unknown
}

# point NAME VERSION: rename is atomic, but mv before busybox 1.33 has no -T; there the link is away for a moment, see boot.
point() {
    rm -f "$home/.$1.new"
    ln -s "versions/$2" "$home/.$1.new"
    mv -fT "$home/.$1.new" "$home/$1" 2>/dev/null || {
        rm -f "$home/.$1.new" "$home/$1"
        ln -s "versions/$2" "$home/$1"
    }
}

# A copy and not a link, so that it is there at every moment.
refresh_ctl() {
    cp "$home/current/gx/ctl.sh" "$home/.ctl.sh.new" && chmod 755 "$home/.ctl.sh.new" && mv -f "$home/.ctl.sh.new" "$home/ctl.sh"
}

# Versions that are neither in force nor the one to go back to.
prune() {
    for folder in "$home"/versions/* "$home"/versions/.[!.]*; do
        name=$(basename "$folder")
        [ "$name" = "$(linked current)" ] || [ "$name" = "$(linked previous)" ] || rm -rf "$folder"
    done
}

sums_hold() {
    if command -v sha256sum >/dev/null; then
        (cd "$1" && sha256sum -c share/busbar/files.sha256 >/dev/null 2>&1)
    else
        (cd "$1" && python3 -c 'import hashlib, sys
for line in open("share/busbar/files.sha256"):
    digest, name = line.rstrip("\n").split("  ", 1)
    hashlib.sha256(open(name, "rb").read()).hexdigest() == digest or sys.exit(1)')
    fi
}

# Says why FOLDER cannot be installed here, or nothing.
objection() {
    [ -n "$(version_in "$1")" ] || { echo "this is no Busbar" && return; }
    [ "$(arch_in "$1")" = "$(machine_arch)" ] ||
        { echo "this Busbar is for $(arch_in "$1"), but this machine needs $(machine_arch)" && return; }
    sums_hold "$1" || { echo "files are missing or damaged" && return; }
    "$1/busbar" --version >/dev/null 2>&1 || { echo "the program does not start" && return; }
    foreign_service && echo "$service belongs to something else"
}

# Whether nobody but root can have put anything beside the configuration, as gx/settle has it.
is_settled() {
    case $(ls -ldn "$conf/." 2>/dev/null | awk '{ print $1, $3, $4 }') in
    d????-??-*' 0 0') return 0 ;;
    *) return 1 ;;
    esac
}

check_with() { as_nobody "$1/busbar" check "$conf/busbar.json" 2>&1; }

# A version that does not take the configuration that is there would wait for another one: a bank that works would stop, and a
# new version could not prove itself.
refuses_configuration() {
    [ -e "$conf/busbar.json" ] || return 1
    # A new file of the owner's may be for root alone.
    ! is_settled || [ ! -x "$1/gx/settle" ] || "$1/gx/settle"
    ! check_with "$1" >/dev/null
}

# ---- service -----------------------------------------------------------------------------------------------

ours() { grep -q "$home/ctl.sh" "$1/run" 2>/dev/null; }
foreign_service() { { [ -e "$service" ] || [ -L "$service" ]; } && ! ours "$service"; }
rescan() { ! command -v svrescan >/dev/null || svrescan 2>/dev/null; }

put_service() {
    [ -d /service ] || fail "there is no /service: is this Venus OS?"
    ! foreign_service || fail "$service belongs to something else; remove it first"
    if [ -d "$service" ]; then
        for part in run log/run; do
            cp "$home/current/gx/service/$part" "$service/$part.new" && chmod 755 "$service/$part.new" &&
                mv -f "$service/$part.new" "$service/$part"
        done
        return
    fi
    # svscan decides about the log when it first sees the folder: it must be complete then. It passes over dot names.
    rm -rf /service/.busbar.new
    cp -r "$home/current/gx/service" /service/.busbar.new
    chmod 755 /service/.busbar.new/run /service/.busbar.new/log/run
    mv /service/.busbar.new "$service"
    rescan
}

# wait_for SECONDS COMMAND...
wait_for() {
    left=$1
    shift
    while ! "$@"; do
        [ "$left" -gt 0 ] || return 1
        left=$((left - 1))
        sleep 1
    done
}

supervised() { svok "$service" 2>/dev/null; }
unsupervised() { ! svok "$1" 2>/dev/null; }

remove_service() {
    [ -d "$service" ] && ours "$service" || return 0
    gone=/service/.busbar.gone
    rm -rf "$gone"
    mv "$service" "$gone"
    svc -dx "$gone" 2>/dev/null
    wait_for 20 unsupervised "$gone" || { svc -k "$gone" && wait_for 5 unsupervised "$gone"; }
    svc -dx "$gone/log" 2>/dev/null
    wait_for 10 unsupervised "$gone/log" || svc -k "$gone/log"
    rm -rf "$gone"
}

restart_service() {
    supervised || return 0
    svc -u "$service" 2>/dev/null
    svc -t "$service" 2>/dev/null
}

# "PID SECONDS" of what supervise runs, nothing if it runs nothing.
running() { svstat "$service" 2>/dev/null | sed -n 's/.*: up (pid \([0-9]*\)) \([0-9]*\) seconds.*/\1 \2/p'; }

# Whether process $1 is the program of the version in force and not a script on its way there.
is_program() { tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | grep -qxF "$home/versions/$(linked current)/bin/busbar"; }

runs_program() {
    # shellcheck disable=SC2046 # two words
    set -- $(running)
    [ $# -eq 2 ] && is_program "$1"
}

proven() {
    # shellcheck disable=SC2046 # two words
    set -- $(running)
    [ "${2:-0}" -ge "$proof_s" ] && is_program "$1"
}

# ---- boot hook ---------------------------------------------------------------------------------------------

has_hook() { grep -qxF "$boot_line" "$boot_file" 2>/dev/null; }

# The first line that is executed, so that no `exit` of the owner's is before it; all that is his stays as it is.
add_hook() {
    target=$(readlink -f "$boot_file" 2>/dev/null) || target=$boot_file
    if [ ! -e "$target" ]; then
        printf '#!/bin/sh\n%s\n' "$boot_line" >"$target.busbar"
        chmod 755 "$target.busbar"
    else
        case $(head -n 1 "$target") in
        '#!'*sh | '#!'*sh' '* | [!#]* | '#'[!!]* | '#' | '') ;;
        *) fail "$boot_file is not a shell script; start this at boot yourself: $home/ctl.sh boot" ;;
        esac
        [ -x "$target" ] || say "WARNING: $boot_file is not executable, so Busbar will not start with the GX; chmod 755 $boot_file"
        ! has_hook || return 0
        cp -p "$target" "$target.busbar"
        awk -v line="$boot_line" '
            NR == 1 && /^#!/ { print; print line; next }
            NR == 1 { print line }
            / # busbar$/ && /apps\/busbar\/ctl\.sh boot/ { next }
            { print }
            END { if (NR == 0) print line }' "$target" >"$target.busbar"
    fi
    mv -f "$target.busbar" "$target"
}

remove_hook() {
    has_hook || return 0
    target=$(readlink -f "$boot_file")
    cp -p "$target" "$target.busbar"
    grep -vxF "$boot_line" "$target" >"$target.busbar"
    mv -f "$target.busbar" "$target"
    [ "$(cat "$target")" != '#!/bin/sh' ] || rm -f "$boot_file"
}

# ---- page on the GX's screen -----------------------------------------------------------------------------------

# Venus OS 3.80 and later; the plugin itself says which versions of the screen it goes with.
takes_plugins() {
    # shellcheck disable=SC2046 # two words
    set -- $(sed -n '1s/^v\{0,1\}\([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' "$firmware" 2>/dev/null)
    [ $# -eq 2 ] && { [ "$1" -gt 3 ] || { [ "$1" -eq 3 ] && [ "$2" -ge 80 ]; }; }
}

# Not to `current`: the screen looks again when the link changes, and a version may have other pages.
screen_of_version() { readlink -f "$home/current/gx/screen" 2>/dev/null; }
is_our_link() { case $(readlink "$plugins/Busbar" 2>/dev/null) in "$home"/*) return 0 ;; *) return 1 ;; esac }

remove_screen() { ! is_our_link || rm -f "$plugins/Busbar"; }

refresh_screen() {
    screen=$(screen_of_version)
    if ! takes_plugins || [ ! -s "$screen/gui-v2/Busbar.json" ]; then
        remove_screen
        return
    fi
    [ "$(readlink "$plugins/Busbar" 2>/dev/null)" != "$screen" ] || return 0
    remove_screen
    { [ ! -e "$plugins/Busbar" ] && [ ! -L "$plugins/Busbar" ]; } ||
        { say "no page on the screen: $plugins/Busbar belongs to something else" && return; }
    mkdir -p "$plugins" && ln -s "$screen" "$plugins/Busbar"
}

show_screen() {
    if is_our_link; then
        echo "screen    Device list, the battery of Busbar: Limits and batteries"
    else
        echo "screen    no page of Busbar; Venus OS 3.80 and later have one"
    fi
}

# ---- commands ----------------------------------------------------------------------------------------------

cmd_enable() {
    [ -e "$home/current/gx/run" ] || fail "nothing is installed in $home"
    put_service
    add_hook
    refresh_screen
    ! supervised || svc -u "$service" 2>/dev/null
    say "enabled: version $(linked current)"
}

cmd_disable() {
    remove_hook
    remove_screen
    remove_service
    say "disabled"
}

cmd_restart() {
    supervised || fail "the service does not exist; $home/ctl.sh enable makes it"
    restart_service
}

show_settings() {
    [ -e "$conf/busbar.json" ] || { echo "settings  none, so all defaults ($conf/busbar.json)" && return; }
    if found=$(check_with "$home/current"); then
        echo "settings  $conf/busbar.json"
    else
        echo "settings  REFUSED: $(printf '%s\n' "$found" | sed -n 1p)"
        if runs_program; then
            echo "          it runs with those that it read before, and will not start again with these"
        else
            echo "          it waits until $conf/busbar.json is changed"
        fi
    fi
    printf '%s\n' "$found" | sed 's/^/          /'
}

# What the GX itself lacks: a bank that runs and is not used looks like one that is.
show_needs() {
    [ -x "$home/current/gx/needs" ] || return 0
    lacks=$("$home/current/gx/needs")
    code=$?
    [ -z "$lacks" ] || printf '%s\n' "$lacks" | sed 's/^/GX        /'
    return $code
}

cmd_status() {
    echo "version   $(linked current), before that $(linked previous)"
    [ ! -e "$home/probation" ] || echo "          new: being watched"
    echo "service   $(svstat "$service" 2>&1)"
    if has_hook && [ -x "$boot_file" ]; then
        echo "at boot   starts by $boot_file"
    else
        echo "at boot   NOT started: $boot_file has no line for it or is not executable"
    fi
    show_screen
    show_settings
    show_needs
    has_needs=$?
    runs_program && return $has_needs
}

cmd_logs() {
    case ${1:-} in
    '') tai64nlocal <"$logs/current" ;;
    -f) tail -n 50 -F "$logs/current" | tai64nlocal ;;
    *) usage >&2 && exit 2 ;;
    esac
}

is_down() { [ -z "$(running)" ]; }

# Up to 0.3 the state was beside the configuration, in a folder of nobody's: such a version finds a copy there, and makes the
# folder nobody's again.
give_state_to() {
    [ ! -e "$1/gx/settle" ] && [ -d "$conf/state" ] || return 0
    new=$conf/state.json.new
    # Only in a folder in which nobody else can change what this name is.
    is_settled || { say "WARNING: $conf is not root's: no state for version $(version_in "$1")" && return; }
    rm -f "$new"
    if (umask 077 && as_nobody head -c 1048576 "$conf/state/state.json" >"$new" 2>/dev/null) && [ -s "$new" ]; then
        mv -f "$new" "$conf/state.json"
    else
        rm -f "$new"
        say "WARNING: no state for version $(version_in "$1"), which starts without"
    fi
}

# back: to the version before; the one in force is removed. Whoever calls it says so and takes the mark of probation away, in this
# order: the report for the stick waits for that.
back() {
    bad=$(linked current)
    before=$(linked previous)
    if [ -z "$before" ] || [ ! -d "$home/versions/$before" ] || [ "$before" = "$bad" ]; then
        return 1
    fi
    # Stopped first, or supervise may start the old one just before it is told to start it.
    ! supervised || svc -d "$service"
    wait_for 20 is_down
    give_state_to "$home/versions/$before"
    point current "$before"
    rm -f "$home/previous"
    refresh_ctl
    [ ! -d "$service" ] || { put_service && refresh_screen; }
    ! supervised || svc -u "$service"
    prune
    sync
}

cmd_rollback() {
    back || fail "there is no version to go back to"
    say "back at version $(linked current)"
    rm -f "$home/probation"
}

# Waits until the new version has proven itself, else goes back.
prove() {
    [ -e "$home/probation" ] || return 0
    # Without svscan nothing can be said about the new version: the next boot will.
    wait_for "$1" supervised || { say "not supervised yet, so version $(linked current) is still to be proven" && return 1; }
    if wait_for "$patience_s" proven; then
        say "version $(linked current) is up"
        rm -f "$home/probation"
        return 0
    fi
    new=$(linked current)
    [ ! -e "$logs/current" ] || tail -n 20 "$logs/current"
    if back; then
        say "version $new did not stay up for $proof_s s: back at version $(linked current)"
    else
        cmd_disable
        say "version $new did not stay up for $proof_s s and there is none before it: switched off"
    fi
    rm -f "$home/probation"
    return 1
}

cmd_boot() {
    # After a power cut between two steps of an update.
    if [ ! -e "$home/current/gx/run" ] && [ -e "$home/previous/gx/run" ]; then
        point current "$(linked previous)"
        rm -f "$home/probation"
    fi
    orders=0
    [ ! -x "$home/current/gx/stick" ] || { "$home/current/gx/stick" apply "$home/current" && orders=0 || orders=$?; }
    # Removed, or switched off.
    if [ "$orders" -eq 11 ]; then
        [ ! -x "$home/current/gx/stick" ] || "$home/current/gx/stick" report
        exit 0
    fi
    take_lock || exit 0
    cmd_enable
    prove "$boot_patience_s"
    outcome=$?
    [ "$orders" -ne 10 ] || { wait_for 60 runs_program; sleep 5; "$home/current/gx/stick" report; }
    return $outcome
}

# Puts FOLDER, which is complete and on /data, in force. The old version is stopped only now, for some seconds.
adopt() {
    version=$(version_in "$1")
    mkdir -p "$home/versions"
    if [ "$version" = "$(linked current)" ] && sums_hold "$home/current"; then
        rm -rf "$1"
    else
        before=$(linked current)
        rm -rf "$home/versions/.old"
        [ ! -e "$home/versions/$version" ] || mv "$home/versions/$version" "$home/versions/.old"
        mv "$1" "$home/versions/$version"
        sync
        [ -z "$before" ] || [ "$before" = "$version" ] || point previous "$before"
        touch "$home/probation"
        point current "$version"
    fi
    refresh_ctl
    refresh_screen
    prune
    cmd_enable
    restart_service
    sync
}

# install FOLDER: for install.sh.
cmd_install() {
    need_lock
    why=$(objection "$1")
    [ -z "$why" ] || fail "not installed: $why"
    ! refuses_configuration "$1" || {
        check_with "$1"
        fail "not installed: version $(version_in "$1") does not take $conf/busbar.json, for the reasons above; mend it first"
    }
    adopt "$1"
    prove 15
}

# For the hook of the archive, which runs on every boot while the stick is in: each archive counts once, so that neither
# a newer version nor the owner's `disable` is undone by a forgotten stick. Exit code 3: it counted before.
cmd_from_archive() {
    need_lock
    incoming=$home/incoming
    version=$(version_in "$incoming")
    if [ -n "$version" ] && [ "$version" = "$(cat "$home/last-archive" 2>/dev/null)" ]; then
        rm -rf "$incoming"
        exit 3
    fi
    why=$(objection "$incoming")
    if [ -z "$why" ] && refuses_configuration "$incoming"; then
        check_with "$incoming"
        why="it does not take $conf/busbar.json, for the reasons above"
    fi
    if [ -n "$why" ]; then
        rm -rf "$incoming"
        rmdir "$home" 2>/dev/null
        fail "version ${version:-unknown} not installed: $why"
    fi
    adopt "$incoming"
    echo "$version" >"$home/last-archive"
    sync
    release_lock
    # At boot svscan comes later, and nobody waits for a hook.
    "$home/ctl.sh" boot </dev/null >>"$logs/install.log" 2>&1 &
}

# What is nobody's is removed by nobody, and root takes away only empty folders of it: a folder there could become a link to
# another one meanwhile.
remove_all() {
    [ -d "$conf" ] || return 0
    # The group says that it is not settled, should this be cut off.
    is_settled || { chown "0:$(id -g nobody)" "$conf/." && chmod 755 "$conf/."; } || return 1
    as_nobody rm -rf "$conf" 2>/dev/null
    for folder in "$conf"/* "$conf"/.[!.]*; do
        { [ -d "$folder" ] && [ ! -L "$folder" ]; } || continue
        rmdir "$folder" 2>/dev/null && continue
        [ "$(ls -ldn "$folder" | awk 'NR == 1 { print $3 }')" = 0 ] || { echo "cannot be emptied: $folder" && return 1; }
    done
    rm -rf "$conf"
}

cmd_uninstall() {
    cmd_disable
    rm -rf "$home" "$logs"
    case ${1:-} in
    --all) remove_all && echo "removed, with configuration and state" ;;
    *) echo "removed; configuration and state are still in $conf" ;;
    esac
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
enable | disable | restart | rollback | uninstall)
    need_lock
    "cmd_$command" "$@"
    ;;
status | logs | boot | install) "cmd_$command" "$@" ;;
from-archive) cmd_from_archive ;;
help | -h | --help) usage ;;
*) usage >&2 && exit 2 ;;
esac
