// SPDX-License-Identifier: BSD-2-Clause
/* results/schema/trial.schema.json. */
#include "bench/reference.h"

#include <string.h>

#include "bench/store_names.h"

#define POSITIVE "{\"type\": \"integer\", \"minimum\": 1}"

const struct reference_member reference_trial_members[] = {
	{"record", "`trial`", "{\"const\": \"trial\"}"},
	{"id", "1 and up, in the order they ran", POSITIVE},
	{"measure", "what was measured", NULL},
	{"point", "the axes' values, as the scenario writes them",
	 "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}}"},
	{"repeat", "which repeat, 1 and up", POSITIVE},
	{"order", "position of the point in its repeat's shuffle, 1 and up", POSITIVE},
	{"sample", "which of the measure's trials at this point and repeat, 1 and up", POSITIVE},
	{"started", "RFC 3339, UTC", "{\"type\": \"string\", \"format\": \"date-time\"}"},
	{"plane", "data plane of the point", NULL},
};
const size_t reference_nr_trial_members =
	sizeof(reference_trial_members) / sizeof(reference_trial_members[0]);

static json_t *table_schema(const struct field_table *table);

static json_t *words_schema(const char *const *words, bool sparse)
{
	json_t *array = json_array();

	for (size_t i = 0; words[i]; i++)
		json_array_append_new(array, json_string(words[i]));
	if (sparse)
		json_array_append_new(array, json_null());
	return json_pack("{s:o}", "enum", array);
}

/* As record_pack writes it. Where 0 has a word of its own, it is outside of the limits. */
static json_t *number_schema(const struct field *field)
{
	double min = field->zero ? 0 : field->min;

	if (field->max > 0)
		return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)min,
				 "maximum", (json_int_t)field->max);
	if (field->type == FIELD_U32)
		return json_pack("{s:s, s:i, s:I}", "type", "integer", "minimum", 0, "maximum",
				 (json_int_t)UINT32_MAX);
	if (field->type != FIELD_U64)
		return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	/* A knob may have all 64 bits: beyond the integers of JSON readers it is a text. */
	if (field->standard)
		return json_pack("{s:[s,s,s], s:i, s:s}", "type", "integer", "string", "null",
				 "minimum", 0, "pattern", "^[0-9]+$");
	return json_pack("{s:[s,s], s:i}", "type", "integer", "null", "minimum", 0);
}

static json_t *group_schema(const struct field *field)
{
	json_t *schema = table_schema(field->group);

	if (field->sparse)
		json_object_set_new(schema, "type", json_pack("[s,s]", "object", "null"));
	return schema;
}

static json_t *field_schema(const struct field *field)
{
	switch (field->type) {
	case FIELD_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_DURATION:
	case FIELD_RATE:
		return number_schema(field);
	case FIELD_I64:
		return json_pack("{s:s}", "type", "integer");
	case FIELD_DOUBLE:
		return json_pack("{s:[s,s]}", "type", "number", "null");
	case FIELD_ENUM:
		return words_schema(field->words, field->sparse);
	case FIELD_TEXT:
	case FIELD_IPV4:
	case FIELD_CIDR:
		return json_pack("{s:s}", "type", "string");
	case FIELD_SERIES:
		return json_pack("{s:s, s:{s:s, s:i}, s:I}", "type", "array", "items", "type",
				 "integer", "minimum", 0, "maxItems", (json_int_t)field->max);
	case FIELD_TEXTS:
		return json_pack("{s:s, s:{s:s}, s:I}", "type", "array", "items", "type", "string",
				 "maxItems", (json_int_t)field->max);
	case FIELD_GROUP:
		return group_schema(field);
	}
	return NULL;
}

/* A reader takes members that it does not know: `additionalProperties` stays open. */
static json_t *object_schema(json_t *properties)
{
	json_t *required = json_array();
	const char *name;
	json_t *member;

	json_object_foreach (properties, name, member)
		json_array_append_new(required, json_string(name));
	return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required",
			 required);
}

static json_t *table_schema(const struct field_table *table)
{
	json_t *properties = json_object();
	char name[96];

	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		json_t *schema = field_schema(field);

		if (field->help)
			json_object_set_new(schema, "description", json_string(field->help));
		json_object_set_new(properties, field_column(field, name, sizeof(name)), schema);
	}
	return object_schema(properties);
}

static void add_table(json_t *properties, const char *name, const struct field_table *table)
{
	json_t *schema = table_schema(table);

	json_object_set_new(schema, "description", json_string(table->help));
	json_object_set_new(properties, name, schema);
}

static json_t *member_schema(const struct reference_member *member)
{
	json_t *schema;

	if (!strcmp(member->name, "measure"))
		schema = words_schema(measure_words, false);
	else if (!strcmp(member->name, "plane"))
		schema = words_schema(plane_words, false);
	else
		schema = json_loads(member->schema, 0, NULL);
	json_object_set_new(schema, "description", json_string(member->help));
	return schema;
}

json_t *reference_schema(void)
{
	json_t *properties = json_object(), *object, *schema;

	for (size_t i = 0; i < reference_nr_trial_members; i++)
		json_object_set_new(properties, reference_trial_members[i].name,
				    member_schema(&reference_trial_members[i]));
	add_table(properties, "service", &service_table);
	for (size_t i = 0; i < STORE_NR_PARTS; i++)
		add_table(properties, store_parts[i].name, store_parts[i].table);
	object = object_schema(properties);
	schema = json_pack("{s:s, s:s, s:s}", "$schema",
			   "https://json-schema.org/draft/2020-12/schema", "title",
			   "portgauge trial", "description",
			   "One line of trials.jsonl; made by `portgauge reference schema`.");
	json_object_update(schema, object);
	json_decref(object);
	return schema;
}
