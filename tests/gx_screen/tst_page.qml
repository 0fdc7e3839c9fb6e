// SPDX-License-Identifier: MIT
// The pages on screens of a GX: with values, with none, of an older Busbar, of two at once, and when the service goes.
import QtQuick
import QtTest
import Victron.VenusOS

Item {
    id: screen

    readonly property string main: "dbus/com.victronenergy.battery.busbar"
    readonly property string other: "dbus/com.victronenergy.battery.busbar_two"
    readonly property string folder: "../../docker/gx/gui/"

    width: 800
    height: 480

    Rectangle {
        anchors.fill: parent
        color: "black"
    }

    Device {
        id: mainDevice
        serviceUid: screen.main
    }

    Device {
        id: otherDevice
        serviceUid: screen.other
    }

    TestCase {
        id: test

        property Item page: null

        name: "Page"
        when: windowShown

        function put(service, values) {
            for (const path in values)
                Backend.put(service + path, values[path])
        }
        function putBank(service, why) {
            put(service, {
                "/Info/MaxChargeCurrent": 57,
                "/Info/MaxDischargeCurrent": 120.5,
                "/Info/MaxChargeVoltage": 55.2,
                "/Info/ChargeLimitation": "member Pack D",
                "/Info/DischargeLimitation": "max_A",
                "/Busbar/Limits/Charge": JSON.stringify([{"value": 57, "why": why}, {"value": 100, "why": "The owner's ceiling, configured or chosen"}]),
                "/Busbar/Limits/Discharge": JSON.stringify([{"value": 120.5, "why": "The owner's ceiling, configured or chosen"}]),
                "/Busbar/Limits/ChargeVoltage": JSON.stringify([{"value": 55.2, "why": "Pack A asks for no more than 55.20 V"}]),
                "/Busbar/Page": "http://*:8088/",
                "/Busbar/Batteries": JSON.stringify([
                    {"name": "Pack A", "page": 1, "state": "in", "why": ""},
                    {"name": "A battery with a rather long name in the second locker", "page": 2, "state": "lost",
                        "why": "not confirmed by the GX any more, left, or the link is lost"}]),
                "/Battery/1/Voltage": 53.124,
                "/Battery/1/Current": -12.5,
                "/Battery/1/Soc": 80.4
            })
        }
        function open(file, properties) {
            const component = Qt.createComponent(screen.folder + file)
            compare(component.status, Component.Ready, component.errorString())
            page = component.createObject(screen, Object.assign({"width": screen.width, "height": screen.height}, properties))
            verify(page !== null)
            waitForRendering(page)
        }
        // All items of a page that are seen, in order.
        function lines(item) {
            let found = []
            const children = (item ?? page).children
            for (let i = 0; i < children.length; ++i)
                if (children[i].visible)
                    found = found.concat(children[i].preferredVisible !== undefined ? [children[i]] : lines(children[i]))
            return found.sort((one, next) => one.y - next.y)
        }
        function line(text) {
            return lines().filter(one => one.text.startsWith(text))[0] ?? null
        }
        // Into the folder `pictures` of where the test runs, if there is one: to be looked at.
        function picture(name) {
            try {
                grabImage(screen).save("pictures/" + name + ".png")
            } catch (error) {
            }
        }

        function init() {
            Backend.clear()
            Global.pushed = null
            Global.venusPlatform = {"serviceUid": "dbus/com.victronenergy.platform"}
            Backend.put("dbus/com.victronenergy.platform/Network/Services", "{\"ethernet\":{\"Wired\":{\"Address\":\"192.0.2.7\"}}}")
            screen.width = 800
            screen.height = 480
        }
        function cleanup() {
            page?.destroy()
            page = null
        }

        function test_limitsWithTheirReasons() {
            putBank(screen.main, "Pack D allows 30.8 A and takes 54 % of the current")
            open("Busbar_Page.qml", {"device": mainDevice})
            picture("page")
            compare(lines().map(one => one.text), ["Charge current limit (CCL)", "Discharge current limit (DCL)",
                "Charge voltage limit (CVL)", "Batteries", "Web page"])
            compare(line("Charge current").secondaryText, "57.0 A")
            compare(line("Charge current").caption, "Pack D allows 30.8 A and takes 54 % of the current")
            compare(line("Discharge current").secondaryText, "120.5 A")
            compare(line("Charge voltage").secondaryText, "55.20 V")
            compare(line("Batteries").secondaryText, "1 of 2")
            verify(line("Batteries").caption.startsWith("A battery with a rather long name"))
            compare(line("Web page").url, "http://192.0.2.7:8088/")
        }
        function test_aTapShowsAllThatHoldsALimitDown() {
            putBank(screen.main, "Pack D is weak")
            open("Busbar_Page.qml", {"device": mainDevice})
            mouseClick(line("Charge current"))
            compare(Global.pushed.url, "qrc:/Busbar/Busbar_Limiters.qml")
            const properties = Global.pushed.properties
            cleanup()
            open("Busbar_Limiters.qml", properties)
            picture("limiters")
            compare(lines().map(one => one.secondaryText), ["57.0 A", "100.0 A"])
            compare(lines().map(one => one.caption), ["This is the limit now", ""])
            compare(page.title, "Charge current limit (CCL)")
            Backend.put(screen.main + "/Busbar/Limits/Charge", undefined)
            compare(lines().length, 0)
        }
        function test_aTapShowsTheBatteries() {
            putBank(screen.main, "")
            open("Busbar_Page.qml", {"device": mainDevice})
            mouseClick(line("Batteries"))
            compare(Global.pushed.url, "qrc:/Busbar/Busbar_Batteries.qml")
            const properties = Global.pushed.properties
            cleanup()
            open("Busbar_Batteries.qml", properties)
            picture("batteries")
            compare(lines().map(one => one.secondaryText), ["53.12 V   -12.5 A   80 %", "--   --   --"])
            compare(lines()[0].caption, "")
            verify(lines()[1].caption.startsWith("Does not take part: not confirmed"))
            Backend.put(screen.main + "/Busbar/Batteries", "[{\"name\":\"Pack A\",\"page\":1,\"state\":\"in\"}]")
            compare(lines().map(one => one.text), ["Pack A"])
        }
        function test_whereNothingIsThereItSaysSo() {
            open("Busbar_Page.qml", {"device": mainDevice})
            picture("nothing")
            verify(line("This battery has no limits now") !== null)
            compare(line("Charge current").secondaryText, "--")
            compare(line("Batteries"), null)
            compare(line("Web page"), null)
            mouseClick(line("Charge current"))
            compare(Global.pushed, null, "there is nothing to lead to")
        }
        function test_anOlderBusbarShowsItsLimits() {
            put(screen.main, {"/Info/MaxChargeCurrent": 40, "/Info/ChargeLimitation": "member Pack B"})
            open("Busbar_Page.qml", {"device": mainDevice})
            compare(line("This battery has no limits now"), null)
            compare(line("Charge current").secondaryText, "40.0 A")
            compare(line("Charge current").caption, "member Pack B")
            compare(line("Busbar's web page"), null)
        }
        function test_theServiceMayGoAndComeBack() {
            putBank(screen.main, "a")
            open("Busbar_Page.qml", {"device": mainDevice})
            Backend.clear()
            verify(line("This battery has no limits now") !== null)
            putBank(screen.main, "b")
            compare(line("Charge current").caption, "b")
            page.device = null
            compare(line("Charge current").secondaryText, "--")
        }
        function test_eachShowsItsOwnService() {
            putBank(screen.main, "of the first")
            putBank(screen.other, "of the second")
            open("Busbar_Page.qml", {"device": otherDevice})
            compare(line("Charge current").caption, "of the second")
            mouseClick(line("Charge current"))
            compare(Global.pushed.properties.uid, screen.other + "/Busbar/Limits/Charge")
        }
        function test_withoutAWebPageItSaysHowToSwitchItOn() {
            putBank(screen.main, "")
            Backend.put(screen.main + "/Busbar/Page", "")
            open("Busbar_Page.qml", {"device": mainDevice})
            picture("off")
            verify(line("Busbar's web page is off") !== null)
            compare(line("Web page"), null)
            Global.venusPlatform = null
            Backend.put(screen.main + "/Busbar/Page", "http://*:8088/")
            verify(line("Busbar's web page is on, and this GX has no network") !== null)
        }
        function test_nothingIsCutOffOnAnyScreen_data() {
            return [{"tag": "5 inch", "width": 800, "height": 480}, {"tag": "7 inch", "width": 1024, "height": 600},
                {"tag": "portrait", "width": 480, "height": 800}]
        }
        function test_nothingIsCutOffOnAnyScreen(row) {
            screen.width = row.width
            screen.height = row.height
            putBank(screen.main, "Averyverylongnameofabatterythatsomebodyhaschosen allows 30.8 A and takes 54 % of the current")
            for (const [file, properties] of [["Busbar_Page.qml", {"device": mainDevice}],
                ["Busbar_Batteries.qml", {"serviceUid": screen.main}],
                ["Busbar_Limiters.qml", {"uid": screen.main + "/Busbar/Limits/Charge"}]]) {
                open(file, properties)
                picture(row.tag + " " + file)
                for (const one of lines())
                    for (let i = 0; i < (one.lines?.length ?? 0); ++i)
                        verify(one.lines[i].paintedWidth <= one.lines[i].width + 1, file + ": " + one.lines[i].text)
                cleanup()
            }
        }
    }
}
