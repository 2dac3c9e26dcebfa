// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gen/frame.h"

static const uint8_t tester_mac[6] = {2, 0, 0, 0, 0, 1}, dut_mac[6] = {2, 0, 0, 0, 0, 2};

static struct gen_job job_of(uint32_t frame_bytes)
{
	struct gen_job job = {
		.path = {.node = inet_addr("198.18.0.2"),
			 .clients = {inet_addr("198.19.0.0"), 17},
			 .cookie = 0xffff},
		.service = {.node_port = 30401, .services = 2},
		.load = {.frame_bytes = frame_bytes, .flows = 1, .seed = 7},
	};

	return job;
}

static void checks_hold_for_every_size_flow_seq_and_time(void **state)
{
	static const uint32_t sizes[] = {64, 65, 128, 1518, 3502};
	static const uint32_t seqs[] = {0, 1, 0xffff, 0x10000, 0x7fffffff, 0xffffffff};
	static const uint64_t times[] = {
		0, 1, 0xffff, 0xffffffffULL, WIRE_TIME_MASK, 0x123456789abcdefULL};
	uint8_t frame[4096];

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		const struct gen_job job = job_of(sizes[s]);
		const uint32_t length = frame_length(&job.load);

		frame_template(&job, tester_mac, dut_mac, frame);
		for (uint32_t i = 0; i < 100 * 36; i++) {
			const uint32_t number = i / 36 * 41943;
			const uint64_t time_ns = times[i % 6];
			struct wire_probe probe;
			struct flow flow;

			flow_fill(&job, number, &flow);
			flow.seq = seqs[i / 6 % 6];
			frame_stamp(frame, &flow, number, 0xffff, time_ns);
			assert_true(frame_checks_hold(frame, length));
			memcpy(&probe, frame + FRAME_PROBE_OFFSET, sizeof(probe));
			assert_int_equal(wire_sum(&probe), WIRE_SUM);
			assert_int_equal(probe.cookie, 0xffff);
			assert_int_equal(probe.flow, number);
			assert_int_equal(probe.seq, seqs[i / 6 % 6]);
			assert_true(wire_time(&probe) == (time_ns & WIRE_TIME_MASK));
			assert_int_equal(flow.seq, (uint32_t)(seqs[i / 6 % 6] + 1));
		}
	}
}

/* A flow whose UDP checksum comes out as 0 must send 0xffff: 0 would mean "none". */
static void udp_check_is_never_zero(void **state)
{
	struct gen_job job = job_of(64);
	uint8_t frame[64];
	uint32_t all_ones = 0;

	job.service.services = 1;
	frame_template(&job, tester_mac, dut_mac, frame);
	for (uint32_t number = 0; number < 300000; number++) {
		struct flow flow;

		flow_fill(&job, number, &flow);
		assert_int_not_equal(flow.udp_check, 0);
		if (flow.udp_check != 0xffff)
			continue;
		all_ones++;
		frame_stamp(frame, &flow, number, 0xffff, 1);
		assert_true(frame_checks_hold(frame, 60));
	}
	assert_true(all_ones > 0);
}

static void smallest_frame_is_what_rfc_2544_says(void **state)
{
	const struct gen_job job = job_of(64);
	uint8_t frame[64];
	struct frame head;

	memset(frame, 0xaa, sizeof(frame));
	frame_template(&job, tester_mac, dut_mac, frame);
	assert_int_equal(frame_length(&job.load), 60);
	assert_int_equal(frame[60], 0xaa);
	memcpy(&head, frame, sizeof(head));
	assert_memory_equal(head.dest_mac, dut_mac, 6);
	assert_memory_equal(head.source_mac, tester_mac, 6);
	assert_int_equal(ntohs(head.ethertype), 0x0800);
	assert_int_equal(ntohs(head.ip_length), 46);
	assert_int_equal(ntohs(head.udp_length), 26);
	assert_int_equal(head.id, 0);
	assert_int_equal(ntohs(head.fragment), 0x4000);
	assert_int_equal(head.ttl, 64);
	assert_int_equal(head.dest, inet_addr("198.18.0.2"));
	assert_int_equal(head.ip_check, 0);
	assert_int_equal(head.source, 0);
	assert_int_equal(head.probe.seq, 0);
}

static void padding_is_zero(void **state)
{
	const struct gen_job job = job_of(1518);
	uint8_t frame[1514];

	memset(frame, 0xaa, sizeof(frame));
	frame_template(&job, tester_mac, dut_mac, frame);
	for (uint32_t i = 60; i < 1514; i++)
		assert_int_equal(frame[i], 0);
}

static void a_changed_bit_is_noticed(void **state)
{
	const struct gen_job job = job_of(128);
	struct flow flow;
	uint8_t frame[124];

	frame_template(&job, tester_mac, dut_mac, frame);
	flow_fill(&job, 5, &flow);
	frame_stamp(frame, &flow, 5, 0xffff, 123456789);
	for (uint32_t i = FRAME_IP_OFFSET; i < sizeof(frame); i++)
		for (int bit = 0; bit < 8; bit++) {
			frame[i] ^= (uint8_t)(1 << bit);
			assert_false(frame_checks_hold(frame, sizeof(frame)));
			frame[i] ^= (uint8_t)(1 << bit);
		}
	assert_true(frame_checks_hold(frame, sizeof(frame)));
}

static void cut_frames_do_not_hold(void **state)
{
	const struct gen_job job = job_of(64);
	struct flow flow;
	uint8_t frame[64];

	frame_template(&job, tester_mac, dut_mac, frame);
	flow_fill(&job, 0, &flow);
	frame_stamp(frame, &flow, 0, 0xffff, 1);
	for (uint32_t length = 0; length < 60; length++)
		assert_false(frame_checks_hold(frame, length));
	assert_true(frame_checks_hold(frame, 60));
}

static void an_answer_goes_back_with_valid_checks(void **state)
{
	const struct gen_job job = job_of(1518);
	uint8_t sent[1518], frame[1518];
	struct frame before, after;
	struct flow flow;

	for (uint32_t number = 0; number < 1000; number++) {
		frame_template(&job, tester_mac, dut_mac, sent);
		flow_fill(&job, number, &flow);
		frame_stamp(sent, &flow, number, 0xffff, number * 977ULL);
		memcpy(frame, sent, sizeof(frame));
		frame_answer(frame);
		assert_true(frame_checks_hold(frame, frame_length(&job.load)));
		memcpy(&before, sent, sizeof(before));
		memcpy(&after, frame, sizeof(after));
		assert_memory_equal(after.dest_mac, tester_mac, sizeof(tester_mac));
		assert_memory_equal(after.source_mac, dut_mac, sizeof(dut_mac));
		assert_int_equal(after.source, before.dest);
		assert_int_equal(after.dest, before.source);
		assert_int_equal(after.source_port, before.dest_port);
		assert_int_equal(after.dest_port, before.source_port);
		assert_memory_equal(frame + FRAME_PROBE_OFFSET, sent + FRAME_PROBE_OFFSET,
				    frame_length(&job.load) - FRAME_PROBE_OFFSET);
		frame_answer(frame);
		assert_memory_equal(frame, sent, frame_length(&job.load));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_hold_for_every_size_flow_seq_and_time),
		cmocka_unit_test(udp_check_is_never_zero),
		cmocka_unit_test(smallest_frame_is_what_rfc_2544_says),
		cmocka_unit_test(padding_is_zero),
		cmocka_unit_test(a_changed_bit_is_noticed),
		cmocka_unit_test(cut_frames_do_not_hold),
		cmocka_unit_test(an_answer_goes_back_with_valid_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
