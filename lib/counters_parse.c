// SPDX-License-Identifier: BSD-2-Clause
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/counters.h"

enum { SOFTNET_PROCESSED, SOFTNET_DROPPED, SOFTNET_SQUEEZED, SOFTNET_CPU = 12 };

/* A column by its name in a header line. */
struct column {
	const char *name;
	size_t offset; /* in struct snap */
};

static const struct column snmp_columns[] = {
	{"ForwDatagrams", offsetof(struct snap, ip_forwarded)},
	{"InDiscards", offsetof(struct snap, ip_in_discards)},
	{"OutDiscards", offsetof(struct snap, ip_out_discards)},
	{"InHdrErrors", offsetof(struct snap, ip_in_hdr_errors)},
	{"OutNoRoutes", offsetof(struct snap, ip_no_routes)},
};

static const struct column conntrack_columns[] = {
	{"drop", offsetof(struct snap, conntrack_drop)},
	{"early_drop", offsetof(struct snap, conntrack_early_drop)},
	{"insert_failed", offsetof(struct snap, conntrack_insert_failed)},
	{"invalid", offsetof(struct snap, conntrack_invalid)},
};

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The next word of the line: its length, 0 at the end of the line. Moves *at to it. */
static size_t next_word(const char **at)
{
	*at += strspn(*at, " \t");
	return strcspn(*at, " \t\n");
}

/* Position of a word in a line, or -1. */
static int find_word(const char *line, const char *word)
{
	size_t length;

	for (int i = 0; (length = next_word(&line)); i++, line += length)
		if (length == strlen(word) && !strncmp(line, word, length))
			return i;
	return -1;
}

static int read_number(const char *line, int position, int base, uint64_t *ret_value)
{
	size_t length;
	char *end;

	for (int i = 0; (length = next_word(&line)); i++, line += length) {
		if (i < position)
			continue;
		*ret_value = strtoull(line, &end, base);
		return end == line + length && isxdigit((unsigned char)*line) ? 0 : -EBADMSG;
	}
	return -ENODATA;
}

/* Adds the columns of one line of numbers under a header. */
static int add_columns(const char *header, const char *line, int base, const struct column *columns,
		       size_t nr, struct snap *snap)
{
	for (size_t i = 0; i < nr; i++) {
		int position = find_word(header, columns[i].name);
		uint64_t value = 0;

		if (position < 0 || read_number(line, position, base, &value))
			return -EBADMSG;
		*(uint64_t *)((char *)snap + columns[i].offset) += value;
	}
	return 0;
}

int counters_parse_softnet(const char *text, struct softnet *rows, int max)
{
	int nr = 0;

	for (const char *line = text; *line && nr < max; line = next_line(line), nr++) {
		struct softnet row = {0};
		uint64_t cpu = (uint64_t)nr;

		if (read_number(line, SOFTNET_PROCESSED, 16, &row.processed) ||
		    read_number(line, SOFTNET_DROPPED, 16, &row.dropped) ||
		    read_number(line, SOFTNET_SQUEEZED, 16, &row.squeezed))
			return -EBADMSG;
		/* Kernels before 5.10 do not number their lines. */
		if (read_number(line, SOFTNET_CPU, 16, &cpu) == -EBADMSG)
			return -EBADMSG;
		row.cpu = (uint32_t)cpu;
		rows[nr] = row;
	}
	return nr ? nr : -EBADMSG;
}

int counters_parse_snmp(const char *text, struct snap *snap)
{
	struct snap sum = {0};
	const char *header = text, *numbers;

	while (*header && strncmp(header, "Ip:", 3))
		header = next_line(header);
	numbers = next_line(header);
	if (!*header || strncmp(numbers, "Ip:", 3) ||
	    add_columns(header, numbers, 10, snmp_columns,
			sizeof(snmp_columns) / sizeof(snmp_columns[0]), &sum))
		return -EBADMSG;
	snap->ip_forwarded = sum.ip_forwarded;
	snap->ip_in_discards = sum.ip_in_discards;
	snap->ip_out_discards = sum.ip_out_discards;
	snap->ip_in_hdr_errors = sum.ip_in_hdr_errors;
	snap->ip_no_routes = sum.ip_no_routes;
	return 0;
}

int counters_parse_conntrack(const char *text, struct snap *snap)
{
	struct snap sum = {0};

	for (const char *line = next_line(text); *line; line = next_line(line))
		if (add_columns(text, line, 16, conntrack_columns,
				sizeof(conntrack_columns) / sizeof(conntrack_columns[0]), &sum))
			return -EBADMSG;
	snap->conntrack_drop = sum.conntrack_drop;
	snap->conntrack_early_drop = sum.conntrack_early_drop;
	snap->conntrack_insert_failed = sum.conntrack_insert_failed;
	snap->conntrack_invalid = sum.conntrack_invalid;
	return 0;
}

int counters_parse_schedstat(const char *text, uint64_t *ret_ns)
{
	uint64_t ns;

	if (read_number(text, 0, 10, &ns))
		return -EBADMSG;
	*ret_ns = ns;
	return 0;
}

int counters_parse_steal(const char *text, uint64_t ticks_per_s, uint64_t *ret_ns)
{
	enum { STEAL = 8 }; /* cpu user nice system idle iowait irq softirq steal */
	uint64_t ticks;

	if (strncmp(text, "cpu ", 4) || !ticks_per_s || read_number(text, STEAL, 10, &ticks))
		return -EBADMSG;
	*ret_ns = ticks * (NS_PER_S / ticks_per_s);
	return 0;
}
