// SPDX-License-Identifier: MIT
// The batteries of the bank, and why one does not take part.
import QtQuick
import Victron.VenusOS

Page {
    id: root

    required property string serviceUid

    readonly property var batteries: texts.list(item.value)

    Busbar_Texts { id: texts }

    VeQuickItem {
        id: item
        uid: root.serviceUid + "/Busbar/Batteries"
    }

    GradientListView {
        model: root.batteries.length
        // A delegate sees the ids of its file, which qmllint takes for unknown.
        // qmllint disable unqualified
        delegate: ListText {
            id: delegate

            required property int index
            readonly property var battery: root.batteries[index] ?? {}
            readonly property string pageUid: root.serviceUid + "/Battery/" + (battery.page ?? 0)

            text: texts.words(battery.name)
            textFormat: Text.PlainText
            secondaryText: [texts.amount(voltage.value, 2, "V"), texts.amount(current.value, 1, "A"),
                texts.amount(soc.value, 0, "%")].join("   ")
            caption: texts.trouble(battery)

            VeQuickItem {
                id: voltage
                uid: delegate.pageUid + "/Voltage"
            }

            VeQuickItem {
                id: current
                uid: delegate.pageUid + "/Current"
            }

            VeQuickItem {
                id: soc
                uid: delegate.pageUid + "/Soc"
            }
        }
        // qmllint enable unqualified
    }
}
