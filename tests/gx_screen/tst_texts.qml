// SPDX-License-Identifier: MIT
// What the pages make of what Busbar publishes, of whatever type and version.
import QtQuick
import QtTest
import "../../docker/gx/gui"

TestCase {
    name: "Texts"

    readonly property string networks: JSON.stringify({
        "wifi": {"boat": {"Address": "192.0.2.9", "State": "online"}},
        "ethernet": {"Wired": {"Address": "192.0.2.7"}}
    })

    Busbar_Texts { id: texts }

    function test_whatIsNoListIsNone_data() {
        return [undefined, null, 5, true, "", "[", "{}", "5", "\"x\"", "null"].map(value => ({"tag": String(value), "value": value}))
    }
    function test_whatIsNoListIsNone(row) {
        compare(texts.list(row.value).length, 0)
    }
    function test_entriesThatAreNoObjectsAreLeftOut() {
        compare(texts.list("[null,5,\"x\",{\"why\":\"a\"}]").length, 1)
    }
    function test_amounts() {
        compare(texts.amount(57, 1, "A"), "57.0 A")
        compare(texts.amount(0, 1, "A"), "0.0 A")
        compare(texts.amount(undefined, 1, "A"), "--")
        compare(texts.amount(NaN, 1, "A"), "--")
        compare(texts.amount("57", 1, "A"), "--")
    }
    function test_namesAreNoMarkup() {
        compare(texts.words("<b>Pack"), "(b>Pack")
        compare(texts.words(undefined), "")
        compare(texts.words(5), "")
    }
    function test_aReasonIsASentenceOrWhatEveryBatterySays() {
        compare(texts.reason([{"why": "Pack D allows 30.8 A"}], "member Pack D"), "Pack D allows 30.8 A")
        compare(texts.reason([], "member Pack D"), "member Pack D")
        compare(texts.reason([], undefined), "")
    }
    function test_whoTakesPart() {
        compare(texts.share([{"state": "in"}, {"state": "held"}, {"state": "lost"}, {}]), "2 of 4")
        compare(texts.share([]), "--")
    }
    function test_troubles() {
        compare(texts.trouble({"state": "in", "why": "x"}), "")
        compare(texts.trouble({"state": "held", "why": "link lost"}), "Counts with its last values: link lost")
        compare(texts.trouble({"state": "waiting", "why": ""}), "Does not take part now")
        compare(texts.trouble({"state": "a new one", "why": "x"}), "Does not take part: x")
        compare(texts.troubles([{"state": "in"}]), "")
        compare(texts.troubles([{"name": "A", "state": "in"}, {"name": "B", "state": "lost", "why": "gone"}]), "B: Does not take part: gone")
        compare(texts.troubles([{"name": "B", "state": "lost"}, {"name": "C", "state": "lost"}]), "B: Does not take part (and 1 more)")
    }
    function test_ownAddress() {
        compare(texts.ownAddress(networks), "192.0.2.7")
        compare(texts.ownAddress("{\"wifi\":{\"boat\":{\"Address\":\"192.0.2.9\"}}}"), "192.0.2.9")
        for (const value of [undefined, 5, "", "[", "{}", "null", "{\"ethernet\":null}", "{\"ethernet\":{\"Wired\":null}}", "{\"wifi\":{\"a\":{\"Address\":7}}}"])
            compare(texts.ownAddress(value), "")
    }
    function test_pageAddress() {
        compare(texts.pageAddress("http://*:8088/", networks), "http://192.0.2.7:8088/")
        compare(texts.pageAddress("http://*:8088/", undefined), "")
        compare(texts.pageAddress("https://busbar.lan/?a=*", undefined), "https://busbar.lan/?a=*")
        compare(texts.pageAddress("", networks), "")
        compare(texts.pageAddress(undefined, networks), "")
    }
    function test_hints() {
        compare(texts.pageHint(undefined, ""), "", "an older Busbar does not say")
        verify(texts.pageHint("", "").includes("0.0.0.0:8088"))
        verify(texts.pageHint("http://127.0.0.1:8088/", "http://127.0.0.1:8088/").includes("this GX only"))
        verify(texts.pageHint("http://[::1]:8088/", "http://[::1]:8088/").includes("this GX only"))
        verify(texts.pageHint("http://*:8088/", "").includes("no network"))
        compare(texts.pageHint("http://*:8088/", "http://192.0.2.7:8088/"), "")
        compare(texts.pageHint("http://127.example.org/", "http://127.example.org/"), "")
    }
}
