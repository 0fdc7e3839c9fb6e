// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a page of a plugin, which is given its device.
import QtQuick
import Victron.VenusOS

Page {
    required property Device device
}
