// SPDX-License-Identifier: MIT
// One limit in a line: what it is and why; a tap leads to all that holds it down.
import QtQuick
import Victron.VenusOS

ListNavigation {
    id: root

    required property string serviceUid
    // Below /Info.
    required property string valuePath
    // Below /Info, a few words; may be empty.
    property string limitationPath
    // Below /Busbar/Limits.
    required property string limitersPath
    property string unit: "A"
    property int decimals: 1

    readonly property var limiters: texts.list(limitersItem.value)
    readonly property bool isKnown: typeof valueItem.value === "number"

    interactive: limiters.length > 0
    secondaryText: texts.amount(valueItem.value, decimals, unit)
    caption: texts.reason(limiters, limitationItem.value)
    textFormat: Text.PlainText
    onClicked: Global.pageManager.pushPage("qrc:/Busbar/Busbar_Limiters.qml", {
        "title": root.text,
        "uid": limitersItem.uid,
        "unit": root.unit,
        "decimals": root.decimals
    })

    Busbar_Texts { id: texts }

    VeQuickItem {
        id: valueItem
        uid: root.serviceUid + "/Info/" + root.valuePath
    }

    VeQuickItem {
        id: limitationItem
        uid: root.limitationPath.length > 0 ? root.serviceUid + "/Info/" + root.limitationPath : ""
    }

    VeQuickItem {
        id: limitersItem
        uid: root.serviceUid + "/Busbar/Limits/" + root.limitersPath
    }
}
