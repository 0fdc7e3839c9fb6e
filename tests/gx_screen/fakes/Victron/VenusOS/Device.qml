// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a service of the GX.
import QtQuick

QtObject {
    property string serviceUid
}
