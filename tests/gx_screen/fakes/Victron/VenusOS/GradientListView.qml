// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a list that fills its parent.
import QtQuick

ListView {
    width: parent ? parent.width : 0
    height: parent ? parent.height : 0
}
