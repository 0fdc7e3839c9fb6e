// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a line that leads to a page.
import QtQuick
import Victron.VenusOS

ListSetting {
    id: root

    property string secondaryText

    signal clicked

    interactive: true
    atRight: secondaryText

    TapHandler {
        enabled: root.interactive
        onTapped: root.clicked()
    }
}
