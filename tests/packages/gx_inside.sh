#!/bin/sh
# SPDX-License-Identifier: MIT
# The part of gx_test.sh that runs on the stand-in for Venus OS; plain sh, because that is what a GX has.
set -u

home=/data/apps/busbar
ctl=$home/ctl.sh
conf=/data/conf/busbar/busbar.json
service=/service/busbar
name=com.victronenergy.battery.busbar
part=gx_test
# shellcheck source=tests/packages/checks.sh
. /root/checks.sh

# refuses TEXT COMMAND...: it fails and says TEXT.
refuses() {
    wanted=$1
    shift
    "$@" >/tmp/refusal 2>&1 && cat /tmp/refusal && return 1
    cat /tmp/refusal
    grep -q "$wanted" /tmp/refusal
}

current() { basename "$(readlink $home/current)"; }
is_current() { [ "$(current)" = "$1" ]; }
pid() { svstat $service 2>/dev/null | sed -n 's/.*: up (pid \([0-9]*\)).*/\1/p'; }
runs() { [ -n "$(pid)" ] && tr '\0' ' ' <"/proc/$(pid)/cmdline" 2>/dev/null | grep -q "versions/$1/bin/busbar"; }
has_pid() { [ "$(pid)" = "$1" ] || { svstat $service && tail -n 8 /var/log/busbar/current && false; }; }
# up_for SECONDS: supervise itself says that this process has run for so long.
up_for() { [ "$(svstat $service 2>/dev/null | sed -n 's/.*: up (pid [0-9]*) \([0-9]*\) seconds.*/\1/p')" -ge "$1" ]; }
other_pid() { [ -n "$(pid)" ] && [ "$(pid)" != "$1" ]; }
ask_bus() { dbus-send --system --print-reply --reply-timeout=2000 --dest="$1" "$2" "$3" ${4:+"$4"} 2>/dev/null; }
owned() { ask_bus org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner "string:$name" | grep -q 'boolean true'; }
shows_soc() { ask_bus $name /Soc com.victronenergy.BusItem.GetValue | grep -q 'variant *double [0-9]'; }
hook_lines() { grep -c ' # busbar$' /data/rc.local; }
has_one_hook() { [ "$(hook_lines)" = 1 ]; }
# pids_of TEXT: processes of this machine with TEXT on their command line. Debian's busybox has no pgrep.
pids_of() {
    for process in /proc/[0-9]*; do
        ! tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qF -- "$1" || echo "${process#/proc/}"
    done
}
no_busbar_process() { [ -z "$(pids_of 'supervise busbar')$(pids_of 'supervise log')$(pids_of 'bin/busbar run')$(pids_of multilog)" ]; }
run_as_nobody() { [ "$(stat -c %U "/proc/$(pid)")" = nobody ]; }
state=/data/conf/busbar/state
state_is_of() { [ "$(stat -c %U $state/state.json 2>/dev/null)" = "$1" ]; }
has_mode() { [ "$(stat -c %a $conf)" = "$1" ]; }
limited() { grep -q 'Max address space *100000000' "/proc/$(pid)/limits"; }

start_svscan() { (cd /service && exec svscan /service </dev/null >/dev/null 2>&1) & svscan=$!; }

# shellcheck disable=SC2046 # several words
# As the power switch does it: nothing is stopped in order, and RAM is empty afterwards.
power_off() {
    kill -9 $svscan $(pids_of 'supervise ')
    kill -9 $(pids_of 'multilog t') $(pids_of 'bin/busbar run') 2>/dev/null
    soon 10 no_busbar_process
    rm -rf /service/* /service/.[!.]* /run/busbar*
}

# The order of Venus OS: sticks, then svscan, then rc.local.
power_on() {
    [ -z "${1:-}" ] || stick "$1"
    start_svscan
    [ ! -x /data/rc.local ] || /data/rc.local
}

# stick_with FILE...: without an archive; empty files that only their names are for.
stick_with() {
    rm -rf /media/stick
    mkdir -p /media/stick
    for file; do : >"/media/stick/$file"; done
}
stick_says() { grep -q "$1" /media/stick/busbar-install.log; }

# stick ARCHIVE [FILE...]: what Venus OS does with an archive on a stick.
stick() {
    archive=$1
    shift
    stick_with "$@"
    set -- "$archive"
    cp "$1" /media/stick/
    extra=$(mktemp -d)
    tar -xzf "$1" -C "$extra" rc
    [ ! -f "$extra/rc/pre-hook.sh" ] || sh "$extra/rc/pre-hook.sh"
    result=success
    /bin/tar -xzf "$1" -C /data --exclude rc 2>/dev/null || result=extraction-failed
    [ ! -f "$extra/rc/post-hook.sh" ] || sh "$extra/rc/post-hook.sh" "$result"
    rm -rf "$extra"
}

# impatient COMMAND...: where a new version never gets up, there is nothing to be gained by waiting for it.
impatient() { (export GX_PATIENCE_S=4 && "$@"); }
install_it() { sh /root/install.sh "$@"; }
archive_of() { echo /root/out/venus-data-busbar-"$1"-*.tgz; }

# untouched WHAT: after something that was refused, all is as before.
untouched() {
    expect "… $1: the version in force is the same" is_current "$before_version"
    expect "… $1: and was not even restarted" has_pid "$before_pid"
    expect "… $1: nothing is left behind" not ls -d /data/apps/.busbar-install /data/apps/busbar/incoming
}

remember() { before_version=$(current) before_pid=$(pid); }

start_system() {
    cat >/tmp/bus.conf <<'XML'
<busconfig>
  <type>system</type><fork/><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*" eavesdrop="true"/>
  <allow own="*"/><allow user="*"/></policy>
</busconfig>
XML
    mkdir -p /run/dbus
    dbus-daemon --config-file=/tmp/bus.conf
    mosquitto -p 1883 -d >/dev/null 2>&1
}

real_archive=$(find /root/out -name 'venus-data-busbar-*.tgz' ! -name '*-busbar-9[789].*')
real=$(basename "$real_archive" | sed 's/^venus-data-busbar-\(.*\)-[a-z0-9]*\.tgz$/\1/')
start_system

# ---- from a stick, on a machine that has never seen it -------------------------------------------------------

power_on "$real_archive"
expect "a stick installs: the service comes up" soon 30 runs "$real"
$home/current/busbar simulate --url mqtt://127.0.0.1:1883 --packs 3 >/tmp/simulate.log 2>&1 &
expect "it owns its name on the system bus" soon 30 owned
expect "it runs as nobody" run_as_nobody
if [ "$PATIENCE" = 1 ]; then
    expect "it is held to 100 MB of address space" limited
else
    skip "the limit of 100 MB: the emulator sets none for itself"
fi
expect "rc.local is made, executable and with one line" test "$(wc -l </data/rc.local)$(stat -c %a /data/rc.local)" = 2755
expect "the new version proves itself" soon 40 not test -e $home/probation
expect "… and the stick says so" soon 20 grep -q "version $real is up" /media/stick/busbar-install.log
expect "with no configuration it publishes the bank of the GX" soon 60 shows_soc
say "info $(grep -E '^Vm(RSS|Size)|^RssAnon' "/proc/$(pid)/status" | tr -s '\t \n' ' ') on disk $(du -sk $home/current/ | cut -f 1) kB"
expect "the log is written" grep -q . /var/log/busbar/current
expect "… and the state, as nobody" soon 20 state_is_of nobody
expect "status says that it runs" $ctl status
expect "logs shows local times" sh -c "$ctl logs | grep -q '^2...-'"

remember
stick "$real_archive"
untouched "the same stick again"
expect "… nor is anything written on it" not test -e /media/stick/busbar-install.log
kill -9 "$(pid)"
expect "after kill -9 it comes back" soon 20 other_pid "$before_pid"
expect "… and owns its name again" soon 20 owned
power_off
power_on
expect "after a power cut it comes back by rc.local" soon 40 runs "$real"

# ---- switched off and on -------------------------------------------------------------------------------------

expect "disable" $ctl disable
expect "… the name is gone" not owned
expect "… the service is gone" not ls -d $service /service/.busbar.gone
expect "… rc.local, which had nothing else, is gone" not test -e /data/rc.local
stick "$real_archive"
expect "… and a forgotten stick does not switch it on again" not test -e $service
printf '#!/bin/sh\n\n# mine\ntouch /tmp/mine\nexit 0' >/data/rc.local
chmod 750 /data/rc.local
cp -p /data/rc.local /tmp/rc.local.mine
expect "enable" $ctl enable
expect "enable again" $ctl enable
expect "… one line in rc.local" has_one_hook
expect "… before the owner's first" sh -c 'sed -n 2p /data/rc.local | grep -q "# busbar$"'
expect "… its mode stays" test "$(stat -c %a /data/rc.local)" = 750
power_off
power_on
expect "with an owner's exit 0 in rc.local it comes back at boot" soon 40 runs "$real"
expect "… and the owner's lines have run" test -e /tmp/mine

# ---- configuration -------------------------------------------------------------------------------------------

printf '{ "expected": 3, }\n' >$conf
chmod 600 $conf
$ctl restart
expect "it reads a configuration of mode 600, as nobody" soon 20 run_as_nobody
expect "… which becomes readable for its group only" soon 20 has_mode 640
expect "… and it runs" soon 20 runs "$real"
# Or it might read the next file by itself, before it is told to restart.
expect "… as far as its name" soon 20 owned
printf '{ "expecetd": 3 }\n' >$conf
touch -d '2024-01-01 00:00' $conf
$ctl restart
expect "a bad configuration is waited for" soon 20 grep -q 'waits until' /var/log/busbar/current
remember
soon 20 up_for 4
expect "… without a restart each second" has_pid "$before_pid"
expect "… and status says so, with the first reason" sh -c "$ctl status; $ctl status | grep -q 'REFUSED.*expecetd'"
expect "… and fails" not $ctl status
printf '{ "expected": 3 }\n' >$conf
touch -d '2024-01-01 00:00' $conf
expect "… until it is mended, though length and time are the same" soon 20 runs "$real"
expect "… and status refuses nothing" not sh -c "$ctl status | grep REFUSED"
expect "… and the name is owned again" soon 20 owned

# ---- what somebody without a shell can do --------------------------------------------------------------------

power_off
stick_with
printf '{ "expected": 4 }\n' >/media/stick/busbar.json.txt
power_on
expect "a configuration on a stick is taken at the next start" soon 40 grep -q '"expected": 4' $conf
expect "… for nobody to read" has_mode 640
expect "… and it runs" soon 20 runs "$real"
expect "… the stick says so, with the status" soon 40 stick_says '^version  '
expect "… and has the log" soon 10 grep -q 'info' /media/stick/busbar.log
printf '{ "expected": 3 }\n' >$conf
power_off
power_on
expect "… it counts once: a later one of the owner's stays" soon 40 runs "$real"
expect "… as it is" grep -q '"expected": 3' $conf
stick_with
printf '{ "expecetd": 4 }\n' >/media/stick/busbar.json
power_off
power_on
expect "one with a mistake is refused, with the reason" soon 40 stick_says 'expecetd'
expect "… and the one in force stays" grep -q '"expected": 3' $conf
stick_with busbar-disable
power_off
power_on
expect "busbar-disable on a stick switches it off" soon 40 test -e /media/stick/busbar-disable.done
expect "… wholly" soon 20 stick_says ' disabled'
expect "… also for the next start" soon 20 not grep -q ' # busbar$' /data/rc.local
stick "$real_archive" busbar-enable
expect "busbar-enable, beside the archive, switches it on again" soon 40 runs "$real"
expect "… also for the next start" has_one_hook
expect "without a broker status says so" sh -c "/usr/bin/unshare -n $home/current/gx/needs | grep -q 'MQTT is OFF'"
expect "… and fails" not /usr/bin/unshare -n $ctl status
expect "with one, and all as it should be, it does not" $ctl status
touch /service/dbus-aggregate-batteries
expect "another program that makes one battery of many is noticed" sh -c "$ctl status | grep -q 'dbus-aggregate-batteries is installed as well'"
rm /service/dbus-aggregate-batteries
# As it was for what follows.
printf '{ "expected": 3 }\n' >$conf

# ---- the page on the GX's screen ------------------------------------------------------------------------------

page=/data/apps/enabled/Busbar
firmware() { mkdir -p /opt/victronenergy && printf '%s\nWed\n' "$1" >/opt/victronenergy/version; }
# on_screen VERSION: the link that the screen finds leads to the page of that version.
on_screen() { [ "$(readlink $page)" = "$home/versions/$1/gx/screen" ] && grep -q '"productId": "0xBAB5"' $page/gui-v2/Busbar.json; }
expect "without a known firmware the screen gets no page" not ls -d $page
for version in v3.79 v2.94 3.8 nonsense; do
    firmware "$version"
    expect "Venus OS $version gets none" sh -c "$ctl enable && [ ! -e $page ]"
done
firmware v3.80~40
expect "Venus OS 3.80 gets one" $ctl enable
expect "… of the version in force" on_screen "$real"
expect "… its status says where" sh -c "$ctl status | grep -q '^screen .*Limits and batteries'"
made=$(stat -c %Y.%i $page)
expect "… and it is not made anew for nothing" sh -c "$ctl enable && [ \"\$(stat -c %Y.%i $page)\" = $made ]"
rm $page && mkdir $page
expect "what is somebody else's there stays" sh -c "$ctl enable | grep -q 'belongs to something else' && $ctl disable && [ -d $page ]"
rmdir $page
firmware v4.0
expect "a later Venus OS gets one too" $ctl enable
expect "… of the version in force" on_screen "$real"
expect "switched off, Busbar has none" sh -c "$ctl disable && [ ! -L $page ]"
expect "… and switched on it has it again" sh -c "$ctl enable && [ -L $page ]"
firmware v3.72
power_off
power_on
expect "an older firmware takes it away at the next start" soon 40 not test -L $page
firmware v3.80
power_off
power_on
expect "… a newer one brings it back" soon 40 on_screen "$real"
expect "… and Busbar runs" soon 40 runs "$real"

# ---- updates -------------------------------------------------------------------------------------------------

sums_before=$(sha256sum $conf)
expect "install.sh updates from a file" install_it "$(archive_of 98.0.0)"
expect "… the new version runs" runs 98.0.0
expect "… the configuration is the same" test "$(sha256sum $conf)" = "$sums_before"
expect "… the version before is kept" test -d "$home/versions/$real"
expect "… the screen has the new version's page" on_screen 98.0.0
remember
expect "an update that does not start fails" refuses 'did not stay up.*back at version 98' impatient install_it "$(archive_of 99.0.0-broken)"
expect "… and the version before is back" soon 20 runs 98.0.0
expect "… and owns its name" soon 20 owned
expect "… the broken one is gone" not test -e $home/versions/99.0.0-broken
expect "… the screen's page is that of the version before" on_screen 98.0.0

remember
expect "a version that does not take the configuration is refused" \
    refuses 'does not take' install_it "$(archive_of 98.0.3-strict)"
untouched "other rules for the configuration"
expect "a damaged version is refused" refuses 'missing or damaged' install_it "$(archive_of 98.0.1-torn)"
untouched "damaged"
expect "another architecture is refused" refuses 'is for riscv64' install_it "$(archive_of 98.0.2-foreign)"
untouched "other architecture"

half=/root/half/venus-data-busbar-half.tgz
mkdir /root/half
head -c 1000000 "$real_archive" >$half
expect "a file without a checksum is refused" refuses 'no checksum' install_it $half
sha256sum "$real_archive" | cut -d ' ' -f 1 >$half.sha256
expect "half a download is refused" refuses 'checksum is wrong' install_it $half
expect "half an archive with its right checksum is refused" \
    refuses 'no archive\|cannot unpack' install_it $half "$(sha256sum $half | cut -d ' ' -f 1)"
echo hello | gzip >/root/half/hello.tgz
expect "what is no archive is refused" \
    refuses 'no archive' install_it /root/half/hello.tgz "$(sha256sum /root/half/hello.tgz | cut -d ' ' -f 1)"
mkdir -p /root/half/apps/else && (cd /root/half && tar -czf else.tgz apps)
expect "an archive of something else is refused" \
    refuses 'no archive of Busbar' install_it /root/half/else.tgz "$(sha256sum /root/half/else.tgz | cut -d ' ' -f 1)"
expect "a file that is not there is refused" refuses 'cannot get' install_it /root/nowhere.tgz
expect "a URL that does not answer is refused" refuses 'cannot get' install_it http://127.0.0.1:9/busbar.tgz
untouched "bad files"

full() { dd if=/dev/zero of=/data/filler bs=1M >/dev/null 2>&1 || true; }
full
expect "a full /data is refused" refuses 'cannot be written\|too little space' install_it "$(archive_of 98.0.0)"
rm -f /data/filler
free_KiB=$(df -k /data | awk 'END { print $4 }')
dd if=/dev/zero of=/data/filler bs=1k count=$((free_KiB - 14000)) 2>/dev/null
expect "less space than twice its size is refused" refuses 'too little space' install_it "$(archive_of 99.0.0-broken)"
rm -f /data/filler
untouched "little space"
# A second mount of it, since the log keeps the first one open for writing.
read_only_install() {
    # shellcheck disable=SC2016 # for the inner shell
    /usr/bin/unshare -m --propagation unchanged sh -c 'mount -o bind /data /data && mount -o remount,bind,ro /data && sh /root/install.sh "$1"' sh "$1"
}
expect "a read-only /data is refused" refuses 'read-only' read_only_install "$(archive_of 98.0.0)"
untouched "read-only"

sleep 300 &
mkdir /run/busbar-ctl.lock && echo $! >/run/busbar-ctl.lock/pid
expect "a second installation at the same time is refused" refuses 'another installation' install_it "$real_archive"
expect "… by ctl.sh too" refuses 'another installation' $ctl disable
untouched "two at once"
kill $!
wait $! 2>/dev/null

mkdir /root/site && cp "$real_archive" /root/site && (cd /root/site && sha256sum ./*.tgz | sed 's|\./||' >SHA256SUMS)
busybox httpd -p 127.0.0.1:8080 -h /root/site
expect "install.sh takes the right archive from a URL, the lock of a dead one notwithstanding" install_it http://127.0.0.1:8080/
expect "… and it runs" runs "$real"
expect "rollback goes to the version before" $ctl rollback
expect "… and it runs" soon 20 runs 98.0.0
expect "a second rollback has nowhere to go" refuses 'no version to go back' $ctl rollback

# ---- sticks that do not hold what they promise ---------------------------------------------------------------

impatient stick "$(archive_of 99.0.0-broken)"
expect "a stick with a version that does not start: it is put in force" is_current 99.0.0-broken
expect "… the version before comes back by itself" soon 60 grep -q 'broken did not stay up' /var/log/busbar/install.log
expect "… and runs" soon 20 runs 98.0.0
remember
stick "$(archive_of 99.0.0-broken)"
untouched "the same bad stick again"
stick "$(archive_of 98.0.2-foreign)"
untouched "a stick for another architecture"
expect "… it says why" soon 20 grep -q riscv64 /media/stick/busbar-install.log
stick "$half"
untouched "a stick with half an archive"
expect "… it says why" soon 20 grep -q 'could not unpack' /media/stick/busbar-install.log
expect "install.log says why" sh -c 'grep -q riscv64 /var/log/busbar/install.log && grep -q "could not unpack" /var/log/busbar/install.log'

stick "$real_archive"
expect "a good stick afterwards is taken" soon 30 runs "$real"
expect "… and proves itself" soon 40 not test -e $home/probation
power_off
rm $home/current
power_on
expect "after a power cut in the middle of an update the version before runs" soon 40 runs 98.0.0

# ---- gone ----------------------------------------------------------------------------------------------------

expect "uninstall" $ctl uninstall
expect "… the screen's page is gone" not test -L $page
rmdir /data/apps/enabled # the screen makes it anew
expect "… no process is left" no_busbar_process
expect "… rc.local is the owner's, byte for byte but for a last line end" \
    test "$(cat /data/rc.local)" = "$(cat /tmp/rc.local.mine)"
rm -f /data/rc.local
expect "… nothing but configuration and state is left" \
    test "$(find /data -type f ! -path '/data/conf/busbar/*'; ls /data/apps /service; find /run -name 'busbar*')" = "$(printf '/data/apps:\n\n/service:')"
expect "… these are" test -s $conf

mkdir -p /service/busbar && printf '#!/bin/sh\nsleep 1000\n' >/service/busbar/run
expect "a service of that name that is not Busbar's is refused" refuses 'belongs to something else' install_it "$real_archive"
expect "… and left as it is" grep -q 'sleep 1000' /service/busbar/run
# A busy svscan may have started it just now: a name with a dot it does not look at, and a supervise that ends writes no more.
mv /service/busbar /service/.foreign
svc -dx /service/.foreign 2>/dev/null || true
soon 10 not svok /service/.foreign || true
soon 10 rm -rf /service/.foreign
printf '{ "old_name": 3 }\n' >$conf
expect "a configuration left by an earlier version that is not taken any more is refused" \
    refuses 'old_name' install_it "$real_archive"
expect "… with what to do" refuses 'mend it first' install_it "$real_archive"
expect "… and nothing is left behind" not ls -d $home $service /data/apps/.busbar-install
printf '{ "expected": 3 }\n' >$conf
expect "a first version that does not start fails" refuses 'none before it' impatient install_it "$(archive_of 99.0.0-broken)"
expect "… and is switched off" not ls -d $service /data/rc.local
expect "… a good one is taken" install_it "$real_archive"
stick_with busbar-uninstall
power_off
power_on
expect "busbar-uninstall on a stick removes it, which the stick says" soon 40 stick_says 'configuration and state are still'
expect "… the program" not test -e $home
expect "… and not configuration and state" test -s $conf
# It gives the lock back only then.
soon 10 not test -e /run/busbar-ctl.lock
expect "… it is installed again" install_it "$real_archive"
expect "uninstall --all" $ctl uninstall --all
expect "… leaves nothing" test "$(find /data -type f | wc -l)" = 0

# ---- SetupHelper, as far as it can be told without it --------------------------------------------------------

mkdir -p /data/SetupHelper/HelperResources /data/Busbar/payload
# shellcheck disable=SC2016 # for the script that reads it
printf 'scriptAction=$1\nendScript() { exit 0; }\n' >/data/SetupHelper/HelperResources/IncludeHelpers
for suffix in "" .sha256; do
    for build in armhf arm64; do cp "$real_archive$suffix" "/data/Busbar/payload/venus-data-busbar-$real-$build.tgz$suffix"; done
done
cp /root/setup /root/install.sh /data/Busbar
expect "SetupHelper's INSTALL installs" bash /data/Busbar/setup INSTALL
expect "… it runs" soon 40 runs "$real"
expect "… is done" soon 60 grep -q 'Busbar runs' /var/log/busbar/install.log
expect "SetupHelper's UNINSTALL removes" bash /data/Busbar/setup UNINSTALL
expect "… all of it" not ls -d $service $home

# ---- nobody is not root ---------------------------------------------------------------------------------------

# What only root may read, and where nobody's links point to. Hard links are made by root: kernels differ in who may.
victims=/data/home/victims
mkdir -p $victims/folder
for victim in one two three four folder/state.json; do echo "root's own" >$victims/$victim; done
chmod -R go= $victims
facts_of_victims() { find $victims -exec stat -c '%n %u %g %a' {} + | sort && find $victims -type f -exec sha256sum {} + | sort; }
victims_before=$(facts_of_victims)
victims_live() { facts_of_victims && [ "$(facts_of_victims)" = "$victims_before" ]; }
# plant FOLDER: what nobody can do in a folder of its own.
plant() {
    ln $victims/one "$1/state.json.x"
    ln $victims/two "$1/password"
    # shellcheck disable=SC2016 # for the inner shell
    setuidgid nobody sh -c 'cd "$1" && rm -rf state.json.new && ln -s "$2/three" state.json.new && ln -s "$2/four" state.json.y &&
        ln -s "$2/four" "state.json.
z" && mkfifo state.json.pipe && ln -s "$2/folder" folder' sh "$1" $victims
}
owner_of() { stat -c '%U:%G %a' "$1"; }
is_down() { [ -z "$(pid)" ]; }
folder=/data/conf/busbar
file_in_force() { [ "$(owner_of $folder)" = 'root:root 755' ] && [ "$(owner_of $conf)" = 'root:nogroup 640' ]; }

mkdir -p $folder
printf '{ "expected": 3 }\n' >$conf
chmod 600 $conf
expect "it is installed once more" install_it "$real_archive"
expect "the folder is root's, the configuration for root to write and nobody to read" file_in_force
expect "the state is in a folder of nobody's" test "$(owner_of $state)" = 'nobody:nogroup 750'
expect "… and written" soon 20 state_is_of nobody
plant $state
remember
$ctl restart
expect "nobody plants links in it: a restart" soon 20 other_pid "$before_pid"
expect "… and the program is back" soon 20 owned
svc -d $service
expect "… and saves at its end" soon 20 is_down
expect "… the state is a file of nobody's own" test "$(stat -c '%F %U' $state/state.json)" = 'regular file nobody'
expect "… what root owns stays as it was" victims_live

# As versions up to 0.3 left it: one folder, nobody's, with what nobody made of it.
cp $state/state.json /tmp/state.before
mv $state/state.json $folder/
setuidgid nobody rm -rf $state 2>/dev/null
rmdir $state
chown nobody $folder
plant $folder
setuidgid nobody ln -s $victims/folder $state
setuidgid nobody ln -s $victims/four $folder/state.json.bad
ln $victims/two $folder/state.new
ln $victims/two $conf.new
expect "the folder of an earlier version is taken over" $home/current/gx/settle
expect "… the folder is root's, the configuration for nobody to read" file_in_force
expect "… the configuration is the same" grep -q '"expected": 3' $conf
expect "… the state is in a folder of its own" test "$(owner_of $state)" = 'nobody:nogroup 750'
expect "… and the same" cmp $state/state.json /tmp/state.before
expect "… and nobody's" state_is_of nobody
expect "… what root owns stays as it was" victims_live
svc -u $service
expect "… and it runs" soon 20 runs "$real"

# The configuration itself may be a link.
svc -d $service
soon 20 is_down
cp $conf /tmp/conf.mine
rm -f $conf
ln $victims/two $conf
chown nobody $folder
svc -u $service
expect "a link to a secret for a configuration is not read" soon 20 sh -c "$ctl status | grep -q 'REFUSED.*Permission denied'"
expect "… nor run without" soon 20 grep -q 'nobody cannot read' /var/log/busbar/current
expect "… what root owns stays as it was" victims_live
rm -f $conf
cp /tmp/conf.mine $conf
chgrp nogroup $conf
chmod 640 $conf
expect "… until there is one" soon 20 runs "$real"
expect "… for nobody to read" soon 20 file_in_force

expect "a version that has its state beside the configuration, up to 0.3" install_it "$(archive_of 97.0.0-old)"
expect "… and forth again" install_it "$real_archive"
expect "… its folder is taken over" soon 20 file_in_force
expect "… its state too" soon 20 state_is_of nobody
expect "rollback to it" $ctl rollback
expect "… it runs" soon 20 runs 97.0.0-old
expect "… and has no page on the screen" not ls -d $page
expect "… and has its state" soon 20 test "$(stat -c %U $folder/state.json)" = nobody
expect "… which was not lost" not grep -q 'WARNING: no state' /var/log/busbar/install.log
plant $folder
expect "an update from it" install_it "$real_archive"
expect "… what root owns stays as it was" victims_live
plant $state
setuidgid nobody mkdir -p $state/deep/er
expect "uninstall with all" $ctl uninstall --all
expect "… leaves nothing of it" not ls -d $folder
expect "… what root owns stays as it was" victims_live
rm -rf $victims

kill $svscan
echo "$passed $failed $skipped" >/root/counts
