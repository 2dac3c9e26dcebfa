// SPDX-License-Identifier: BSD-2-Clause
#include "bench/option_words.h"

#include <stddef.h>

const char *const gen_path_words[] = {"nic", "node", "clients", "cookie", NULL};
const char *const gen_load_words[] = {"engine", "frame",  "flows",   "rate",  "duration",
				      "seed",   "queues", "threads", "batch", NULL};
const char *const dut_path_words[] = {"nic", "node", "backend", NULL};
const char *const sink_path_words[] = {"nic", "cookie", NULL};
const char *const prove_load_words[] = {"flows", "frame", "seed", NULL};
const char *const prefill_load_words[] = {"flows", "seed", NULL};
const char *const flows_words[] = {"flows", NULL};
