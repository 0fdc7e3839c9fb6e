// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: items, of which a list shows the visible ones.
import QtQuick
import QtQml.Models

ObjectModel {
}
