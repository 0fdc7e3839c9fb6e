# SPDX-License-Identifier: MIT
"""What the kernel and the bus know of a process: CPU time, wake-ups, memory, what it says on the bus."""
import os
import struct
import subprocess
import time


def cpu_ms(pid):
    """User and system time of all threads, ended ones included. The number of the clock is the kernel's (CPUCLOCK_SCHED)."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e6


def wake_ups(pid):
    """Times its threads went to sleep by themselves."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii", errors="replace") as status:
                total += sum(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt"))
        except FileNotFoundError:
            pass  # it has ended
    return total


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def ask_bus(address, member, name):
    """What the bus says of a name, with its type before it; empty if it says an error."""
    return subprocess.run(["busctl", "--address=" + address, "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", member, "s", name],
                          capture_output=True, text=True, check=False).stdout


def owner_of(address, name):
    """The unique name of the connection that owns `name`; None if nobody does."""
    answer = ask_bus(address, "GetNameOwner", name)
    return answer.split('"')[1] if '"' in answer else None


def process_of(address, name):
    """The id of the process that owns `name`; None if nobody does."""
    answer = ask_bus(address, "GetConnectionUnixProcessID", name).split()
    return int(answer[1]) if len(answer) == 2 else None


def value_of(address, service, path):
    """What GetValue answers, as busctl writes it: "v d 12.5"; empty without an answer."""
    return subprocess.run(
        ["busctl", "--address=" + address, "call", service, path, "com.victronenergy.BusItem", "GetValue"],
        capture_output=True, text=True, check=False).stdout.strip()


SIGNAL = 4  # type of a message, D-Bus specification
SENDER = 7  # code of a header field


def sender_of(message):
    """The unique name in a message's header (D-Bus specification, "Message Format")."""
    order = "<" if message[0:1] == b"l" else ">"
    end = 16 + struct.unpack_from(order + "I", message, 12)[0]
    at = 16
    while at < end:
        at = (at + 7) & ~7
        code, signature = message[at], message[at + 2:at + 2 + message[at + 1]]
        at += 3 + len(signature)
        if signature in (b"s", b"o", b"u"):
            at = (at + 3) & ~3
            size = struct.unpack_from(order + "I", message, at)[0]
            text = message[at + 4:at + 4 + size] if signature != b"u" else b""
            at += 4 + (size + 1 if signature != b"u" else 0)
            if code == SENDER:
                return text.decode()
        else:
            at += 2 + message[at]  # g
    return ""


class Traffic:
    """Messages on a bus by sender, while it is listened to: (signals, bytes) per second. Listening costs the bus something, so
    it is not done while CPU time is measured."""

    def __init__(self, address, seconds):
        seen = subprocess.run(["timeout", "-s", "INT", str(seconds), "dbus-monitor", "--address", address, "--pcap"],
                              capture_output=True, check=False).stdout
        self.signals, self.bytes = {}, {}
        at = 24  # behind the head of a pcap file
        while at + 16 <= len(seen):
            size = struct.unpack_from("=I", seen, at + 8)[0]
            message = seen[at + 16:at + 16 + size]
            at += 16 + size
            if len(message) < size:
                break
            sender = sender_of(message)
            self.bytes[sender] = self.bytes.get(sender, 0) + size / seconds
            if message[1] == SIGNAL:
                self.signals[sender] = self.signals.get(sender, 0) + 1 / seconds
