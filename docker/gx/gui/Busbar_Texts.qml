// SPDX-License-Identifier: MIT
// From what Busbar publishes to what is shown; a value may be undefined, of another type or of another version.
import QtQuick

QtObject {
    readonly property string unknown: "--"

    // What is no list, is none.
    function list(text: var): var {
        if (typeof text !== "string")
            return []
        try {
            return JSON.parse(text).filter(entry => entry !== null && typeof entry === "object")
        } catch (error) {
            return []
        }
    }

    function amount(value: var, decimals: int, unit: string): string {
        return typeof value === "number" && isFinite(value) ? value.toFixed(decimals) + " " + unit : unknown
    }

    // Names are others': none shall become markup where a label looks for it.
    function words(value: var): string {
        return typeof value === "string" ? value.replace(/</g, "(") : ""
    }

    // Why a limit is what it is: in a sentence, else in the words that every battery has for it.
    function reason(limiters: var, limitation: var): string {
        return limiters.length > 0 ? words(limiters[0].why) : words(limitation)
    }

    function isIn(battery: var): bool {
        return battery.state === "in" || battery.state === "held"
    }

    // "3 of 4"
    function share(batteries: var): string {
        return batteries.length > 0 ? batteries.filter(isIn).length + " of " + batteries.length : unknown
    }

    // What is not as it should be with one battery; empty where all is.
    function trouble(battery: var): string {
        const why = words(battery.why)
        const more = why.length > 0 ? ": " + why : ""
        switch (battery.state) {
        case "in":
            return ""
        case "held":
            return "Counts with its last values" + more
        case "waiting":
            return "Does not take part now" + more
        default:
            return "Does not take part" + more
        }
    }

    // The first of all, with how many there are besides.
    function troubles(batteries: var): string {
        const troubled = batteries.filter(battery => trouble(battery).length > 0)
        if (troubled.length === 0)
            return ""
        const first = words(troubled[0].name) + ": " + trouble(troubled[0])
        return troubled.length > 1 ? first + " (and " + (troubled.length - 1) + " more)" : first
    }

    // The GX's own address, by the list of networks that Venus OS publishes: a cable before wireless.
    function ownAddress(services: var): string {
        if (typeof services !== "string")
            return ""
        try {
            const kinds = JSON.parse(services)
            for (const kind of ["ethernet", "wifi"])
                for (const network of Object.values(kinds[kind] ?? {}))
                    if (words(network?.Address).length > 0)
                        return network.Address
        } catch (error) {
        }
        return ""
    }

    // Of the web page; empty where it is off or nobody can say.
    function pageAddress(published: var, services: var): string {
        const address = typeof published === "string" ? published : ""
        if (!address.includes("//*"))
            return address
        const own = ownAddress(services)
        return own.length > 0 ? address.replace("//*", "//" + own) : ""
    }

    // Where only programs on the GX itself get.
    function isInside(address: string): bool {
        return /^https?:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/)/.test(address)
    }

    // What is to be said where there is no address to go to.
    function pageHint(published: var, address: string): string {
        if (typeof published !== "string")
            return ""
        if (published.length === 0)
            return "Busbar's web page is off. To switch it on, write \"http\": {\"listen\": \"0.0.0.0:8088\"} into /data/conf/busbar/busbar.json on this GX."
        if (isInside(published))
            return "Busbar's web page answers this GX only. For others, set http.listen to \"0.0.0.0:8088\" in /data/conf/busbar/busbar.json."
        return address.length > 0 ? "" : "Busbar's web page is on, and this GX has no network: " + published.replace("*", "(its address)")
    }
}
