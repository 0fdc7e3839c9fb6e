// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: what pages find of the program.
pragma Singleton
import QtQuick

QtObject {
    id: root

    property var venusPlatform: null
    // What was pushed last: `url` and `properties`.
    property var pushed: null
    readonly property var pageManager: QtObject {
        function pushPage(url: var, properties: var) {
            root.pushed = {"url": url, "properties": properties}
        }
    }
}
