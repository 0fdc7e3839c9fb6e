#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests what lies beside the program in the packages, without making one: manual, completion, unit, compose files, add-on, the scripts of
# the GX, the notes of a release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=files_test
. tests/packages/checks.sh

usage="usage: tests/packages/files_test.sh [PROGRAM]   (busbar, built; default: that of this machine's bundle)"
[[ ${1:-} != -* ]] || { echo "$usage" && exit 2; }
program=${1:-$PWD/build/packages/busbar-$(dpkg --print-architecture)/busbar}
[[ -x $program ]] || skip_all "there is no $program"
tmp=$(mktemp -d)
children=()
trap '((${#children[@]} == 0)) || kill "${children[@]}" 2>/dev/null || true; rm -rf "$tmp" "$checks_log"' EXIT

same() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }

# ---- manual and completion -----------------------------------------------------------------------------------

commands() { "$program" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\)  .*/\1/p'; }

# options COMMAND: the long ones, without --help.
options() {
    "$program" "$1" --help | sed -n '/^Options:/,/^$/p' | grep -o '^  \(-[a-z],\)\?--[a-z-]*' | grep -o -- '--[a-z-]*' |
        grep -vx -- --help | sort -u
}

# Options that the manual defines (.TP) rather than mentions.
manual_options() {
    sed -n "/^\.SS $1\b/,/^\.S[SH]/p" docker/deb/busbar.1 | sed 's/\\-/-/g' | grep -A1 '^\.TP' |
        grep -o -- ' --[a-z][a-z-]*\|", " --[a-z-]*' | grep -o -- '--[a-z-]*' | sort -u
}

# completed WORDS...: what is offered for the last of the words after "busbar".
completed() {
    bash -c '. docker/deb/completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _busbar
        printf "%s\n" "${COMPREPLY[@]}"' - busbar "$@"
}

check_manual_and_completion() {
    local command
    expect "the program's help names commands" test -n "$(commands)"
    expect "the manual has each command of the program and no other" \
        same "$(commands | sort)" "$(sed -n 's/^\.SS \([a-z]*\).*/\1/p' docker/deb/busbar.1 | sort)"
    expect "completion offers each command and no other" same "$(commands | sort)" "$(completed '' | grep -v '^--' | sort)"
    for command in $(commands); do
        expect "the manual has the options of $command" same "$(options "$command")" "$(manual_options "$command")"
        expect "completion has the options of $command" \
            same "$(options "$command")" "$(completed "$command" -- | grep -vx -- --help | sort)"
    done
    if has man; then
        expect "the manual is laid out without a warning" \
            same "" "$(man --warnings -E UTF-8 -l -Tutf8 -Z docker/deb/busbar.1 2>&1 >/dev/null)"
    else
        skip "layout of the manual: no man here (package man-db)"
    fi
}

# ---- unit ----------------------------------------------------------------------------------------------------

unit_verified() {
    sed "s|/usr/bin/busbar|$program|; /^Documentation=/d" config/systemd/busbar.service >"$tmp/busbar.service"
    same "" "$(systemd-analyze verify "$tmp/busbar.service" 2>&1)"
}

check_unit() {
    has systemd-analyze || { skip "the unit: no systemd-analyze here (package systemd)" && return; }
    expect "systemd understands the unit" unit_verified
    expect "the unit's exposure is at most 1.5 of 10" \
        systemd-analyze security --offline=true --threshold=15 config/systemd/busbar.service
}

# ---- compose files and add-on --------------------------------------------------------------------------------

files=tests/packages/container_files.py

addon_repository() {
    local version made
    docker/addon/make ghcr.io/example/busbar-addon https://example.org/busbar "$tmp" || return 1
    version=$(eval "$(docker/version)" && printf '%s' "${BUSBAR_VERSION//[~+]/-}")
    made=("$tmp"/busbar-*-addon-repository)
    grep -qxF "version: \"$version\"" "${made[0]}/busbar/config.yaml" &&
        grep -qxF 'image: ghcr.io/example/busbar-addon' "${made[0]}/busbar/config.yaml" &&
        [[ -s ${made[0]}/repository.yaml && -s ${made[0]}/busbar/DOCS.md && -s ${made[0]}/busbar/translations/en.yaml ]] &&
        python3 "$files" options "${made[0]}/busbar" >/dev/null
}

# What a release does, twice: the second comes on top of the first.
addon_published() {
    local remote=$tmp/remote.git
    git init -q --bare "$remote"
    docker/addon/push ghcr.io/example/busbar-addon https://example.org/busbar "$remote" || return 1
    docker/addon/push ghcr.io/example/busbar-addon https://example.org/busbar "$remote" || return 1
    git -C "$remote" show addon:busbar/config.yaml | grep -qxF 'image: ghcr.io/example/busbar-addon' &&
        same 2 "$(git -C "$remote" rev-list --count addon)" && same "README.md busbar repository.yaml" "$(git -C "$remote" ls-tree --name-only addon | xargs)"
}

addon_schema() { same "$("$program" config --schema | docker/addon/schema)" "$(sed -n '/^schema:/,$p' docker/addon/config.yaml)"; }

# takes KIND: the configuration that the add-on's options make is one that Busbar takes.
takes() { python3 "$files" "$1" >"$tmp/$1.json" && "$program" check "$tmp/$1.json"; }

# What `docker load` gets answers to the name that commands and compose files use; buildah writes these two.
image_is_tagged() {
    local folder=$tmp/image
    mkdir -p "$folder"
    printf 'layer' >"$folder/layer.tar"
    printf '{"config": {"Labels": {}}}' >"$folder/config.json"
    printf '[{"Config": "config.json", "RepoTags": ["docker.io/library/busbar:1", "localhost/busbar:1"], "Layers": ["layer.tar"]}]' >"$folder/manifest.json"
    docker/container/settle "$folder" && grep -qF '"docker.io/library/busbar:latest","localhost/busbar:latest"]' "$folder/manifest.json"
}

# Debian 12's own, where it is installed.
compose_takes() { GX_URL=mqtt://192.0.2.1 docker-compose -f "$1" config -q; }

check_compose_of_debian() {
    local file
    { has docker-compose && docker-compose version --short 2>/dev/null | grep -q '^1[.]'; } || { skip "compose files: no docker-compose 1.29 here" && return; }
    for file in docker/*/compose.yml; do expect "Debian 12's docker-compose takes $file" compose_takes "$file"; done
}

check_containers() {
    expect "an image that is loaded is called busbar" image_is_tagged
    check_compose_of_debian
    python3 -c 'import yaml' 2>/dev/null || { skip "compose files and add-on: no python3-yaml" && return; }
    expect "compose files and the add-on's description keep their rules" python3 "$files" check
    expect "what is pasted into Home Assistant is whole" python3 tests/packages/home_assistant_files.py
    expect "the add-on's repository is made with version and image" addon_repository
    expect "… and published to a branch of a git repository" addon_published
    expect "the add-on's version is VERSION" same "$(cat VERSION)" "$(sed -n 's/^version: "\(.*\)"$/\1/p' docker/addon/config.yaml)"
    expect "the add-on's schema is that of the option table" addon_schema
    expect "Busbar takes the add-on's default options" takes options
    expect "… and the empty lists that its page writes where nothing is listed" takes empty-lists
    expect "Busbar knows every option of the add-on" takes all-options
}

# ---- documents -----------------------------------------------------------------------------------------------

# leads_somewhere FOLDER: what documents there link to lies beside them.
leads_somewhere() {
    local file=$1 link count=0 # of other folders nothing is left to be linked to
    while read -r link; do
        count=$((count + 1))
        [[ -s $file/$link ]] || { echo "no $link" && return 1; }
    done < <(grep -ohE '\]\([^)#:]+' "$file"/*.md | sed 's/^](//')
    ((count > 0))
}

standalone() { same "$1" "$(printf '%s' "$2" | docker/standalone ../b/X.md=Y.md)"; }

check_documents() {
    mkdir -p "$tmp/gx"
    expect "links that come along stay" standalone '[a](./Y.md#h) [b](#h) [c](https://x.org/d)' \
        '[a](../b/X.md#h) [b](#h) [c](https://x.org/d)'
    expect "of other links the text stays" standalone 'a *b* c d' '[a](../X.md) [*b*](b/X.md#h) ![c](X.png) [d](ci/run)'
    expect "the documents of the GX archive are made" docker/gx/documents "$tmp/gx"
    expect "what they link to is in the archive" leads_somewhere "$tmp/gx"
    expect "every option and examples are in the archive" test -s "$tmp/gx/OPTIONS.md" -a -s "$tmp/gx/examples/minimal.json"
    expect "… and the page on the configuration leads to them" grep -qF '(./examples/minimal.json)' "$tmp/gx/CONFIGURATION.md"
}

# ---- what is typed on a desktop ------------------------------------------------------------------------------

# first_line_of_log VARIABLE=VALUE: what "start" looks like, on standard error into a file.
start_line() { env "$@" "$program" run --dry-run --seconds 0.2 2>"$tmp/stderr" >/dev/null && grep ' start version=\|^info start' "$tmp/stderr" | grep -o '^.*start'; }

# As another user than the one whose home the sources are in: they cannot be read.
# shellcheck disable=SC2016 # for the inner shell
demo_of_another() {
    mkdir -p "$tmp/elsewhere"
    cp "$program" "$tmp/elsewhere/busbar"
    chmod 755 "$tmp" "$tmp/elsewhere" "$tmp/elsewhere/busbar"
    unshare -m sh -c 'mount --make-rprivate / && mount -t tmpfs -o mode=700 hidden "$1" && cd / &&
        exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$2" demo --recording --seconds 1' sh "$PWD/tests/data" "$tmp/elsewhere/busbar" 2>&1
}

check_typed() {
    expect "what the documents give to type is there: commands, options, files" python3 tests/packages/typed.py "$program"
    : >"$tmp/stderr"
    expect "in systemd's journal a line has a priority and no time" \
        same '<6>info start' "$(start_line "JOURNAL_STREAM=$(stat -c %d:%i "$tmp/stderr")")"
    expect "where the log has times, no second one" same 'info start' "$(start_line LOG_STAMPED=yes)"
    expect "elsewhere a time" eval '[[ $(start_line A=b) =~ ^20[0-9-]+\ [0-9:.]+\ info\ start$ ]]'
    printf '{"gx": {"url": "http://192.0.2.1"}}' >"$tmp/http.json"
    expect "http:// as broker: mqtt:// first" eval '[[ $("$program" check "$tmp/http.json" 2>&1) == *"write mqtt:// instead of http://"* ]]'
    if ((EUID != 0)) || ! unshare -m true 2>/dev/null; then
        skip "what other users see: needs root"
        return
    fi
    chmod 755 "$tmp" && printf '{}' >"$tmp/closed.json" && chmod 600 "$tmp/closed.json"
    expect "who must read a configuration is said" \
        eval '[[ $(setpriv --reuid=65534 --regid=65534 --clear-groups "$program" check "$tmp/closed.json" 2>&1) == *"readable for the user nobody"* ]]'
    expect "demo --recording without the sources says what to do" eval '[[ $(demo_of_another) == *"name one with --recording FILE"* ]]'
}

# A bus as on a desktop, whose policy lets nobody own names, beside a broker with a GX.
start_desktop() {
    cat >"$tmp/desktop.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type><listen>unix:path=$tmp/desktop</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow user="*"/><deny own="*"/><allow send_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/></policy>
</busconfig>
CONF
    dbus-daemon --config-file="$tmp/desktop.conf" --nofork >/dev/null 2>&1 &
    children+=("$!")
    port=$((20000 + RANDOM % 20000))
    mosquitto -p "$port" >/dev/null 2>&1 &
    children+=("$!")
    "$program" simulate --url "mqtt://127.0.0.1:$port" --packs 2 >/dev/null 2>&1 &
    children+=("$!")
}

# says_soon TEXT COMMAND...: what a command says until then; it is ended.
says_soon() {
    local text=$1 pid
    shift
    "$@" >"$tmp/said" 2>&1 &
    pid=$!
    children+=("$pid")
    soon 20 grep -q -- "$text" "$tmp/said" || { cat "$tmp/said" && return 1; }
    kill "$pid"
}

check_desktop() {
    local tool
    for tool in mosquitto dbus-daemon; do has "$tool" || { skip "a desktop's bus: no $tool here" && return; }; done
    start_desktop
    printf '{"gx": {"url": "mqtt://127.0.0.1:%s"}, "dbus": {"bus": "unix:path=%s", "settings_timeout_s": 1}, "state_dir": "%s"}' \
        "$port" "$tmp/desktop" "$tmp/desktop-state" >"$tmp/desktop.json"
    expect "on a bus without a policy it is said what to do" \
        says_soon 'name_refused.*AccessDenied.*busbar-dbus.conf' "$program" run -c "$tmp/desktop.json"
    "$program" watch -c "$tmp/desktop.json" --seconds 4 >"$tmp/watched" 2>/dev/null || true
    expect "watch ends with the link as it was" eval '[[ $(grep "^  GX" "$tmp/watched" | tail -n 1) == *" up, "* ]]'
    kill "${children[@]}" 2>/dev/null || true
}

# ---- what a GX lacks -----------------------------------------------------------------------------------------

# lacks DVCC MONITOR BMS: what is said on a GX with these values, whose Busbar is battery 0.
lacks() {
    mkdir -p "$tmp/gx-bin"
    cat >"$tmp/gx-bin/dbus-send" <<STUB
#!/bin/sh
case "\$*" in
*/Control/Dvcc*) echo "   variant       int32 $1" ;;
*/ActiveBatteryService*) echo '   variant       string "$2"' ;;
*/ActiveBmsInstance*) echo "   variant       int32 $3" ;;
*/DeviceInstance*) echo "   variant       int32 0" ;;
esac
STUB
    chmod 755 "$tmp/gx-bin/dbus-send"
    BUSBAR_GX__URL=elsewhere PATH=$tmp/gx-bin:$PATH sh docker/gx/needs
}

check_needs() {
    expect "a GX that follows the bank lacks nothing" same "" "$(lacks 1 com.victronenergy.battery/0 0)"
    expect "DVCC off is said" eval '[[ $(lacks 0 com.victronenergy.battery/0 0) == "DVCC is off"* ]]'
    expect "another battery monitor is said" eval '[[ $(lacks 1 com.victronenergy.battery/3 0) == *"monitor is com.victronenergy.battery/3"* ]]'
    expect "another BMS is said" eval '[[ $(lacks 1 com.victronenergy.battery/0 3) == *"BMS is battery 3"* ]]'
}

# ---- what ./dev package makes --------------------------------------------------------------------------------

# made_on ARCH ARGUMENTS...: what would be made on a machine of that kind.
made_on() {
    mkdir -p "$tmp/bin"
    printf '#!/bin/sh\necho %s\n' "$1" >"$tmp/bin/dpkg"
    chmod 755 "$tmp/bin/dpkg"
    PATH=$tmp/bin:$PATH docker/package --show "${@:2}" | xargs
}

check_package() {
    expect "a Raspberry Pi makes its own package" same "deb arm64" "$(made_on arm64 deb)"
    expect "… so does one with 32 bits, and archives for a GX like it" same "deb armhf gx armhf" "$(made_on armhf deb gx)"
    expect "a PC makes its own, and archives for every GX" \
        same "container amd64 deb amd64 gx arm64 gx armhf" "$(made_on amd64)"
    expect "a release makes them for all" same "$(made_on amd64 all --arch all)" "$(made_on arm64 all --arch all)"
    expect "nothing else than this machine's compiler is wanted for that" not grep -q '^package .*linux-gnu' cmake/packages
}

# without_security MODE: makes the files of a bundle where the archive of security updates is broken.
without_security() {
    mkdir -p "$tmp/stub"
    # shellcheck disable=SC2016 # for the script
    printf '#!/bin/sh\ncase "$*" in *security*) exit 1 ;; esac\nmkdir -p "$(echo "$*" | sed "s/.* bookworm \\([^ ]*\\).*/\\1/")/var"\n' >"$tmp/stub/mmdebstrap"
    chmod 755 "$tmp/stub/mmdebstrap"
    BUSBAR_SECURITY=$1 PATH=$tmp/stub:$PATH docker/bundle/sysroot amd64 "$tmp/sysroot" 2>&1
}

check_security() {
    expect "without Debian's security updates nothing is made" not without_security ''
    expect "… and it says what to do" eval '[[ $(without_security "") == *BUSBAR_SECURITY=optional* ]]'
    expect "… unless one is told to go on" eval '[[ $(without_security optional) == *"WARNING: no security archive"* ]]'
}

# without_node: what a bundle says on a machine that has everything but node.
without_node() {
    mkdir -p "$tmp/no-node"
    ln -sf /usr/bin/* /bin/* "$tmp/no-node"
    rm -f "$tmp/no-node"/{node,nodejs}
    printf '#!/bin/sh\ntrue\n' >"$tmp/compiler"
    chmod 755 "$tmp/compiler"
    ln -sf "$tmp/compiler" "$tmp/no-node/x86_64-linux-gnu-g++-12"
    PATH=$tmp/no-node docker/bundle/make amd64 "$tmp/no-bundle" 2>&1
}

check_node() {
    expect "without node there is no bundle, as it would lack the page" not without_node
    expect "… and it says which package" eval '[[ $(without_node) == *"there is no node: install the Debian package nodejs"* ]]'
}

# ---- scripts -------------------------------------------------------------------------------------------------

# That of a GX is busybox; all others are lint's.
check_scripts() {
    local script
    has busybox || { skip "scripts of the GX: no busybox here" && return; }
    for script in docker/gx/{ctl.sh,install.sh,run,settle,needs,stick} docker/gx/service/{run,log/run} docker/gx/rc/*.sh docker/bundle/busbar; do
        expect "the shell of a GX understands $script" busybox ash -n "$script"
    done
}

# ---- release -------------------------------------------------------------------------------------------------

# The notes of a release are this section of the changelog: .github/workflows/release.yml. Until then it may have no number yet.
release_notes() {
    [[ -n $(awk -v heading="## $(cat VERSION)" '/^## / { ours = $0 == heading || $0 == "## Unreleased"; next } ours' CHANGELOG.md) ]]
}

# version_of FOLDER: what the packages of that tree say.
version_of() { (unset BUSBAR_VERSION BUSBAR_COMMIT SOURCE_DATE_EPOCH && eval "$("$1/docker/version")" && printf '%s' "$BUSBAR_VERSION"); }
commit_in() { git -C "$1" -c user.name=n -c user.email=n@example.org commit -q --allow-empty -m "$2"; }
# As apt and dpkg see it: `apt install ./FILE` asks for --allow-downgrades where this does not hold.
rises() {
    local earlier=$1 later
    shift
    for later; do
        dpkg --compare-versions "$earlier" lt "$later" || { echo "$later is not newer than $earlier" && return 1; }
        earlier=$later
    done
}

check_versions() {
    local tree=$tmp/tree versions=(0.3.0) i
    has dpkg || { skip "versions: no dpkg here" && return; }
    mkdir -p "$tree/docker"
    cp docker/version "$tree/docker"
    echo 0.4.0 >"$tree/VERSION"
    git -C "$tree" init -q && git -C "$tree" add -A
    for i in {1..12}; do commit_in "$tree" "$i" && versions+=("$(version_of "$tree")"); done
    echo "#" >>"$tree/docker/version"
    versions+=("$(version_of "$tree")")
    git -C "$tree" checkout -q docker/version && git -C "$tree" tag v0.4.0
    versions+=("$(version_of "$tree")")
    expect "a version is above the last release and the commits before it, and below the next release" rises "${versions[@]}"
    expect "that of a tag is the tag's" same 0.4.0 "${versions[-1]}"
    git clone -q --depth 1 "file://$tree" "$tmp/shallow" && git -C "$tmp/shallow" tag -d v0.4.0 >/dev/null
    expect "a shallow clone is below all of them" rises "$(version_of "$tmp/shallow" 2>/dev/null)" "${versions[1]}"
    expect "this tree's is above the last release" rises 0.3.0 "$(version_of .)"
}

check_manual_and_completion
check_unit
check_containers
check_documents
check_package
check_security
check_node
check_needs
check_typed
check_desktop
check_scripts
check_versions
expect "the installed configuration has no errors" "$program" check docker/deb/busbar.json
expect "the changelog has a section for the version" release_notes
verdict
