// SPDX-License-Identifier: BSD-2-Clause
/* record_read and record_unpack: what they take is packed to a record that unpacks to the same. The
 * first byte chooses the table, the rest is the line. */
#include "lib/record.h"
#include "tests/fuzz/fuzz.h"

static void check_pack(const struct field_table *table, const char *object)
{
	json_t *json = record_pack(table, object);
	char *again = malloc(table->size), *line;
	json_t *read;

	fuzz_check(json != NULL, "it is packed");
	for (size_t i = 0; i < table->nr_fields; i++)
		fuzz_check_text(&table->fields[i], object);
	memset(again, 0x5a, table->size);
	/* through text, as between two commands */
	line = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(17));
	read = record_read(line, NULL);
	fuzz_check(read != NULL, "what is packed is read");
	fuzz_check(!record_unpack(table, read, again, NULL), "and unpacked");
	for (size_t i = 0; i < table->nr_fields; i++)
		fuzz_check(field_equal(&table->fields[i], object, again), "to the same values");
	json_decref(read);
	json_decref(json);
	free(line);
	free(again);
}

static size_t count_commas(const char *text)
{
	bool quoted = false;
	size_t nr = 0;

	for (; *text; text++) {
		if (*text == '"')
			quoted = !quoted;
		nr += *text == ',' && !quoted;
	}
	fuzz_check(!quoted, "quotes are closed");
	return nr;
}

static void check_csv(const struct field_table *table, const char *object)
{
	char *header = NULL, *row = NULL;
	size_t size;
	FILE *out = open_memstream(&header, &size);

	record_csv_header(out, table, "x");
	fclose(out);
	out = open_memstream(&row, &size);
	record_csv_row(out, table, object);
	fclose(out);
	fuzz_check(count_commas(header) == count_commas(row), "a cell for every column");
	free(header);
	free(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct field_table *table;
	struct fault fault = {0};
	char *line, *object;
	json_t *json;

	if (!size)
		return 0;
	table = fuzz_tables[data[0] % FUZZ_NR_TABLES];
	line = fuzz_text(data + 1, size - 1);
	json = record_read(line, &fault);
	fuzz_check(!json == !!fault.text[0], "a fault, or a record");
	object = malloc(table->size);
	memset(object, 0xa5, table->size);
	if (json && !record_unpack(table, json, object, &fault)) {
		check_pack(table, object);
		check_csv(table, object);
	} else {
		fuzz_check(fault.text[0], "an error has its fault");
	}
	json_decref(json);
	free(object);
	free(line);
	return 0;
}
