/* SPDX-License-Identifier: BSD-2-Clause */
/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit of the value
 * changes about half of the result's. */
#ifndef PORTGAUGE_MIX_H
#define PORTGAUGE_MIX_H

#include <stdint.h>

static inline uint64_t mix_bits(uint64_t value)
{
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
	return value ^ value >> 31;
}

#endif
