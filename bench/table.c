// SPDX-License-Identifier: BSD-2-Clause
#include "bench/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP "  "

void table_column(struct table *table, enum table_align align, const char *name, const char *unit)
{
	struct table_column *column;

	if (table->nr_columns == TABLE_MAX_COLUMNS) {
		table->failed = true;
		return;
	}
	column = &table->columns[table->nr_columns++];
	column->align = align;
	snprintf(column->name, sizeof(column->name), "%s", name);
	snprintf(column->unit, sizeof(column->unit), "%s", unit ? unit : "");
}

void table_cell(struct table *table, const char *format, ...)
{
	char **cells = table->cells;
	va_list args;
	int length;

	if (table->failed)
		return;
	if (table->nr_cells == table->room) {
		size_t room = table->room ? 2 * table->room : 64;

		cells = realloc(cells, room * sizeof(*cells));
		if (!cells) {
			table->failed = true;
			return;
		}
		table->cells = cells;
		table->room = room;
	}
	va_start(args, format);
	length = vasprintf(&cells[table->nr_cells], format, args);
	va_end(args);
	if (length < 0)
		table->failed = true;
	else
		table->nr_cells++;
}

/* Characters of a UTF-8 text: every byte but those that continue one. */
static size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static size_t column_width(const struct table *table, size_t column)
{
	size_t width = text_width(table->columns[column].name);
	size_t other = text_width(table->columns[column].unit);

	if (other > width)
		width = other;
	for (size_t i = column; i < table->nr_cells; i += table->nr_columns) {
		other = text_width(table->cells[i]);
		if (other > width)
			width = other;
	}
	return width;
}

/* Writes one line; `text_of` gives a column's text. No blanks at the end of a line. */
static void print_line(const struct table *table, const size_t *widths, FILE *out,
		       const char *(*text_of)(const struct table *, size_t column, size_t row),
		       size_t row)
{
	size_t owed = 0; /* blanks that are due before the next text */

	for (size_t i = 0; i < table->nr_columns; i++) {
		const char *text = text_of(table, i, row);
		size_t pad = widths[i] - text_width(text);
		bool left = table->columns[i].align == TABLE_LEFT;

		owed += strlen(GAP) + (left ? 0 : pad);
		if (*text) {
			fprintf(out, "%*s%s", (int)owed, "", text);
			owed = 0;
		}
		owed += left ? pad : 0;
	}
	fputc('\n', out);
}

static const char *name_of(const struct table *table, size_t column, size_t row)
{
	(void)row;
	return table->columns[column].name;
}

static const char *unit_of(const struct table *table, size_t column, size_t row)
{
	(void)row;
	return table->columns[column].unit;
}

static const char *cell_of(const struct table *table, size_t column, size_t row)
{
	size_t i = row * table->nr_columns + column;

	return i < table->nr_cells ? table->cells[i] : "";
}

int table_print(const struct table *table, FILE *out)
{
	size_t widths[TABLE_MAX_COLUMNS];
	bool has_units = false;

	if (table->failed)
		return -ENOMEM;
	for (size_t i = 0; i < table->nr_columns; i++) {
		widths[i] = column_width(table, i);
		has_units |= *table->columns[i].unit != '\0';
	}
	if (!table->nr_columns)
		return 0;
	print_line(table, widths, out, name_of, 0);
	if (has_units)
		print_line(table, widths, out, unit_of, 0);
	for (size_t row = 0; row * table->nr_columns < table->nr_cells; row++)
		print_line(table, widths, out, cell_of, row);
	return 0;
}

void table_done(struct table *table)
{
	for (size_t i = 0; i < table->nr_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct table){0};
}
