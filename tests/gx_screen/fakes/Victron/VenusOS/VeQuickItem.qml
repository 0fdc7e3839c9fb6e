// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a value of the GX by its uid.
import QtQuick
import Victron.VenusOS

QtObject {
    property string uid
    readonly property var value: Backend.values[uid]
    readonly property bool valid: value !== undefined
}
