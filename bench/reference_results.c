// SPDX-License-Identifier: BSD-2-Clause
/* results/README.md. */
#include "bench/reference.h"

#include "bench/points.h"
#include "bench/store_names.h"

static const char *const limit_help[] = {
	[LIMIT_NONE] = "nothing: the generator met its schedule, and no counter saw a loss",
	[LIMIT_DUT] = "the node under test: its receive ring was full, or its data plane dropped",
	[LIMIT_TESTER_TX] = "the generator: the node would have carried more than it could send",
	[LIMIT_TESTER_RX] = "the tester's receive side: the node forwarded more than it could take",
	[LIMIT_PLATFORM] = "the machine: the node lost packets while something else had its CPU",
};
/* A new word without a text does not compile. */
_Static_assert(sizeof(limit_help) / sizeof(limit_help[0]) == LIMIT_PLATFORM + 1, "a text each");

static const char head[] =
	"# Results\n"
	"\n"
	"<!-- Made by `portgauge reference results` from the field tables; a test compares. -->\n"
	"\n"
	"One folder a run. `results/reference/` holds example runs; other runs are not committed.\n"
	"\n"
	"| File | What it is |\n"
	"|---|---|\n"
	"| `run.json` | the scenario, what ran it, and the environment of each host |\n"
	"| `trials.jsonl` | one trial a line, appended and synced as it ends |\n"
	"| `points.csv` | one row a point and measure, made by `portgauge report` |\n"
	"| `plots/*.svg`, `plots/*.png` | drawn from `points.csv` by `portgauge report` |\n"
	"\n"
	"Names carry their unit: `_ns` nanoseconds, `_pps` packets a second, `_bytes` bytes; a name\n"
	"without a unit is a count or a word. Frame sizes are with FCS, byte counters without.\n"
	"`null` (an empty cell in CSV) means that the value was not measured, or that there are too\n"
	"few samples to tell; it is never a zero.\n"
	"\n"
	"## run.json\n"
	"\n"
	"| Member | What it is |\n"
	"|---|---|\n"
	"| `format` | 1; grows when a name changes its meaning |\n"
	"| `name`, `question` | of the scenario |\n"
	"| `status` | `complete`, or `partial` while it runs and after it was stopped or killed |\n"
	"| `reason` | why it is partial |\n"
	"| `started`, `ended` | RFC 3339, UTC |\n"
	"| `trials_planned`, `trials_finished` | how many |\n"
	"| `axes` | swept fields in the scenario's order; the last varies fastest |\n"
	"| `measures`, `repeat`, `seed` | of the scenario, overrides applied |\n"
	"| `version`, `build_id` | of the binary that ran it |\n"
	"| `boot_id` | of the runner's kernel: trials of one boot have one clock |\n"
	"| `scenario`, `scenario_sha256` | the file verbatim, and its hash |\n"
	"| `overrides` | what `--set` changed in it |\n"
	"| `environment` | one record a host before the first point, as `portgauge env` prints it |\n"
	"| `cookie` | marks the run's probes |\n"
	"| `loop` | how the runner waits: io_uring, or poll where that is forbidden |\n"
	"\n"
	"## trials.jsonl\n"
	"\n"
	"One JSON object a line; [schema/trial.schema.json](schema/trial.schema.json) is its schema.\n"
	"A trial that was cut short by a kill may leave a torn last line, which readers ignore.\n"
	"\n"
	"| Member | What it is |\n"
	"|---|---|\n";

static void print_table(FILE *out, const char *title, const struct field_table *table)
{
	fprintf(out, "### %s\n\n%s\n\n| Member | What it is |\n|---|---|\n", title, table->help);
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		char name[96], allowed[256];

		fprintf(out, "| `%s` | %s", field_column(field, name, sizeof(name)), field->help);
		if (field->type == FIELD_ENUM)
			fprintf(out, ": %s", field_allowed(field, allowed, sizeof(allowed)));
		if (field->zero)
			fprintf(out, "; 0: %s", field->zero);
		fprintf(out, " |\n");
	}
	fputc('\n', out);
}

/* The interface counters of both hosts have one table. */
static void print_parts(FILE *out)
{
	print_table(out, "service", &service_table);
	for (size_t i = 0; i < STORE_NR_PARTS; i++) {
		const struct store_part *part = &store_parts[i];

		if (i + 1 < STORE_NR_PARTS && part[1].table == part->table)
			continue;
		if (part->table == &snap_table)
			print_table(out, "tester_nic, dut_nic", part->table);
		else
			print_table(out, part->name, part->table);
	}
	print_table(out, "gen.late_ns, sink.latency_ns", &percentiles_table);
}

static const char ledger[] =
	"## The ledger and the verdict\n"
	"\n"
	"```\n"
	"offered = unsent + sent\n"
	"sent    = received + dut_rx_overrun + dut_dropped + tester_rx_overrun + unexplained\n"
	"```\n"
	"\n"
	"Every kind of loss has one authoritative counter: on veth a full receive ring shows at the\n"
	"sender's `tx_dropped` and nowhere else. A trial is trusted if the ledger balances exactly,\n"
	"something was received, the generator offered the rate that was asked for, the sink saw no\n"
	"foreign probe and no duplicate, and no probe arrived before its departure. If not,\n"
	"`verdict.reasons` says why, and its figures enter no median.\n"
	"\n"
	"`verdict.limit`, what kept the figure from being higher:\n"
	"\n";

/* `path` and `what` are the name and the meaning of the group that the table is in. */
static void print_columns(FILE *out, const struct field_table *table, const char *path,
			  const char *what)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		char name[96], column[192];

		field_column(field, name, sizeof(name));
		snprintf(column, sizeof(column), "%s%s%s", path, *path ? "_" : "", name);
		if (field->type == FIELD_GROUP)
			print_columns(out, field->group, column, field->help);
		else
			fprintf(out, "| `%s` | %s%s%s |\n", column, what, *what ? ": " : "",
				field->help);
	}
}

static const char points[] =
	"## points.csv\n"
	"\n"
	"| Column | What it is |\n"
	"|---|---|\n"
	"| `measure` | what was measured |\n"
	"| `GROUP.FIELD` | one column a swept field, in the scenario's order and words |\n";

void reference_results(FILE *out)
{
	fputs(head, out);
	for (size_t i = 0; i < reference_nr_trial_members; i++)
		fprintf(out, "| `%s` | %s |\n", reference_trial_members[i].name,
			reference_trial_members[i].help);
	fprintf(out, "| `service` | of the point, as [set](../scenarios/README.md) |\n");
	for (size_t i = 0; i < STORE_NR_PARTS; i++)
		fprintf(out, "| `%s` | %s |\n", store_parts[i].name, store_parts[i].table->help);
	fputc('\n', out);
	print_parts(out);
	fputs(ledger, out);
	reference_words(out, limit_words, limit_help, sizeof(limit_help) / sizeof(limit_help[0]));
	fputs(points, out);
	print_columns(out, &point_metrics_table, "", "");
}
