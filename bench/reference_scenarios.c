// SPDX-License-Identifier: BSD-2-Clause
/* scenarios/README.md. */
#include "bench/reference.h"

#include "bench/scenario.h"

static const char *const measure_help[] = {
	[MEASURE_RATE] = "one trial at `load.rate` for `load.duration`: loss and latency",
	[MEASURE_PEAK] =
		"`peak.trials` trials of `peak.duration` at maximum offered load, whatever "
		"`load.rate` is: the forwarding rate. No latency: at maximum load that would "
		"be the depth of the generator's ring",
};

void reference_words(FILE *out, const char *const *words, const char *const *help, size_t nr)
{
	for (size_t i = 0; words[i]; i++)
		fprintf(out, "- `%s`: %s.\n", words[i], i < nr && help[i] ? help[i] : "");
	fputc('\n', out);
}

static void print_rows(FILE *out, const struct field_table *table, const char *prefix)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		const char *standard = field->standard ? field->standard : "";
		char allowed[256];

		fprintf(out, "| `%s%s` | %s%s%s | %s | %s | %s |\n", prefix, field->name,
			*standard ? "`" : "", standard, *standard ? "`" : "",
			field_allowed(field, allowed, sizeof(allowed)),
			field->unit ? field->unit : "", field->help);
	}
	fputc('\n', out);
}

static void print_group(FILE *out, const char *path, const struct field_table *table)
{
	fprintf(out,
		"### %s\n\n%s\n\n"
		"| Key | Default | Allowed | Unit in records | What it is |\n"
		"|---|---|---|---|---|\n",
		path, table->help);
	print_rows(out, table, "");
}

static const char head[] =
	"# Scenarios\n"
	"\n"
	"<!-- Made by `portgauge reference scenarios` from the field tables; a test compares. -->\n"
	"\n"
	"A scenario is a YAML file that asks one question. Its first line is that question, as a\n"
	"comment; the rest says what is set up, what is sent, and what is varied.\n"
	"\n"
	"```yaml\n"
	"# Question: does a larger MTU cost anything when the packets stay small?\n"
	"name: small-packets\n"
	"lab: {channels: 2}\n"
	"load: {frame: 64, rate: 20k, duration: 500ms}\n"
	"sweep:\n"
	"  dut.plane: [xdp, nftables]\n"
	"  nic.mtu: [1500, 3498]\n"
	"measure: [rate, peak]\n"
	"repeat: 3\n"
	"```\n"
	"\n"
	"`portgauge plan FILE` checks a scenario and prints its trials without touching anything;\n"
	"`portgauge run FILE` runs them. Whatever is wrong with a file is refused before anything is\n"
	"touched, with exit code 2 and file, line, column, what was found, and what is allowed:\n"
	"unknown and duplicate keys, wrong types, values out of range, and combinations that cannot\n"
	"work at any point of the sweep.\n"
	"\n"
	"## The keys of the file\n"
	"\n"
	"All may be left out, but for `lab` or `hosts`: one of them says where to measure.\n"
	"\n"
	"| Key | Default | Allowed | Unit in records | What it is |\n"
	"|---|---|---|---|---|\n";

static void print_keys(FILE *out)
{
	print_rows(out, &scenario_table, "");
	fprintf(out,
		"| Key | What it is |\n|---|---|\n"
		"| `measure` | a measure or a list of them; default `%s` ([below](#measures)) |\n"
		"| `sweep` | what is varied ([below](#sweep)) |\n"
		"| `lab` | build a local lab first; `lab: {}` takes its defaults ([below](#lab)) |\n"
		"| `hosts` | `tester` and `dut`, where they are not the lab's ([below](#hosts)) |\n",
		measure_words[MEASURE_RATE]);
	for (size_t i = 0; i < config_table.nr_fields; i++)
		fprintf(out, "| `%s` | %s ([below](#%s)) |\n", config_table.fields[i].name,
			config_table.fields[i].group->help, config_table.fields[i].name);
	fputc('\n', out);
}

static const char values[] =
	"## Values\n"
	"\n"
	"- Numbers are decimal and whole, without a sign.\n"
	"- A duration is a number with a unit: `10ns`, `50us`, `200ms`, `1.5s`, `2m`, `1h`.\n"
	"- A rate is in packets a second: `1000`, `10k`, `1.5M`, `1G`.\n"
	"- Sizes of frames are those of RFC 2544, with the four bytes of the FCS.\n"
	"- A word such as `max`, `auto`, `keep` or `random` stands for \"not a number\"; records have\n"
	"  0 there.\n"
	"- A value with a unit is named `KEY_UNIT` in records and columns (`rate` is `rate_pps`), and\n"
	"  is a plain number there.\n"
	"\n"
	"## Groups\n"
	"\n";

static void print_sweep(FILE *out)
{
	fprintf(out,
		"## Sweep\n"
		"\n"
		"Any field of any group above: `GROUP.FIELD`, with a value or a list of them. The\n"
		"cross product is run, at most %d axes of %d values, and %d trials in all. Hosts and\n"
		"the lab are there for the whole run and cannot be swept. A field that is both set\n"
		"and swept is swept. Each repeat measures all points once, in an order of its own\n"
		"that `load.seed` decides, so that what drifts does not look like an effect.\n"
		"\n",
		SCENARIO_MAX_AXES, SCENARIO_MAX_VALUES, SCENARIO_MAX_TRIALS);
	fprintf(out, "## Measures\n\n");
	reference_words(out, measure_words, measure_help,
			sizeof(measure_help) / sizeof(measure_help[0]));
}

static const char hosts[] =
	"## Hosts\n"
	"\n"
	"`hosts.tester` sends and counts, `hosts.dut` is the node under test. With a lab both may be\n"
	"left out: they are `netns:NAME-tester` and `netns:NAME-dut`, interface `pg0`.\n"
	"\n";

static const char overrides[] =
	"## Overrides\n"
	"\n"
	"`plan` and `run` take `--set KEY=VALUE`, as often as needed, in place of editing the file:\n"
	"\n"
	"| Override | Effect |\n"
	"|---|---|\n"
	"| `--set load.rate=1000` | sets a field; if it is swept, its axis keeps this one value |\n"
	"| `--set sweep.nic.mtu=1500,3498` | replaces an axis, or adds one |\n"
	"| `--set measure=rate,peak` | replaces the measures |\n"
	"| `--set repeat=3`, `--set name=mine` | sets a key of the file |\n"
	"| `--set hosts.dut.nic=eth1` | sets a host's field |\n"
	"| `--set lab.name=mine` | sets the lab's field; its hosts follow the name |\n";

void reference_scenarios(FILE *out)
{
	fputs(head, out);
	print_keys(out);
	fputs(values, out);
	for (size_t i = 0; i < config_table.nr_fields; i++)
		print_group(out, config_table.fields[i].name, config_table.fields[i].group);
	print_sweep(out);
	fputs(hosts, out);
	print_group(out, "hosts.tester, hosts.dut", &host_table);
	print_group(out, "lab", &lab_table);
	fputs(overrides, out);
}
