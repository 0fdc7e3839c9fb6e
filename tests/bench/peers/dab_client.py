#!/usr/bin/python3 -u
# SPDX-License-Identifier: MIT
"""Does on the bus what dbus-aggregate-batteries does, with values of its own making: hears the changes of all services, keeps those
it wants, looks at all of them once a second and publishes one battery in one ItemsChanged. dab_client.py ADDRESS"""
import signal
import sys

import dbus
import dbus.bus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ITEM = "com.victronenergy.BusItem"
PREFIX = "com.victronenergy.battery."
OWN = PREFIX + "aggregate"
CELLS = ["/Voltages/Cell%d" % cell for cell in range(1, 17)]
ADDED_UP = ["/Dc/0/Current", "/Dc/0/Power", "/Capacity", "/InstalledCapacity", "/ConsumedAmphours", "/System/NrOfModulesOnline",
            "/System/NrOfModulesOffline", "/System/NrOfModulesBlockingCharge", "/System/NrOfModulesBlockingDischarge",
            "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"]
AVERAGED = ["/Dc/0/Voltage", "/Soc", "/Dc/0/Temperature", "/TimeToGo", "/Voltages/Sum"]
HIGHEST = ["/System/MaxCellVoltage", "/System/MaxCellTemperature"] + ["/Alarms/" + name for name in (
    "LowVoltage", "HighVoltage", "LowCellVoltage", "HighCellVoltage", "LowSoc", "HighChargeCurrent", "HighDischargeCurrent",
    "CellImbalance", "InternalFailure", "HighChargeTemperature", "LowChargeTemperature", "HighTemperature", "LowTemperature",
    "BmsCable")]
LOWEST = ["/System/MinCellVoltage", "/System/MinCellTemperature", "/Info/MaxChargeVoltage", "/Io/AllowToCharge",
          "/Io/AllowToDischarge", "/Io/AllowToBalance", "/System/NrOfCellsPerBattery"]
WANTED = set(CELLS + ADDED_UP + AVERAGED + HIGHEST + LOWEST)


class Monitor:
    """What all batteries say, by owner and path."""

    def __init__(self, bus):
        self.bus, self.batteries = bus, {}
        bus.add_signal_receiver(self.one_changed, "PropertiesChanged", ITEM, path_keyword="path", sender_keyword="sender")
        bus.add_signal_receiver(self.many_changed, "ItemsChanged", ITEM, path="/", sender_keyword="sender")
        bus.add_signal_receiver(self.owner_changed, "NameOwnerChanged", "org.freedesktop.DBus")
        for name in bus.list_names():
            if name.startswith(PREFIX) and name != OWN:
                self.scan(bus.get_name_owner(name))

    def scan(self, owner):
        values = self.bus.call_blocking(owner, "/", ITEM, "GetItems", "", [])
        self.batteries[str(owner)] = {str(path): entry["Value"] for path, entry in values.items() if path in WANTED}

    def owner_changed(self, name, before, after):
        if name.startswith(PREFIX) and name != OWN:
            self.batteries.pop(before, None)
            if after:
                self.scan(after)

    def one_changed(self, changes, path=None, sender=None):
        battery = self.batteries.get(sender)
        if battery is not None and path in WANTED and "Value" in changes:
            battery[path] = changes["Value"]

    def many_changed(self, items, sender=None):
        battery = self.batteries.get(sender)
        if battery is not None:
            for path, changes in items.items():
                if path in WANTED and "Value" in changes:
                    battery[path] = changes["Value"]


def wrapped(value):
    if value is None:
        return dbus.Array([], signature=dbus.Signature("i"), variant_level=1)
    return dbus.Double(value, variant_level=1)


class Battery(dbus.service.Object):
    """The one that it publishes."""

    def __init__(self, bus):
        super().__init__(bus, "/")
        self.values = {"/DeviceInstance": 99, "/Connected": 1}
        self.name = dbus.service.BusName(OWN, bus)

    @staticmethod
    def entry(value):
        return dbus.Dictionary({"Value": wrapped(value), "Text": dbus.String(value, variant_level=1)}, signature="sv")

    @dbus.service.method(ITEM, out_signature="a{sa{sv}}")
    def GetItems(self):
        return {path: self.entry(value) for path, value in self.values.items()}

    @dbus.service.signal(ITEM, signature="a{sa{sv}}")
    def ItemsChanged(self, items):
        pass

    def publish(self, values):
        changed = {path: value for path, value in values.items() if self.values.get(path) != value}
        self.values.update(changed)
        if changed:
            self.ItemsChanged({path: self.entry(value) for path, value in changed.items()})


class Leaf(dbus.service.Object):
    """GetValue of one path."""

    def __init__(self, bus, battery, path):
        super().__init__(bus, path)
        self.battery, self.path = battery, path

    @dbus.service.method(ITEM, out_signature="v")
    def GetValue(self):
        return wrapped(self.battery.values.get(self.path))


def bank(batteries):
    """Sums, means and extremes of numbers; what nobody says is left out."""
    found = {}
    for paths, made in ((ADDED_UP, sum), (AVERAGED, lambda known: sum(known) / len(known)), (HIGHEST, max), (LOWEST, min)):
        for path in paths:
            known = [float(battery[path]) for battery in batteries if isinstance(battery.get(path), (int, float))]
            if known:
                found[path] = made(known)
    cells = [float(battery[path]) for battery in batteries for path in CELLS if path in battery]
    if cells:
        found["/Voltages/Diff"] = max(cells) - min(cells)
    return found


def main():
    DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(sys.argv[1])
    battery = Battery(bus)
    leaves = [Leaf(bus, battery, path) for path in (*ADDED_UP, *AVERAGED, *HIGHEST, *LOWEST)]
    monitor = Monitor(bus)

    def each_second():
        battery.publish(bank(list(monitor.batteries.values())))
        return bool(leaves)

    GLib.timeout_add(1000, each_second)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()


if __name__ == "__main__":
    main()
