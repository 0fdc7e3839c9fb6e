// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a text across the screen.
import QtQuick

Text {
    property bool preferredVisible: true
    readonly property bool effectiveVisible: preferredVisible

    width: parent ? parent.width : 0
    height: preferredVisible ? contentHeight + 2 * padding : 0
    visible: preferredVisible
    padding: 24
    color: "#faf9f5"
    font.pixelSize: 18
    wrapMode: Text.Wrap
}
