// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: fills the screen.
import QtQuick

FocusScope {
    property string title
    implicitWidth: 800
    implicitHeight: 480
}
