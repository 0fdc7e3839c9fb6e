#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The container images, the compose files and the add-on: made, looked into, and run without privileges beside a broker and a
# bus. Needs root, buildah, podman with runc, mosquitto, dbus-daemon; says SKIP and why where one is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
part=container_test
. tests/packages/checks.sh
# Said once, so that a commit while this runs does not give half of the files another version.
eval "$(docker/version)"

files=tests/packages/container_files.py
arch=$(dpkg --print-architecture)
work=$(mktemp -d)
pids=()

now_ms() { date +%s%3N; }

pod() { podman --root "$work/pod/root" --runroot "$work/pod/run" --storage-driver vfs --runtime runc "$@"; }

# Processes by the number that was given when they were started, nothing by name.
cleanup() {
    if [[ -d $work/pod ]]; then
        pod stop --all -t 2 >/dev/null 2>&1 || true
        pod rm --all --force --volumes >/dev/null 2>&1 || true
        pod rmi --all --force >/dev/null 2>&1 || true
    fi
    ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work" "$checks_log"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# ---- images ------------------------------------------------------------------------------------------------

make_image() { BUNDLE=$1 docker/container/make "$2" "$work/$3" "$4"; }

unpack() {
    rm -rf "$work/unpacked" && mkdir -p "$work/unpacked/root"
    tar -xzf "$1" -C "$work/unpacked"
    local layer
    for layer in "$work"/unpacked/*.tar; do
        tar -xf "$layer" -C "$work/unpacked/root"
    done
}

# config_is PYTHON-CONDITION about the image's configuration c, on what was unpacked.
config_is() {
    python3 - "$1" "$work"/unpacked/[0-9a-f]*.json <<'PYTHON'
import json, sys
image = json.load(open(sys.argv[2]))
if not eval(sys.argv[1], {"image": image, "c": image["config"]}):
    sys.exit(f"not so: {sys.argv[1]}\n{json.dumps(image, indent=1)}")
PYTHON
}

only_these_run() {
    local found
    found=$(find "$work/unpacked/root" -type f -perm /111 ! -name 'ld-linux*' -printf '%P ')
    [[ $found == "usr/bin/busbar " ]] && ! find "$work/unpacked/root" -perm /6000 | grep .
}

test_image() {
    local each=$1 dir=$2 platform file size
    local -A platforms=([amd64]=amd64/ [arm64]=arm64/ [armhf]=arm/v7)
    platform=${platforms[$each]}
    expect "$each: the image is made" make_image "$dir" "$each" a busbar
    make_image "$dir" "$each" b busbar >/dev/null 2>&1 || true
    for file in "$work"/a/busbar-*-container-"$each".tar.gz; do
        expect "$each: made again, it is the same to the last byte" cmp "$file" "$work/b/${file##*/}"
        unpack "$file"
        size=$(cat "$work"/unpacked/*.tar | wc -c)
        say "info $each: image $size bytes, file to load $(stat -c %s "$file") bytes"
        expect "$each: it is smaller than 17.5 MB" test "$size" -lt 17500000
        expect "$each: it is for $platform" config_is "image['architecture'] + '/' + image.get('variant', '') == '$platform'"
        expect "$each: it does not run as root, and asks for its health and state" \
            config_is "c['User'] == '65534:65534' and c['Healthcheck']['Test'][:3] == ['CMD', '/usr/bin/busbar', 'health'] \
and c['Cmd'][-1] == c['Healthcheck']['Test'][-1] and '/var/lib/busbar' in c['Volumes']"
        expect "$each: nothing in it can be executed but Busbar and its loader" only_these_run
        expect "$each: licences of all libraries are in it" test -s "$work/unpacked/root/usr/share/licences/libc6/copyright"
        expect "$each: state belongs to its user" test "$(stat -c %u:%a "$work/unpacked/root/var/lib/busbar")" = 65534:750
    done
    expect "$each: the add-on's image is made" make_image "$dir" "$each" addon addon
    for file in "$work"/addon/busbar-*-addon-"$each".tar.gz; do
        unpack "$file"
        expect "$each: the add-on reads what the supervisor writes" \
            config_is "c['User'] == '0:0' and c['Cmd'][:3] == ['run', '--config', '/data/options.json']"
    done
}

# In the image's own root, so that loader and libraries are found where the image has them.
test_emulated() {
    local each=$1 qemu=$2
    unpack "$work/a/"busbar-*-container-"$each".tar.gz
    expect "$each: it starts under qemu" "$qemu" -L "$work/unpacked/root" "$work/unpacked/root/usr/bin/busbar" config --effective
}

# What a registry would get: a list of all images, each with its health check.
pushed_all() {
    python3 - "$work/pushed" "$1" <<'PYTHON'
import json, pathlib, sys
folder, wanted = pathlib.Path(sys.argv[1]) / "some", int(sys.argv[2])
images = json.loads((folder / "manifest.json").read_text())["manifests"]
platforms = {(i["platform"]["architecture"], i["platform"].get("variant", "")) for i in images}
assert len(platforms) == wanted, platforms
for image in images:
    manifest = json.loads((folder / (image["digest"].removeprefix("sha256:") + ".manifest.json")).read_text())
    config = json.loads((folder / manifest["config"]["digest"].removeprefix("sha256:")).read_text())
    assert config["config"]["Healthcheck"]["Test"], config
PYTHON
}

test_push() {
    local made=("$work"/a/busbar-*-container-*.tar.gz)
    mkdir "$work/pushed"
    expect "images of ${#made[@]} architecture(s) go under one name" docker/push-images container "dir:$work/pushed" "$work/a" some
    expect "… and all arrive, with their health checks" pushed_all "${#made[@]}"
}

# ---- running -----------------------------------------------------------------------------------------------

# A network of its own with a broker on 1883 and, with TLS, on 8883.
start_broker() {
    cat >"$work/mosquitto.conf" <<CONF
listener 1883
allow_anonymous true
listener 8883
allow_anonymous true
certfile $work/broker.pem
keyfile $work/broker.key
user root
CONF
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$work/broker.key" -out "$work/broker.pem" 2>/dev/null
    chmod 644 "$work/broker.pem"
    # shellcheck disable=SC2016  # the inner shell's own variable
    unshare -n sh -c 'ip link set lo up && exec mosquitto -c "$1"' sh "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
    broker=$!
    pids+=("$broker")
    soon 20 nsenter -t "$broker" -n mosquitto_sub -C 1 -W 2 -t "\$SYS/broker/version"
}

start_bus() {
    mkdir "$work/bus"
    cat >"$work/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true"/><allow receive_type="method_call"/><allow receive_type="signal"/>
    <allow receive_type="method_return"/><allow receive_type="error"/>
  </policy>
</busconfig>
CONF
    chmod 755 "$work" "$work/bus"
    dbus-daemon --config-file="$work/bus.conf" --nofork >"$work/bus.log" 2>&1 &
    pids+=("$!")
    soon 20 test -S "$work/bus/system_bus_socket"
}

# run NAME OPTIONS... -- ARGUMENTS...: a container as the compose files describe it: read-only, no rights at all.
run() {
    local name=$1 options=()
    shift
    while [[ $1 != -- ]]; do options+=("$1") && shift; done
    shift
    pod run --detach --name "$name" --no-healthcheck --ulimit nofile=1024:4096 --ulimit nproc=1024:4096 \
        --network "ns:/proc/$broker/ns/net" --read-only --read-only-tmpfs=false --cap-drop all \
        --security-opt no-new-privileges "${options[@]}" "$image" "$@" >/dev/null
}
logs() { pod logs "$1" 2>&1; }
says() { logs "$1" | grep -qF "$2"; }
# retained TOPIC TEXT: what the broker keeps under the topic has the text.
retained() { nsenter -t "$broker" -n mosquitto_sub -C 1 -W 2 -t "$1" | grep -q "$2"; }
on_bus() {
    dbus-send --bus="unix:path=$work/bus/system_bus_socket" --print-reply --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.NameHasOwner string:com.victronenergy.battery.busbar | grep -q 'boolean true'
}
off_bus() { ! on_bus; }
shows_voltage() {
    dbus-send --bus="unix:path=$work/bus/system_bus_socket" --print-reply --dest=com.victronenergy.battery.busbar \
        /Dc/0/Voltage com.victronenergy.BusItem.GetValue | grep -Eq 'double [1-9]'
}
health() {
    local test
    mapfile -t test < <(python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))["config"]["Healthcheck"]["Test"][1:]))' \
        "$work"/unpacked/[0-9a-f]*.json)
    pod exec "$1" "${test[@]}"
}
pid_of() { pod inspect --format '{{.State.Pid}}' "$1"; }
# status_has NAME LINE: of /proc/PID/status
status_has() { tr -s '\t ' ' ' <"/proc/$(pid_of "$1")/status" | grep -qxF "$2"; }
kib() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$(pid_of "$1")/status"; }

load_image() {
    gzip -dc "$work/a/"busbar-*-container-"$arch".tar.gz | pod load >"$work/load.log" 2>&1 || return 1
    # By the name that commands and compose files use.
    image=localhost/busbar:latest
    pod image exists "$image" && grep -q "localhost/busbar:${BUSBAR_VERSION//[~+]/-}\$" "$work/load.log"
}

ends_in_order() {
    pod stop -t 30 "$1" >/dev/null && [[ $(pod inspect --format '{{.State.ExitCode}}' "$1") == 0 ]]
}

test_run() {
    local from
    mkdir "$work/config"
    printf '{"site": "fromfile", "gx": {"url": "mqtt://192.0.2.1"}}\n' >"$work/config/busbar.json"
    expect "the simulated GX starts" run gx -- simulate --url mqtt://127.0.0.1 --seed 18 --packs 4 --start-hour 10
    from=$(now_ms)
    expect "Busbar starts, read-only and without rights" run busbar -e BUSBAR_GX__URL=mqtt://127.0.0.1 -e BUSBAR_DBUS__SETTINGS_TIMEOUT_S=0 \
        -v "$work/config:/etc/busbar:ro" -v "$work/bus:/run/dbus:ro" -v state:/var/lib/busbar --
    expect "it is on the bus" soon 60 on_bus
    say "info start to name on the bus, podman's part included: $(($(now_ms) - from)) ms"
    expect "somebody else reads its voltage there" soon 10 shows_voltage
    expect "it publishes under the site of its file, at the broker of its environment" soon 20 retained busbar/fromfile/status online
    expect "it is nobody" status_has busbar "Uid: 65534 65534 65534 65534"
    expect "it has no capabilities" status_has busbar "CapEff: 0000000000000000"
    expect "it can get none" status_has busbar "NoNewPrivs: 1"
    expect "the image's health check says well" soon 20 health busbar
    expect "… and sees broker and bank" soon 20 eval 'health busbar | grep -q "broker=connected.*stage=normal online=4/4"'
    expect "there is no shell" eval '! pod exec busbar sh -c true'
    expect "other commands see the same configuration" pod exec busbar busbar watch --seconds 2
    say "info memory: $(kib busbar VmRSS) KiB resident, $(kib busbar RssAnon) KiB its own, $(kib busbar VmHWM) KiB at most"
    expect "on SIGTERM it ends in order" ends_in_order busbar
    expect "… says goodbye to the broker" retained busbar/fromfile/status offline
    expect "… gives the name back" off_bus
    expect "… and has saved its state, as its user" \
        test "$(stat -c %u "$(pod volume inspect --format '{{.Mountpoint}}' state)/state.json")" = 65534
    [[ $failed -eq 0 ]] || logs busbar | tail -n 40
    pod rm --force busbar gx >/dev/null
}

test_unwell() {
    expect "without a health file the check says unwell" run watcher -- run --dry-run
    soon 10 says watcher start || true
    expect "… with exit code 1" eval 'health watcher >/dev/null 2>&1; [[ $? -eq 1 ]]'
    pod rm --force watcher >/dev/null
}

test_tls() {
    local common=(-e BUSBAR_GX__URL=mqtts://127.0.0.1 -e BUSBAR_DBUS__BUS=none)
    run strict "${common[@]}" --
    expect "a certificate that no authority of the image signed is refused" soon 20 says strict "not trusted"
    run trusting "${common[@]}" -v "$work/broker.pem:/etc/ssl/certs/ca-certificates.crt:ro" --
    expect "one that an authority of the mounted file signed is taken" soon 20 says trusting mqtt_connected
    pod rm --force strict trusting >/dev/null
}

# service NAME FOLDER SERVICE OPTIONS...: a container with exactly the arguments and variables of a compose file.
service() {
    local name=$1 file=$2 which=$3 kind value arguments=() options=(--add-host broker:127.0.0.1)
    shift 3
    while read -r kind value; do
        case $kind in
        arg) arguments+=("$value") ;;
        env) options+=(-e "${value//\$\{GX_URL*\}/$GX_URL}") ;;
        esac
    done < <(python3 "$files" service "$file" "$which")
    run "$name" "${options[@]}" "$@" -- "${arguments[@]}"
}

test_compose() {
    export GX_URL=mqtt://127.0.0.1:1883
    expect "demo: the simulated GX runs with the arguments of its file" service gx busbar-demo gx
    expect "demo: so does Busbar" service busbar busbar-demo busbar
    expect "demo: four packs make a bank" soon 60 retained busbar/home/bank/main/state '"online":4'
    expect "demo: its limit reaches the settings of the GX" \
        soon 60 says busbar "dvcc status=following the GX's charge current limit follows the bank"
    expect "demo: the live view runs beside it" pod exec busbar busbar watch --seconds 2
    pod rm --force busbar >/dev/null
    expect "Home Assistant: Busbar runs with the variables of its file" service busbar busbar-homeassistant busbar
    expect "Home Assistant: it announces the bank" soon 60 retained 'homeassistant/device/+/config' busbar
    pod rm --force busbar >/dev/null
    nsenter -t "$broker" -n mosquitto_pub -t busbar/home/status -r -n
    expect "beside a broker: Busbar runs with the variables of its file" service busbar busbar busbar
    expect "beside a broker: it is online" soon 60 retained busbar/home/status online
    pod rm --force busbar gx >/dev/null
}

test_addon() {
    gzip -dc "$work/addon/"busbar-*-addon-"$arch".tar.gz | pod load >"$work/load.log" 2>&1
    local image=localhost/busbar-addon:latest
    mkdir "$work/data"
    printf '{"gx": {"url": "mqtt://127.0.0.1", "tls": {}}, "site": "addon", "limits": {}, "mqtt": {}}\n' >"$work/data/options.json"
    chmod 600 "$work/data/options.json"
    expect "add-on: it starts with what the supervisor writes" run addon -v "$work/data:/data" --
    expect "add-on: it publishes" soon 30 retained busbar/addon/status online
    expect "add-on: its health check says well" soon 20 health addon
    pod stop -t 30 addon >/dev/null
    expect "add-on: state is where the supervisor backs it up" test -s "$work/data/busbar/state.json"
    pod rm --force addon >/dev/null
}

test_running() {
    local need
    for need in podman runc mosquitto mosquitto_sub dbus-daemon dbus-send openssl ip nsenter; do
        has "$need" || { skip "running the image: no $need here" && return; }
    done
    expect "podman loads the image" load_image
    [[ -n ${image:-} ]] || return 0
    if ! pod run --rm --no-healthcheck --ulimit nofile=1024:4096 --ulimit nproc=1024:4096 --network host "$image" --version \
        >"$work/first.log" 2>&1; then
        skip "running the image: podman cannot start containers on this machine: $(tail -n 1 "$work/first.log")"
        return
    fi
    unpack "$work/a/"busbar-*-container-"$arch".tar.gz
    expect "a broker starts" start_broker
    expect "a bus starts" start_bus
    test_run
    test_unwell
    test_tls
    if python3 -c 'import yaml' 2>/dev/null; then test_compose; else skip "running the compose files: no python3-yaml"; fi
    test_addon
}

# ---- all ---------------------------------------------------------------------------------------------------

bundle=${BUNDLE:-$PWD/build/packages/busbar-$arch}
if [[ ! -x $bundle/bin/busbar ]]; then
    skip "images: no bundle in $bundle (./dev package container makes it)"
else
    if ((EUID != 0)) || ! has buildah; then
        skip "images: buildah, as root, is not to be had"
    else
        test_image "$arch" "$bundle"
        for each in amd64 arm64 armhf; do
            [[ $each != "$arch" && -x build/packages/busbar-$each/bin/busbar ]] || continue
            test_image "$each" "build/packages/busbar-$each"
            qemu="qemu-arm-static"
            [[ $each != arm64 ]] || qemu="qemu-aarch64-static"
            if has "$qemu"; then test_emulated "$each" "$qemu"; else skip "$each: no $qemu"; fi
        done
        test_push
        test_running
    fi
fi
verdict
