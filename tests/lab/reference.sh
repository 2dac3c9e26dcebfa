#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The committed references are what the binary prints. Needs no root.
# A failure is mended by: portgauge reference TOPIC > FILE
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"

# fresh TOPIC FILE
fresh() {
	diff -u "$2" <("$PORTGAUGE" reference "$1" 2>&1)
}

check "scenarios/README.md is fresh" fresh scenarios scenarios/README.md
check "results/README.md is fresh" fresh results results/README.md
check "results/schema/trial.schema.json is fresh" fresh schema results/schema/trial.schema.json
finish
