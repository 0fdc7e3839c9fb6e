#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by Venus OS before it unpacks the archive from the stick: what an attempt that failed left behind must not mix with it.
rm -rf /data/apps/busbar/incoming
