// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a line that shows an address as a code to scan, or opens it.
import Victron.VenusOS

ListSetting {
    property string url
    atRight: "[code]"
    caption: url
}
