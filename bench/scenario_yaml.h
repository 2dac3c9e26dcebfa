/* SPDX-License-Identifier: BSD-2-Clause */
/* YAML text as a tree of texts with the place of every key and value. */
#ifndef PORTGAUGE_SCENARIO_YAML_H
#define PORTGAUGE_SCENARIO_YAML_H

#include "bench/place.h"
#include "lib/fault.h"

enum yaml_kind { YAML_NOTHING, YAML_SCALAR, YAML_LIST, YAML_MAPPING };

struct yaml {
	enum yaml_kind kind;
	struct place place;
	char *text; /* YAML_SCALAR; else NULL */
	char *key;  /* of an item of a mapping; else NULL */
	struct place key_place;
	size_t nr_items; /* of a list or mapping, in the file's order, duplicate keys too */
	struct yaml *items;
};

/*
 * Reads one document. Aliases are followed; keys must be scalars. Bounded in size and depth.
 * -EINVAL with a fault that has the place, libfyaml's words where the text is not YAML; -ENOMEM.
 */
int yaml_parse(const char *file, const char *text, size_t length, struct yaml **ret_root,
	       struct fault *fault);

/* Accepts NULL. */
void yaml_free(struct yaml *root);

/* "a mapping", for errors. */
const char *yaml_kind_name(enum yaml_kind kind);

#endif
