// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a line with its name at the left, something at the right, and words below, wrapped.
import QtQuick

FocusScope {
    id: root

    property string text
    property string caption
    property int textFormat: Text.AutoText
    property bool preferredVisible: true
    property bool interactive
    property string atRight
    readonly property bool effectiveVisible: preferredVisible
    readonly property alias lines: labels.children

    width: parent ? parent.width : 800
    height: effectiveVisible ? Math.max(left.height, second.height) + (caption.length > 0 ? third.height : 0) + 24 : 0
    visible: effectiveVisible

    Rectangle {
        anchors.fill: parent
        anchors.bottomMargin: 4
        color: "#272622"
    }

    Item {
        id: labels

        x: 24
        y: 10
        width: root.width - 48

        Text {
            id: left
            width: labels.width - second.width - 16
            text: root.text
            textFormat: root.textFormat
            color: "#faf9f5"
            font.pixelSize: 22
            wrapMode: Text.Wrap
        }

        Text {
            id: second
            x: labels.width - width
            width: Math.min(implicitWidth, labels.width / 2)
            text: root.atRight + (root.interactive ? "  ›" : "")
            color: "#969591"
            font.pixelSize: 22
            horizontalAlignment: Text.AlignRight
            wrapMode: Text.Wrap
        }

        Text {
            id: third
            y: Math.max(left.height, second.height)
            width: labels.width
            text: root.caption
            visible: root.caption.length > 0
            color: "#969591"
            font.pixelSize: 16
            wrapMode: Text.Wrap
        }
    }
}
