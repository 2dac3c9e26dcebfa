// SPDX-License-Identifier: BSD-2-Clause
/* Interfaces and namespaces against the running kernel, in namespaces of the test's own. */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/netif.h"
#include "lib/netns.h"

static const uint8_t mac_a[6] = {2, 0x70, 0, 0, 0, 1}, mac_b[6] = {2, 0x70, 0, 0, 0, 2};

/* A namespace with one veth pair of four queues, both ends up. */
static int make_pair(void **state)
{
	struct fault fault = {0};
	int fd, err;

	if (geteuid())
		return 0;
	if (unshare(CLONE_NEWNET))
		return -1;
	fd = netns_open("", &fault);
	err = netif_create_veth("pga", mac_a, 4, "pgb", mac_b, fd, &fault);
	close(fd);
	if (err || netif_set_up("pga", &fault) || netif_set_up("pgb", &fault)) {
		fprintf(stderr, "%s\n", fault.text);
		return -1;
	}
	return 0;
}

static void need_root(void)
{
	if (geteuid())
		skip();
}

static void an_interface_is_read_whole(void **state)
{
	struct fault fault = {0};
	struct netif netif;

	need_root();
	assert_int_equal(netif_add_address("pga", inet_addr("198.18.0.1"), 24, &fault), 0);
	assert_int_equal(netif_add_address("pga", inet_addr("198.18.0.9"), 24, &fault), 0);
	assert_int_equal(netif_get("pga", &netif, &fault), 0);
	assert_memory_equal(netif.mac, mac_a, 6);
	assert_int_equal(netif.mtu, 1500);
	assert_true(netif.up);
	assert_string_equal(netif.driver, "veth");
	assert_int_equal(netif.address, inet_addr("198.18.0.1"));
	assert_int_equal(netif.prefix, 24);
	assert_int_equal(netif.xdp_id, 0);
	assert_int_equal(netif.rx_channels, 4);
	assert_int_equal(netif.tx_channels, 4);
	assert_int_equal(netif.max_rx_channels, 4);
	assert_false(netif.combined);
	assert_int_equal(netif.min_mtu, 68);
}

static void an_interface_that_is_not_there(void **state)
{
	struct fault fault = {0};
	struct netif netif;

	assert_int_equal(netif_get("nosuch0", &netif, &fault), -ENODEV);
	assert_string_equal(fault.text, "interface 'nosuch0': there is none");
	assert_int_equal(fault.code, EXIT_FAILED);
}

static void an_interface_without_channels(void **state)
{
	struct fault fault = {0};
	struct netif netif;

	need_root();
	assert_int_equal(netif_get("lo", &netif, &fault), 0);
	assert_int_equal(netif.rx_channels, 1);
	assert_int_equal(netif.max_rx_channels, 1);
}

static void mtu_and_the_kernels_words(void **state)
{
	struct fault fault = {0};
	struct netif netif;

	need_root();
	assert_int_equal(netif_set_mtu("pga", 3498, &fault), 0);
	assert_int_equal(netif_get("pga", &netif, &fault), 0);
	assert_int_equal(netif.mtu, 3498);
	assert_int_equal(netif_set_mtu("pga", 20, &fault), -EINVAL);
	/* The extended acknowledgement, not a bare errno. */
	assert_non_null(strstr(fault.text, "mtu less than device minimum"));
}

static void channels_both_ways(void **state)
{
	static const uint32_t walks[][2] = {{1, 1}, {4, 2}, {2, 4}, {4, 4}, {4, 4}};
	struct fault fault = {0};
	struct netif netif;

	need_root();
	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		assert_int_equal(netif_set_channels("pga", walks[i][0], walks[i][1], &fault), 0);
		assert_int_equal(netif_get("pga", &netif, &fault), 0);
		assert_int_equal(netif.rx_channels, walks[i][0]);
		assert_int_equal(netif.tx_channels, walks[i][1]);
	}
	assert_int_not_equal(netif_set_channels("pga", 5, 5, &fault), 0);
	assert_non_null(strstr(fault.text, "exceeds maximum"));
}

static void features_are_read_back(void **state)
{
	struct fault fault = {0};
	bool on = false;

	need_root();
	assert_int_equal(netif_get_feature("pga", "tx-tcp-segmentation", &on, &fault), 0);
	assert_true(on);
	assert_int_equal(netif_set_feature("pga", "tx-tcp-segmentation", false, &fault), 0);
	assert_int_equal(netif_get_feature("pga", "tx-tcp-segmentation", &on, &fault), 0);
	assert_false(on);
	assert_int_equal(netif_get_feature("pga", "no-such-feature", &on, &fault), -ENOENT);
	fault = (struct fault){0};
	assert_int_equal(netif_set_feature("lo", "tx-vlan-stag-hw-insert", true, &fault),
			 -EOPNOTSUPP);
	assert_int_equal(fault.code, EXIT_CANNOT);
}

static void threaded_napi_has_threads(void **state)
{
	struct netif_napi napis[8];
	struct fault fault = {0};
	bool on = true;

	need_root();
	assert_int_equal(netif_get_threaded("pga", &on, &fault), 0);
	assert_false(on);
	/* Without GRO and XDP a veth has no NAPI. */
	assert_int_equal(netif_set_feature("pga", "rx-gro", false, &fault), 0);
	assert_int_equal(netif_set_threaded("pga", true, &fault), -EOPNOTSUPP);
	fault = (struct fault){0};
	assert_int_equal(netif_set_feature("pga", "rx-gro", true, &fault), 0);
	assert_int_equal(netif_napis("pga", napis, 8, &fault), 4);
	assert_int_equal(napis[0].pid, 0);
	assert_int_equal(netif_set_threaded("pga", true, &fault), 0);
	assert_int_equal(netif_get_threaded("pga", &on, &fault), 0);
	assert_true(on);
	assert_int_equal(netif_napis("pga", napis, 8, &fault), 4);
	for (int i = 0; i < 4; i++)
		assert_true(napis[i].pid > 0);
	for (int i = 1; i < 4; i++)
		assert_true(napis[i].id > napis[i - 1].id);
	/* No more than asked for. */
	assert_int_equal(netif_napis("pga", napis, 2, &fault), 2);
}

static void the_next_hop_is_the_gateways(void **state)
{
	struct fault fault = {0};
	struct cidr far = {.address = inet_addr("198.18.1.0"), .prefix = 24};
	struct cidr own = {.address = inet_addr("198.19.0.0"), .prefix = 17};
	uint8_t mac[6] = {0};

	need_root();
	assert_int_equal(netif_add_address("pga", inet_addr("198.18.0.1"), 24, &fault), 0);
	assert_int_equal(netif_add_neighbour("pga", inet_addr("198.18.0.2"), mac_b, &fault), 0);
	assert_int_equal(netif_add_route("pga", far, inet_addr("198.18.0.2"), false, &fault), 0);
	assert_int_equal(netif_next_hop("pga", inet_addr("198.18.0.2"), mac, &fault), 0);
	assert_memory_equal(mac, mac_b, 6);
	memset(mac, 0, sizeof(mac));
	assert_int_equal(netif_next_hop("pga", inet_addr("198.18.1.7"), mac, &fault), 0);
	assert_memory_equal(mac, mac_b, 6);
	assert_int_equal(netif_add_route("pga", far, inet_addr("198.18.0.2"), false, &fault),
			 -EEXIST);

	/* An address of our own has no next hop; nor has one that nobody answers for. */
	fault = (struct fault){0};
	assert_int_equal(netif_set_up("lo", &fault), 0);
	assert_int_equal(netif_add_route("lo", own, 0, true, &fault), 0);
	assert_int_not_equal(netif_next_hop("pga", inet_addr("198.19.0.5"), mac, &fault), 0);
	fault = (struct fault){0};
	assert_int_equal(netif_next_hop("pga", inet_addr("198.18.0.77"), mac, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "198.18.0.77"));
}

static void a_next_hop_is_asked_for(void **state)
{
	struct fault fault = {0};
	uint8_t mac[6] = {0};
	int home;

	need_root();
	/* The other end in a namespace of its own, so that its kernel answers ARP. */
	assert_int_equal(netif_delete("pga", &fault), 0);
	netns_delete("pg-netif-far"); /* of a test that failed */
	assert_int_equal(netns_create("pg-netif-far", &fault), 0);
	home = netns_open("pg-netif-far", &fault);
	assert_true(home >= 0);
	assert_int_equal(netif_create_veth("pga", mac_a, 1, "pgb", mac_b, home, &fault), 0);
	close(home);
	assert_int_equal(netif_set_up("pga", &fault), 0);
	assert_int_equal(netif_add_address("pga", inet_addr("198.18.0.1"), 24, &fault), 0);
	home = netns_visit("pg-netif-far", &fault);
	assert_int_equal(netif_set_up("pgb", &fault), 0);
	assert_int_equal(netif_add_address("pgb", inet_addr("198.18.0.2"), 24, &fault), 0);
	assert_int_equal(netns_return(home, &fault), 0);
	assert_int_equal(netif_next_hop("pga", inet_addr("198.18.0.2"), mac, &fault), 0);
	assert_memory_equal(mac, mac_b, 6);
	assert_int_equal(netns_delete("pg-netif-far"), 0);
}

static void counters_of_the_interface(void **state)
{
	struct fault fault = {0};
	struct snap snap = {.steal_ns = 7};

	need_root();
	assert_int_equal(netif_stats("pga", &snap, &fault), 0);
	assert_int_equal(snap.steal_ns, 7); /* nothing but the interface's members */
	assert_int_equal(netif_stats("nosuch0", &snap, &fault), -ENODEV);
}

static void names_of_namespaces(void **state)
{
	struct fault fault = {0};
	char name[64] = "x";
	int home;

	need_root();
	assert_int_equal(netns_current(name, sizeof(name)), 0);
	assert_string_equal(name, "");
	assert_int_equal(netns_create("pg-netif-a", &fault), 0);
	assert_int_equal(netns_create("pg-netif-a", &fault), -EEXIST);
	home = netns_visit("pg-netif-a", &fault);
	assert_true(home >= 0);
	assert_int_equal(netns_current(name, sizeof(name)), 0);
	assert_string_equal(name, "pg-netif-a");
	assert_int_equal(netns_return(home, &fault), 0);
	assert_int_equal(netns_delete("pg-netif-a"), 0);
	fault = (struct fault){0};
	assert_int_equal(netns_open("pg-netif-a", &fault), -ENOENT);
	assert_string_equal(fault.text, "namespace 'pg-netif-a': there is none");
	fault = (struct fault){0};
	assert_int_equal(netns_create("a/b", &fault), -EINVAL);
	assert_int_equal(fault.code, EXIT_USAGE);
}

#define pair_test(name_) cmocka_unit_test_setup(name_, make_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(an_interface_is_read_whole),
		cmocka_unit_test(an_interface_that_is_not_there),
		pair_test(an_interface_without_channels),
		pair_test(mtu_and_the_kernels_words),
		pair_test(channels_both_ways),
		pair_test(features_are_read_back),
		pair_test(threaded_napi_has_threads),
		pair_test(the_next_hop_is_the_gateways),
		pair_test(a_next_hop_is_asked_for),
		pair_test(counters_of_the_interface),
		pair_test(names_of_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
