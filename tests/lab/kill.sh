#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The runner is interrupted, terminated and killed at random moments: within five seconds nothing of
# the run is left. PG_KILL_COUNT (4) is how often; PG_KILL_SEED gives the same moments again.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root python3 ip setsid

count=${PG_KILL_COUNT:-4}
RANDOM=${PG_KILL_SEED:-$$}
runner=''
# The runner first, or it would go on while its children are killed.
trap '[ -z "$runner" ] || kill -9 "$runner" 2>/dev/null; clean_up' EXIT

# remains LAB: what there still is of its run.
remains() {
	left "$1"
	pgrep -fa -- "$work"
	# Holders and generators have no name in their words: the runner's children when it was
	# stopped.
	for pid in $holders; do
		[ ! -d "/proc/$pid" ] || [ "$(cut -d' ' -f3 "/proc/$pid/stat" 2>/dev/null)" = Z ] ||
			echo "holder $pid"
	done
}

# gone LAB: within five seconds nothing is left.
gone() {
	for _ in $(seq 50); do
		[ -z "$(remains "$1")" ] && return
		sleep 0.1
	done
	echo "after 5 s there is still:"
	remains "$1"
	return 1
}

# partial FOLDER SIGNAL: finished trials are whole; run.json tells how it ended.
partial() {
	python3 - "$1" "$2" <<'PYTHON'
import json, os, sys
folder, signal = sys.argv[1:]
if not os.path.exists(folder + "/run.json"):
    sys.exit(0)  # it was stopped before it had a folder
run = json.load(open(folder + "/run.json"))
lines = open(folder + "/trials.jsonl").read().splitlines(keepends=True)
whole = [json.loads(line) for line in lines if line.endswith("\n")]
if run["status"] == "complete":
    print("it was faster than the signal")
    sys.exit(len(whole) != run["trials_planned"])
if signal != "KILL" and (run["reason"] != "interrupted" or run["trials_finished"] != len(whole)):
    print(run["reason"], run["trials_finished"], len(whole))
    sys.exit(1)
if any(trial["record"] != "trial" for trial in whole):
    sys.exit(1)
PYTHON
}

# exited CODE SIGNAL
exited() {
	case $2:$1 in
	KILL:137 | INT:1 | TERM:1 | *:0 | *:3) return ;;
	# In the report, when nothing is leased any more, a signal does what it does to any program.
	INT:130 | TERM:143) grep -q '"status": *"complete"' "$3/run.json" && return ;;
	esac
	echo "exit code $1 after SIG$2"
	tail -n 3 "$work/err"
	return 1
}

# once I SIGNAL TWICE: a run that is stopped at a random moment of its first four seconds and a half.
once() {
	local lab=$name-$1 signal=$2 ms=$((RANDOM % 4500)) code

	# Its own session, as a terminal gives it: a signal reaches the runner alone.
	setsid "$PORTGAUGE" run scenarios/smoke.yaml --set "lab.name=$lab" --set load.duration=1s \
		-o "$work/$1" >"$work/out" 2>"$work/err" &
	runner=$!
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	holders=$(pgrep -P "$runner" | tr '\n' ' ')
	kill "-$signal" "$runner" 2>/dev/null
	[ "$3" = no ] || { sleep 0.05; kill "-$signal" "$runner" 2>/dev/null; }
	[ "$signal" = KILL ] || timeout 10 tail --pid="$runner" -f /dev/null
	[ "$signal" != KILL ] || wait "$runner" 2>/dev/null
	check "SIG$signal${4:-} at $ms ms leaves nothing within 5 s" gone "$lab"
	wait "$runner" 2>/dev/null
	code=$?
	runner=
	check "SIG$signal at $ms ms ends the runner as it should" exited "$code" "$signal" "$work/$1"
	check "SIG$signal at $ms ms keeps the finished trials" partial "$work/$1" "$signal"
}

signals=(INT KILL TERM KILL)
for i in $(seq "$count"); do
	once "$i" "${signals[(i - 1) % 4]}" no
done
once "$((count + 1))" INT yes " twice"

# The holder of the DUT is killed: the runner says so and how to clean up, and restore does.
orphan() {
	local lab=$name-0 code

	"$PORTGAUGE" run scenarios/smoke.yaml --set "lab.name=$lab" --set load.duration=20s \
		--set measure=rate -o "$work/orphan" >"$work/out" 2>"$work/err" &
	runner=$!
	for _ in $(seq 100); do
		holders=$(pgrep -P "$runner" | tr '\n' ' ')
		pgrep -P "$runner" -f ' gen ' >/dev/null && break
		sleep 0.1
	done
	kill -9 "$(pgrep -P "$runner" -f ' hold$' | sort -n | tail -n 1)"
	timeout 10 tail --pid="$runner" -f /dev/null
	kill -9 "$runner" 2>/dev/null
	wait "$runner"
	code=$?
	runner=
	check "a killed holder ends the run at once, with exit code 1" test "$code" -eq 1
	check "the line says how to clean up" grep -q 'signal 9.*portgauge restore' "$work/err"
	"$PORTGAUGE" restore >"$work/restored" 2>&1
	check "after portgauge restore nothing is left" gone "$lab"
}
orphan
finish
