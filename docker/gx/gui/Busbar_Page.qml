// SPDX-License-Identifier: MIT
// What Busbar does and why: its limits, its batteries, the way to its web page. Of one of its batteries, which `device` names.
import QtQuick
import Victron.VenusOS

DeviceListPluginPage {
    id: root

    readonly property string serviceUid: device?.serviceUid ?? ""
    readonly property var batteries: texts.list(batteriesItem.value)
    readonly property string address: texts.pageAddress(addressItem.value, networkItem.value)
    readonly property string hint: texts.pageHint(addressItem.value, address)

    title: "Limits and batteries"

    Busbar_Texts { id: texts }

    VeQuickItem {
        id: batteriesItem
        uid: root.serviceUid + "/Busbar/Batteries"
    }

    VeQuickItem {
        id: addressItem
        uid: root.serviceUid + "/Busbar/Page"
    }

    VeQuickItem {
        id: networkItem
        uid: Global.venusPlatform ? Global.venusPlatform.serviceUid + "/Network/Services" : ""
    }

    GradientListView {
        model: VisibleItemModel {
            PrimaryListLabel {
                text: "This battery has no limits now: Busbar has ended, or it has no data."
                preferredVisible: !charge.isKnown && !discharge.isKnown && !chargeVoltage.isKnown
            }

            Busbar_Limit {
                id: charge
                text: "Charge current limit (CCL)"
                serviceUid: root.serviceUid
                valuePath: "MaxChargeCurrent"
                limitationPath: "ChargeLimitation"
                limitersPath: "Charge"
            }

            Busbar_Limit {
                id: discharge
                text: "Discharge current limit (DCL)"
                serviceUid: root.serviceUid
                valuePath: "MaxDischargeCurrent"
                limitationPath: "DischargeLimitation"
                limitersPath: "Discharge"
            }

            Busbar_Limit {
                id: chargeVoltage
                text: "Charge voltage limit (CVL)"
                serviceUid: root.serviceUid
                valuePath: "MaxChargeVoltage"
                limitersPath: "ChargeVoltage"
                unit: "V"
                decimals: 2
            }

            ListNavigation {
                text: "Batteries"
                secondaryText: texts.share(root.batteries)
                caption: texts.troubles(root.batteries)
                textFormat: Text.PlainText
                preferredVisible: root.batteries.length > 0
                onClicked: Global.pageManager.pushPage("qrc:/Busbar/Busbar_Batteries.qml", {
                    "title": text,
                    "serviceUid": root.serviceUid
                })
            }

            ListLink {
                text: "Web page"
                url: root.address
                preferredVisible: root.address.length > 0 && root.hint.length === 0
            }

            PrimaryListLabel {
                text: root.hint
                textFormat: Text.PlainText
                preferredVisible: root.hint.length > 0
            }
        }
    }
}
