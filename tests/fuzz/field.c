// SPDX-License-Identifier: BSD-2-Clause
/* field_parse: what it takes prints to the same value, what it refuses touches nothing. Two bytes
 * choose the field, the rest is the text. */
#include "tests/fuzz/fuzz.h"

static void check_fault(const struct fault *fault)
{
	fuzz_check(fault->code == EXIT_USAGE, "a refused value is a mistake of usage");
	fuzz_check(fault->text[0] && !strpbrk(fault->text, "\n\r\033"), "a fault is one line");
	fuzz_check(strnlen(fault->text, sizeof(fault->text)) < sizeof(fault->text), "it ends");
}

static void check_print(const struct field *field, const char *object, char *again)
{
	char print[600], second[600], small[7];

	fuzz_check_text(field, object);
	field_print(field, object, print, sizeof(print));
	fuzz_check(!field_parse(field, again, print, NULL), "what is printed is read");
	fuzz_check(field_equal(field, object, again), "as the same value");
	field_print(field, again, second, sizeof(second));
	fuzz_check(!strcmp(print, second), "and printed as the same text");
	field_print(field, object, small, sizeof(small));
	fuzz_check(!strncmp(print, small, strlen(small)), "a short buffer cuts the text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct field_table *table;
	const struct field *field;
	struct fault fault = {0};
	char *object, *before, *again, *text;

	if (size < 2)
		return 0;
	table = fuzz_tables[data[0] % FUZZ_NR_TABLES];
	field = &table->fields[data[1] % table->nr_fields];
	text = fuzz_text(data + 2, size - 2);
	object = malloc(table->size);
	before = malloc(table->size);
	again = calloc(1, table->size);
	memset(object, 0xa5, table->size);
	memcpy(before, object, table->size);
	if (!field_parse(field, object, text, &fault)) {
		check_print(field, object, again);
	} else {
		check_fault(&fault);
		fuzz_check(!memcmp(object, before, table->size), "a refused value touches nothing");
	}
	free(object);
	free(before);
	free(again);
	free(text);
	return 0;
}
