#!/usr/bin/env bash
# The committed references are what the binary prints. Needs no root.
# A failure is mended by: portgauge reference TOPIC > FILE
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
portgauge=${PORTGAUGE:-build/portgauge}
number=0 bad=0

check() {
	local topic=$1 file=$2 found

	number=$((number + 1))
	if found=$(diff -u "$file" <("$portgauge" reference "$topic") 2>&1); then
		echo "ok $number - $file is fresh"
	else
		printf '%s\n' "$found" | head -n 40 | sed 's/^/# /'
		echo "not ok $number - $file is fresh"
		bad=1
	fi
}

echo 1..3
check scenarios scenarios/README.md
check results results/README.md
check schema results/schema/trial.schema.json
exit $bad
