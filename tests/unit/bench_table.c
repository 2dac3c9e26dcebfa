// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench/table.h"

static void assert_prints(struct table *table, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(table_print(table, out), 0);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	table_done(table);
}

static void test_columns_align(void **state)
{
	struct table table = {0};

	table_column(&table, TABLE_LEFT, "plane", NULL);
	table_column(&table, TABLE_RIGHT, "rate", "Mpps");
	table_column(&table, TABLE_LEFT, "limit", NULL);
	table_cell(&table, "xdp");
	table_cell(&table, "%.3f", 1.25);
	table_cell(&table, "dut");
	table_cell(&table, "nftables");
	table_cell(&table, "%.3f", 10.5);
	table_cell(&table, "none");
	assert_prints(&table, "  plane       rate  limit\n"
			      "              Mpps\n"
			      "  xdp        1.250  dut\n"
			      "  nftables  10.500  none\n");
}

static void test_no_unit_line_without_units(void **state)
{
	struct table table = {0};

	table_column(&table, TABLE_LEFT, "plane", NULL);
	table_cell(&table, "xdp");
	assert_prints(&table, "  plane\n  xdp\n");
}

/* A unit such as µs has more bytes than characters. */
static void test_width_counts_characters(void **state)
{
	struct table table = {0};

	table_column(&table, TABLE_RIGHT, "p50", "µs");
	table_column(&table, TABLE_RIGHT, "n", NULL);
	table_cell(&table, "3");
	table_cell(&table, "4");
	assert_prints(&table, "  p50  n\n   µs\n    3  4\n");
}

static void test_short_row_and_empty_cells(void **state)
{
	struct table table = {0};

	table_column(&table, TABLE_LEFT, "a", NULL);
	table_column(&table, TABLE_LEFT, "b", NULL);
	table_cell(&table, "%s", "");
	table_cell(&table, "x");
	table_cell(&table, "y");
	assert_prints(&table, "  a  b\n     x\n  y\n");
}

static void test_many_rows(void **state)
{
	struct table table = {0};
	char *text = NULL;
	size_t size, lines = 0;
	FILE *out = open_memstream(&text, &size);

	table_column(&table, TABLE_RIGHT, "n", NULL);
	for (int i = 0; i < 1000; i++)
		table_cell(&table, "%d", i);
	assert_int_equal(table_print(&table, out), 0);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, 1001);
	free(text);
	table_done(&table);
	assert_int_equal(table.nr_cells, 0);
}

static void test_too_many_columns_are_told(void **state)
{
	struct table table = {0};

	for (int i = 0; i <= TABLE_MAX_COLUMNS; i++)
		table_column(&table, TABLE_LEFT, "c", NULL);
	assert_int_equal(table_print(&table, stdout), -ENOMEM);
	table_done(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_align),
		cmocka_unit_test(test_no_unit_line_without_units),
		cmocka_unit_test(test_width_counts_characters),
		cmocka_unit_test(test_short_row_and_empty_cells),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_too_many_columns_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
