// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: not one of its own, but what the GX would publish.
pragma Singleton
import QtQuick

QtObject {
    // By uid; what is not there is undefined.
    property var values: ({})

    function put(uid: string, value: var) {
        const changed = Object.assign({}, values)
        changed[uid] = value
        values = changed
    }

    function clear() {
        values = ({})
    }
}
