// SPDX-License-Identifier: BSD-2-Clause
/* portgauge pin: puts the threads that receive for an interface on CPUs of one's choice, and before
 * others that run there. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench/command.h"
#include "lib/cpu.h"
#include "lib/netif.h"
#include "lib/opt.h"
#include "lib/record.h"

struct pin {
	char nic[IFNAMSIZ];
	char cpus[64];
	int64_t nice;
};

static const struct field pin_fields[] = {
	field_row(struct pin, nic, FIELD_TEXT, .standard = "pg0", .help = "interface"),
	field_row(struct pin, cpus, FIELD_TEXT, .standard = "",
		  .help = "CPUs such as 1 or 2-5, thread i on the i-th of them"),
	field_row(struct pin, nice, FIELD_I64, .min = -20, .max = 19, .standard = "0",
		  .help = "their priority; below 0 they go before others of the same CPU"),
};
static const struct field_table pin_table =
	field_table_of("pin", struct pin, pin_fields, "The NAPI threads of an interface.");

static void pin_help(void)
{
	struct pin pin = {0};
	const struct opt_group groups[] = {{&pin_table, &pin, NULL}, {0}};

	opt_help(stdout, groups);
	puts("The kernel makes the threads anew, unpinned, when XDP attaches or detaches, the link "
	     "goes\ndown, GRO changes or channels are added: pin before each trial.");
}

static int parse(int argc, char **argv, struct pin *pin, cpu_set_t *ret_cpus, struct fault *fault)
{
	const struct opt_group groups[] = {{&pin_table, pin, NULL}, {0}};
	int err = opt_parse(argc, argv, groups, NULL, 0, fault);

	if (err < 0)
		return err;
	if (cpu_list_parse(pin->cpus, ret_cpus) || !CPU_COUNT(ret_cpus))
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "--cpus: '%s' is no list of CPUs such as 1 or 0,2-3", pin->cpus);
	return 0;
}

/* Pins one thread; its row for the record, NULL with a fault. */
static json_t *pin_thread(const struct pin *pin, const struct netif_napi *napi, int cpu,
			  struct fault *fault)
{
	cpu_set_t one;
	char text[16];
	int err;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	err = cpu_pin(napi->pid, &one);
	if (err) {
		fault_errno(fault, err, "NAPI thread %d of '%s' on CPU %d", napi->pid, pin->nic,
			    cpu);
		return NULL;
	}
	if (setpriority(PRIO_PROCESS, (id_t)napi->pid, (int)pin->nice)) {
		fault_errno(fault, -errno, "NAPI thread %d of '%s' to nice %d", napi->pid, pin->nic,
			    (int)pin->nice);
		return NULL;
	}
	snprintf(text, sizeof(text), "%d", cpu);
	return json_pack("{s:I, s:i, s:s, s:I}", "id", (json_int_t)napi->id, "pid", (int)napi->pid,
			 "cpus", text, "nice", (json_int_t)pin->nice);
}

static int pin_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct netif_napi napis[MODEL_MAX_QUEUES];
	json_t *threads = json_array();
	struct pin pin = {0};
	cpu_set_t cpus;
	int err = parse(argc, argv, &pin, &cpus, fault);
	int nr = err ? err : netif_napis(pin.nic, napis, MODEL_MAX_QUEUES, fault);

	for (int i = 0; i < nr; i++) {
		json_t *row;

		if (!napis[i].pid)
			continue;
		row = pin_thread(&pin, &napis[i], cpu_nth(&cpus, (int)json_array_size(threads)),
				 fault);
		if (!row || json_array_append_new(threads, row)) {
			nr = fault_errno(fault, -EIO, "pin");
			break;
		}
	}
	if (nr < 0) {
		json_decref(threads);
		return nr;
	}
	*ret_record = json_pack("{s:s, s:s, s:b, s:o}", "record", "pin", "nic", pin.nic, "threaded",
				json_array_size(threads) > 0, "threads", threads);
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "pin");
}

const struct command pin_command = {
	.name = "pin",
	.summary = "pins the NAPI threads of an interface, sets their priority",
	.help = pin_help,
	.once = pin_once,
};
