/* SPDX-License-Identifier: BSD-2-Clause */
/* Which members of a table are options of which command: the command reads them, the runner writes
 * them. For the `only` of struct opt_group. */
#ifndef PORTGAUGE_OPTION_WORDS_H
#define PORTGAUGE_OPTION_WORDS_H

/* Of path_table and load_table. */
extern const char *const gen_path_words[], *const gen_load_words[];
extern const char *const dut_path_words[], *const sink_path_words[];
extern const char *const prove_load_words[], *const prefill_load_words[];

/* Of load_table: what a data plane and a sink size their tables by. */
extern const char *const flows_words[];

#endif
