/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Bucket maths of the log-linear histograms, for the kernel and the user side.
 *
 * Values below 128 have a bucket each. Above, every power of two is cut into 128 buckets of equal
 * width, so a bucket is at most 1/128 of its lower bound wide: taking the middle, no value is off
 * by more than 0.4 %, taking either bound by no more than 0.8 %.
 *
 *   value              width  buckets
 *   0 .. 127               1    0 .. 127
 *   128 .. 255             1  128 .. 255
 *   256 .. 511             2  256 .. 383
 *   2^k .. 2^(k+1)-1  2^(k-7)  (k-6)*128 .. (k-6)*128+127
 *
 * 2^36 ns (68 s) and above are overflow, and counted apart.
 */
#ifndef PORTGAUGE_BUCKET_H
#define PORTGAUGE_BUCKET_H

#include <linux/types.h>

#define BUCKET_SUB_BITS 7
#define BUCKET_SUB      (1 << BUCKET_SUB_BITS)
#define BUCKET_MAX_BITS 36
#define BUCKET_LIMIT_NS (1ULL << BUCKET_MAX_BITS)
#define BUCKET_COUNT    ((BUCKET_MAX_BITS - BUCKET_SUB_BITS + 1) * BUCKET_SUB)

/* Index of the highest set bit of a value below 2^40 and not 0; BPF has no instruction for it. */
static inline __u32 bucket_log2(__u64 value)
{
	__u32 bit = 0;

	if (value >> 32) {
		value >>= 32;
		bit += 32;
	}
	if (value >> 16) {
		value >>= 16;
		bit += 16;
	}
	if (value >> 8) {
		value >>= 8;
		bit += 8;
	}
	if (value >> 4) {
		value >>= 4;
		bit += 4;
	}
	if (value >> 2) {
		value >>= 2;
		bit += 2;
	}
	return bit + (__u32)(value >> 1);
}

/* Bucket of a value below BUCKET_LIMIT_NS. */
static inline __u32 bucket_index(__u64 value)
{
	__u32 shift;

	if (value < BUCKET_SUB)
		return (__u32)value;
	shift = bucket_log2(value) - BUCKET_SUB_BITS;
	return shift * BUCKET_SUB + (__u32)(value >> shift);
}

/* Smallest value of a bucket. */
static inline __u64 bucket_lower(__u32 index)
{
	__u32 shift = index < 2 * BUCKET_SUB ? 0 : index / BUCKET_SUB - 1;

	return (__u64)(index - shift * BUCKET_SUB) << shift;
}

/* Largest value of a bucket. */
static inline __u64 bucket_upper(__u32 index)
{
	return bucket_lower(index + 1) - 1;
}

#endif
