// SPDX-License-Identifier: MIT
// All that holds one limit down, the strictest first.
import QtQuick
import Victron.VenusOS

Page {
    id: root

    // Of the item with the list.
    required property string uid
    property string unit: "A"
    property int decimals: 1

    readonly property var limiters: texts.list(item.value)

    Busbar_Texts { id: texts }

    VeQuickItem {
        id: item
        uid: root.uid
    }

    GradientListView {
        // By number, so that the list stays where it was scrolled to when values change.
        model: root.limiters.length
        // A delegate sees the ids of its file, which qmllint takes for unknown.
        // qmllint disable unqualified
        delegate: ListText {
            required property int index
            readonly property var limiter: root.limiters[index] ?? {}

            text: texts.words(limiter.why)
            textFormat: Text.PlainText
            secondaryText: texts.amount(limiter.value, root.decimals, root.unit)
            caption: index === 0 ? "This is the limit now" : ""
        }
        // qmllint enable unqualified
    }
}
