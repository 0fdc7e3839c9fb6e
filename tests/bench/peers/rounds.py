# SPDX-License-Identifier: MIT
"""Runs programs one after the other on the same GX, simulated or real, and says what each adds to it."""
import collections
import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time

from meters import Traffic, cpu_ms, owner_of, resident_mib, value_of, wake_ups

MODES = ("steady", "moving", "ramp", "sweep")
SWEEP_EVERY_S = 2  # in the mode of that name somebody asks for all values so often
LISTEN_S = 2       # to the bus, after each measurement


class Worthless(Exception):
    """The numbers of this run mean nothing, and why."""


class Processes:
    """Children of this run, ended by their ids, the newest first."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def start(self, name, command, **environment):
        env = {key: value for key, value in {**os.environ, **environment}.items() if value is not None}
        with open(os.path.join(self.folder, name + ".log"), "w", encoding="utf-8") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=env)
        self.running.append((name, child))
        return child

    def end(self, child):
        self.running = [entry for entry in self.running if entry[1] is not child]
        child.terminate()
        try:
            child.wait(8)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def end_all(self):
        while self.running:
            self.end(self.running[-1][1])

    def check(self):
        for name, child in self.running:
            if child.poll() is not None:
                with open(os.path.join(self.folder, name + ".log"), encoding="utf-8", errors="replace") as log:
                    raise Worthless(f"{name} has ended: {log.read()[-600:]}")


def await_(what, is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise Worthless("waited in vain for " + what)
        time.sleep(0.1)


def publish(port, topic, payload=""):
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-m", payload], check=False)


class Keepalive(threading.Thread):
    """What other readers of a GX do: keep its bridge alive, or in the mode "sweep" ask for everything."""

    def __init__(self, gx, is_sweep):
        super().__init__(daemon=True)
        self.gx, self.is_sweep, self.ended = gx, is_sweep, threading.Event()

    def run(self):
        payload = "" if self.is_sweep else '{"keepalive-options":["suppress-republish"]}'
        while True:
            publish(self.gx.port, f"R/{self.gx.portal}/keepalive", payload)
            if self.ended.wait(SWEEP_EVERY_S if self.is_sweep else 25):
                return


# A program that is compared. `service` is the last part of its name on the bus; `reads_bus`: it asks nothing of the bridge;
# `needs_keepalive`: it does not keep the bridge alive by itself; `settles_s`: it needs so much longer to be as it stays.
Subject = collections.namedtuple("Subject", "name start service reads_bus needs_keepalive settles_s",
                                 defaults=(None, None, False, False, 0))


def measure(gx, subject, mode, seconds, settle):
    """One program on a running GX: a dictionary of figures."""
    child = subject.start(gx) if subject.start else None
    others = Keepalive(gx, mode == "sweep") if mode == "sweep" or subject.needs_keepalive else None
    if others:
        others.start()
    if subject.service:
        name = "com.victronenergy.battery." + subject.service
        await_(subject.name + " on the bus", lambda: owner_of(gx.address, name))
        gx.select(name)
    time.sleep(settle + subject.settles_s)
    gx.processes.check()

    pids = dict(gx.meters, batteries=gx.batteries.pid, **({"own": child.pid} if child else {}))
    is_mqtt = child and not subject.reads_bus
    sent = gx.sent() if is_mqtt else None
    begin = time.monotonic()
    before = {name: cpu_ms(pid) for name, pid in pids.items()}
    sleeps = wake_ups(child.pid) if child else 0
    time.sleep(seconds)
    after = {name: cpu_ms(pid) for name, pid in pids.items()}
    took = time.monotonic() - begin
    found = {name: (after[name] - before[name]) / took for name in pids}
    if child:
        found["wake-ups"] = (wake_ups(child.pid) - sleeps) / took
        found["MiB"] = resident_mib(child.pid)
    if is_mqtt:
        found["messages"] = gx.sent_per_second(sent)
    if subject.service:
        look_at_bus(gx, subject, found)
    gx.processes.check()
    if others:
        others.ended.set()
        others.join()
    if child:
        gx.processes.end(child)
    if subject.service:
        gx.select(None)
    return found


def look_at_bus(gx, subject, found):
    name = "com.victronenergy.battery." + subject.service
    owner = owner_of(gx.address, name)
    if not owner or value_of(gx.address, name, "/Dc/0/Current")[:3] != "v d":
        raise Worthless(f"{subject.name} has no current on the bus")
    traffic = Traffic(gx.address, LISTEN_S)
    found["signals"] = traffic.signals.get(owner, 0)
    found["bytes"] = traffic.bytes.get(owner, 0)
    found["heard"] = sum(count for sender, count in traffic.signals.items() if sender != owner)


def run_rounds(make_gx, subjects, mode, rounds, seconds, settle):
    """Each round on a GX of its own, because a bridge that was asked once goes on for a minute. So what reads the bus itself comes
    first, between two measurements of the GX with nothing."""
    found = collections.defaultdict(list)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="busbar-bench-") as folder:
            gx = make_gx(folder, mode)
            try:
                gx.start()
                nothing = Subject("nothing")
                first = [subject for subject in subjects if subject.reads_bus]
                for subject in [nothing, *first, nothing, *(subject for subject in subjects if not subject.reads_bus)]:
                    found[subject.name].append(measure(gx, subject, mode, seconds, settle))
            finally:
                gx.stop()
    return found


def mean(rows, key):
    return statistics.fmean(row.get(key, 0.0) for row in rows)


def figure(rows, key, form="{:.0f}"):
    return form.format(mean(rows, key)) if any(key in row for row in rows) else "–"


def table(title, found, yardstick, others):
    """Markdown. `others`: the GX's own programs, whose CPU time beyond that with nothing counts."""
    base = {name: mean(found["nothing"], name) for name in others}

    def added(rows):
        return mean(rows, "own") + sum(mean(rows, name) - base[name] for name in others)

    lines = [f"\n**{title}**; with nothing: " + ", ".join(f"{name} {base[name]:.1f} ms/s" for name in others),
             "", "| | own, ms/s | " + " | ".join("+ " + name for name in others)
             + f" | added | ÷ {yardstick} | messages in /s | signals out /s | bytes on the bus /s | wake-ups /s | MiB |",
             "|---" * (9 + len(others)) + "|"]
    for name, rows in found.items():
        if name == "nothing":
            continue
        each = " / ".join(f"{row['own']:.1f}" for row in rows) if len(rows) > 1 else ""
        # What adds less than nothing was measured on a machine too busy for it.
        is_sound = yardstick in found and added(found[yardstick]) > mean(found[yardstick], "own") / 2 and added(rows) > 0
        ratio = f"{added(rows) / added(found[yardstick]):.2f}" if is_sound else "–"
        arrives = figure(rows, "messages" if "messages" in rows[0] else "heard")
        lines.append(f"| {name} | {mean(rows, 'own'):.1f}" + (f" ({each})" if each else "") + " | "
                     + " | ".join(f"{mean(rows, other) - base[other]:+.1f}" for other in others)
                     + f" | {added(rows):.1f} | {ratio} | {arrives} | {figure(rows, 'signals', '{:.1f}')}"
                     + f" | {figure(rows, 'bytes')} | {figure(rows, 'wake-ups')} | {figure(rows, 'MiB', '{:.1f}')} |")
    return "\n".join(lines)


def on_one_core():
    """Everything that this process starts, as on the smallest GX. On several cores programs run at the same time and slow each other
    down by way of the memory: what a client "adds" to others is then mostly that, and differs by half from minute to minute."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def end_by_signals():
    """SIGTERM ends a run as Ctrl-C does: with all that it has started."""
    def interrupt(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupt)
