// SPDX-License-Identifier: BSD-2-Clause
#include "dut/maglev.h"

#include "lib/mix.h"

/* A backend's preference list: all slots, from `next` on in steps of `skip`. */
struct preference {
	uint32_t next, skip;
};

/* The size is a prime, so that any skip visits every slot. */
static struct preference preference_of(uint64_t name)
{
	return (struct preference){
		.next = (uint32_t)(mix_bits(name) % NODEPORT_MAGLEV_SIZE),
		.skip = (uint32_t)(mix_bits(~name) % (NODEPORT_MAGLEV_SIZE - 1) + 1),
	};
}

void maglev_fill(const uint64_t *names, uint32_t nr, uint32_t ret_table[NODEPORT_MAGLEV_SIZE])
{
	struct preference preferences[NODEPORT_MAX_BACKENDS];
	const uint32_t empty = UINT32_MAX;

	for (uint32_t i = 0; i < nr; i++)
		preferences[i] = preference_of(names[i]);
	for (uint32_t slot = 0; slot < NODEPORT_MAGLEV_SIZE; slot++)
		ret_table[slot] = empty;
	/* In turn, each backend takes the free slot that it likes best. */
	for (uint32_t filled = 0; filled < NODEPORT_MAGLEV_SIZE; filled++) {
		struct preference *wish = &preferences[filled % nr];

		while (ret_table[wish->next] != empty)
			wish->next = (wish->next + wish->skip) % NODEPORT_MAGLEV_SIZE;
		ret_table[wish->next] = filled % nr;
	}
}
