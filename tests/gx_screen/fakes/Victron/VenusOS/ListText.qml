// SPDX-License-Identifier: MIT
// Stands in for the type of gui-v2 with this name: a line with a text at the right.
import Victron.VenusOS

ListSetting {
    property string secondaryText
    atRight: secondaryText
}
