# SPDX-License-Identifier: MIT
# Line drawings for rows: our own, 24 by 24.
DRAWINGS = {
    "battery": "M9 4h6M7 6h10v15H7zM7 13h10",
    "battery-good": "M9 4h6M7 6h10v15H7zM9.5 13.5l2 2 3.5-4",
    "battery-charging": "M9 4h6M7 6h10v15H7zM13 8.5l-3 5h4l-3 5",
    "wave": "M3 12c2.2-9 6.3-9 9 0s6.8 9 9 0",
    "current": "M3 9c2-5 4-5 6 0s4 5 6 0 4-5 6 0M3 17h4m3 0h4m3 0h4",
    "bolt": "M13 3L6 13.5h5L10 21l8-11h-5.5z",
    "thermometer": "M10 14V5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0M12 10v7",
    "clock": "M12 3a9 9 0 1 0 .01 0M12 7v5l3.5 2",
    "eye": "M2.5 12c4-7 15-7 19 0-4 7-15 7-19 0M12 9.5a2.5 2.5 0 1 0 .01 0",
    "text": "M4 7h16M4 12h16M4 17h10",
    "count": "M4 9h16M4 15h16M9.5 4l-2 16M16.5 4l-2 16",
    "good": "M12 3a9 9 0 1 0 .01 0M8 12.5l3 3 5.5-6.5",
    "problem": "M12 3a9 9 0 1 0 .01 0M12 7.5v6M12 16.5v.5",
    "message": "M3 4h18v13H8l-5 4zM12 7.5v4M12 14v.3",
    "cycle": "M19 9a8 8 0 0 0-14-1M5 4v4h4M5 15a8 8 0 0 0 14 1M19 20v-4h-4",
    "lock": "M6 11h12v9H6zM9 11V7a3 3 0 0 1 6-.5",
}

BY_ICON = {
    "mdi:battery": "battery",
    "mdi:battery-check": "battery-good",
    "mdi:battery-unknown": "battery",
    "mdi:battery-sync": "cycle",
    "mdi:battery-lock-open": "lock",
    "mdi:message-alert": "message",
    "mdi:text": "text",
    "mdi:identifier": "text",
    "mdi:counter": "count",
}

BY_CLASS = {
    "battery": "battery",
    "voltage": "wave",
    "current": "current",
    "power": "bolt",
    "energy": "bolt",
    "energy_storage": "battery",
    "temperature": "thermometer",
    "duration": "clock",
    "timestamp": "clock",
}

BY_STATE = {
    ("battery_charging", "on"): "battery-charging",
    ("battery_charging", "off"): "battery",
    ("problem", "on"): "problem",
    ("problem", "off"): "good",
}


def icon(entity):
    name = (
        BY_ICON.get(entity.icon)
        or BY_STATE.get((entity.device_class, entity.state()))
        or BY_CLASS.get(entity.device_class, "eye")
    )
    return f'<svg class="icon" viewBox="0 0 24 24"><path d="{DRAWINGS[name]}"/></svg>'
