// SPDX-License-Identifier: BSD-2-Clause
#include "dut/percpu.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cpu.h"

int percpu_size(struct bpf_map *map, struct fault *fault)
{
	int err = bpf_map__set_max_entries(map, (uint32_t)cpu_possible());

	return err ? fault_errno(fault, err, "size of the map '%s'", bpf_map__name(map)) : 0;
}

int percpu_open(const struct bpf_map *map, struct percpu *ret_percpu, struct fault *fault)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint32_t rows = bpf_map__max_entries(map);
	size_t length = (size_t)rows * bpf_map__value_size(map);
	void *memory;

	length = (length + page - 1) / page * page;
	memory = mmap(NULL, length, PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);
	if (memory == MAP_FAILED)
		return fault_errno(fault, -errno, "map the counters '%s'", bpf_map__name(map));
	*ret_percpu = (struct percpu){.rows = memory,
				      .length = length,
				      .nr_rows = rows,
				      .nr_counters = bpf_map__value_size(map) / sizeof(uint64_t)};
	return 0;
}

void percpu_sum(const struct percpu *percpu, void *ret_sum)
{
	uint64_t *sum = ret_sum;

	for (uint32_t i = 0; i < percpu->nr_counters; i++) {
		sum[i] = 0;
		for (uint32_t row = 0; row < percpu->nr_rows; row++)
			sum[i] += __atomic_load_n(&percpu->rows[row * percpu->nr_counters + i],
						  __ATOMIC_RELAXED);
	}
}

void percpu_close(struct percpu *percpu)
{
	if (percpu->rows)
		munmap(percpu->rows, percpu->length);
	*percpu = (struct percpu){0};
}
