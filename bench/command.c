// SPDX-License-Identifier: BSD-2-Clause
/* The table of commands. */
#include <string.h>

#include "bench/command.h"

const struct command *const command_list[] = {
	&run_command,  &plan_command, &report_command,  &gen_command,
	&sink_command, &dut_command,  &prove_command,   &prefill_command,
	&nic_command,  &pin_command,  &lab_command,     &hold_command,
	&snap_command, &env_command,  &restore_command, &reference_command,
};

const size_t command_count = sizeof(command_list) / sizeof(command_list[0]);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++)
		if (!strcmp(command_list[i]->name, name))
			return command_list[i];
	return NULL;
}
