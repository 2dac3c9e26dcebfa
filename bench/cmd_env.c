// SPDX-License-Identifier: BSD-2-Clause
/* portgauge env: what a result of this host cannot be understood without. */
#include <errno.h>

#include "bench/command.h"
#include "bench/env.h"
#include "lib/model.h"
#include "lib/opt.h"

struct env_options {
	char nic[IFNAMSIZ];
};

static const struct field env_fields[] = {
	field_row(struct env_options, nic, FIELD_TEXT, .standard = "",
		  .help = "interface to tell about; empty: none"),
};
static const struct field_table env_table =
	field_table_of("env", struct env_options, env_fields, "The environment of this host.");

static void env_help(void)
{
	struct env_options options;
	const struct opt_group groups[] = {{&env_table, &options, NULL}, {0}};

	opt_help(stdout, groups);
}

static int env_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct env_options options;
	const struct opt_group groups[] = {{&env_table, &options, NULL}, {0}};
	int err = opt_parse(argc, argv, groups, NULL, 0, fault);

	if (err < 0)
		return err;
	*ret_record = env_pack(*options.nic ? options.nic : NULL, fault);
	return *ret_record ? 0 : -EIO;
}

const struct command env_command = {
	.name = "env",
	.summary = "one record of this host's environment",
	.help = env_help,
	.once = env_once,
};
