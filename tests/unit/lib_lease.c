// SPDX-License-Identifier: BSD-2-Clause
/* Journals and undo, in network namespaces of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/lease.h"
#include "lib/netif.h"
#include "lib/netns.h"

#define TTL "net/ipv4/ip_default_ttl"

static const uint8_t mac_a[6] = {2, 0, 0, 0, 0, 1}, mac_b[6] = {2, 0, 0, 0, 0, 2};

static void need_root(void)
{
	if (geteuid())
		skip();
}

/* Each test has a journal folder and a namespace of its own. */
static int enter_sandbox(void **state)
{
	static char folder[64];

	snprintf(folder, sizeof(folder), "/tmp/pg-lease-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	setenv("PORTGAUGE_RUN_DIR", folder, 1);
	*state = folder;
	return geteuid() ? 0 : unshare(CLONE_NEWNET);
}

static int leave_sandbox(void **state)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", (char *)*state);
	return system(command);
}

static void write_sysctl(const char *path, const char *value)
{
	char full[128];
	int fd;

	snprintf(full, sizeof(full), "/proc/sys/%s", path);
	fd = open(full, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, value, strlen(value)), strlen(value));
	close(fd);
}

static int read_sysctl(const char *path)
{
	char full[128], value[32] = "";
	int fd;

	snprintf(full, sizeof(full), "/proc/sys/%s", path);
	fd = open(full, O_RDONLY);
	assert_true(fd >= 0);
	assert_true(read(fd, value, sizeof(value) - 1) > 0);
	close(fd);
	return atoi(value);
}

static size_t nr_journals(const char *folder)
{
	char pattern[96];
	glob_t found;
	size_t nr;

	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	nr = glob(pattern, 0, NULL, &found) ? 0 : found.gl_pathc;
	globfree(&found);
	return nr;
}

static void read_journal(const char *folder, char *path, size_t path_size, char *text, size_t size)
{
	char pattern[96];
	glob_t found;
	FILE *file;
	size_t length;

	snprintf(pattern, sizeof(pattern), "%s/*.journal", folder);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	snprintf(path, path_size, "%s", found.gl_pathv[0]);
	globfree(&found);
	file = fopen(path, "r");
	assert_non_null(file);
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
}

struct told {
	int nr, err;
	char what[128];
};

static void note(void *arg, const char *what, int err, const char *text)
{
	struct told *told = arg;
	size_t used = strlen(told->what);

	told->nr++;
	told->err = told->err ? told->err : err;
	snprintf(told->what + used, sizeof(told->what) - used, "%s ", what);
}

static void journal_is_there_before_the_change(void **state)
{
	struct fault fault = {0};
	struct lease *lease;
	char path[128], text[2048];

	need_root();
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "64", &fault), 0);
	read_journal(*state, path, sizeof(path), text, sizeof(text));
	assert_non_null(strstr(text, "\"what\":\"test\""));
	assert_non_null(strstr(text, "\"undo\":\"sysctl\",\"target\":\"" TTL "\""));
	assert_non_null(strstr(text, "\"value\":\"64\""));
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_int_equal(lease_close(lease, &fault), 0);
	assert_int_equal(nr_journals(*state), 0);
}

static void undone_newest_first(void **state)
{
	struct fault fault = {0};
	struct lease *lease;

	need_root();
	write_sysctl(TTL, "61");
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	/* Two changes of one thing: the older value has to win. */
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "61", &fault), 0);
	write_sysctl(TTL, "62");
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "62", &fault), 0);
	write_sysctl(TTL, "63");
	assert_int_equal(lease_close(lease, &fault), 0);
	assert_int_equal(read_sysctl(TTL), 61);
}

static void what_is_gone_counts_as_undone(void **state)
{
	struct fault fault = {0};
	struct lease *lease;

	need_root();
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_MTU, "nosuch0", NULL, "1500", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_LINK, "nosuch0", NULL, NULL, &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_NETNS, "pg-nosuch", NULL, NULL, &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_NFT, "ip nosuch", NULL, NULL, &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, "net/nosuch", NULL, "1", &fault), 0);
	assert_int_equal(lease_close(lease, &fault), 0);
	assert_string_equal(fault.text, "");
	assert_int_equal(nr_journals(*state), 0);
}

static void what_stays_keeps_its_journal(void **state)
{
	struct fault fault = {0};
	struct lease *lease;
	char path[128], text[2048];

	need_root();
	write_sysctl(TTL, "61");
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "64", &fault), 0);
	/* Not writable: EINVAL for good. */
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "words", &fault), 0);
	assert_int_equal(lease_close(lease, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, TTL));
	/* The rest was undone all the same. */
	assert_int_equal(read_sysctl(TTL), 64);
	read_journal(*state, path, sizeof(path), text, sizeof(text));
	assert_non_null(strstr(text, "words"));
	assert_null(strstr(text, "\"value\":\"64\""));
}

static void too_long_a_target_is_refused(void **state)
{
	struct fault fault = {0};
	struct lease *lease;
	char target[200];

	need_root();
	memset(target, 'x', sizeof(target) - 1);
	target[sizeof(target) - 1] = '\0';
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_LINK, target, NULL, NULL, &fault), -ENAMETOOLONG);
	assert_int_equal(lease_close(lease, NULL), 0);
	assert_int_equal(lease_close(NULL, NULL), 0);
}

/* Forks a child that leases as told and is killed the hard way. */
static void die_holding(void (*lease_things)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		lease_things();
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void lease_ttl_twice(void)
{
	struct lease *lease;

	if (lease_open(&lease, "older", NULL) ||
	    lease_add(lease, UNDO_SYSCTL, TTL, NULL, "61", NULL))
		_exit(1);
	write_sysctl(TTL, "62");
	if (lease_open(&lease, "newer", NULL) ||
	    lease_add(lease, UNDO_SYSCTL, TTL, NULL, "62", NULL))
		_exit(1);
	write_sysctl(TTL, "63");
}

static void the_dead_are_played_newest_lease_first(void **state)
{
	struct fault fault = {0};
	struct told told = {0};

	need_root();
	write_sysctl(TTL, "61");
	die_holding(lease_ttl_twice);
	assert_int_equal(read_sysctl(TTL), 63);
	assert_int_equal(nr_journals(*state), 2);
	assert_int_equal(lease_restore(note, &told, &fault), 2);
	assert_int_equal(read_sysctl(TTL), 61);
	assert_string_equal(told.what, "newer older ");
	assert_int_equal(told.err, 0);
	assert_int_equal(nr_journals(*state), 0);
	assert_int_equal(lease_restore(note, &told, &fault), 0);
}

/* The TTL is 61, and 99 again if the lease is undone. */
static struct lease *lease_ttl_99(void)
{
	struct fault fault = {0};
	struct lease *lease;

	write_sysctl(TTL, "61");
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "99", &fault), 0);
	return lease;
}

static void the_living_are_left_alone(void **state)
{
	struct fault fault = {0};
	struct lease *lease;

	need_root();
	lease = lease_ttl_99();
	assert_int_equal(lease_restore(NULL, NULL, &fault), 0);
	assert_int_equal(read_sysctl(TTL), 61);
	assert_int_equal(nr_journals(*state), 1);
	assert_int_equal(lease_close(lease, &fault), 0);
	assert_int_equal(read_sysctl(TTL), 99);
}

/* Edits the one journal: `from` becomes `to` wherever it stands first. */
static void forge(const char *folder, const char *from, const char *to)
{
	char path[128], text[2048], *at;
	FILE *file;

	read_journal(folder, path, sizeof(path), text, sizeof(text));
	at = strstr(text, from);
	assert_non_null(at);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	fclose(file);
}

static void a_reused_pid_is_not_the_owner(void **state)
{
	struct fault fault = {0};
	struct lease *lease;

	need_root();
	lease = lease_ttl_99();
	/* This pid, but started at another time. */
	forge(*state, "\"started_ticks\":", "\"started_ticks\":1");
	assert_int_equal(lease_restore(NULL, NULL, &fault), 1);
	assert_int_equal(read_sysctl(TTL), 99);
	assert_int_equal(lease_close(lease, NULL), 0);
}

static void an_earlier_boots_journal_is_only_removed(void **state)
{
	struct fault fault = {0};
	struct lease *lease;

	need_root();
	lease = lease_ttl_99();
	forge(*state, "\"boot_id\":\"", "\"boot_id\":\"0");
	assert_int_equal(lease_restore(NULL, NULL, &fault), 0);
	assert_int_equal(read_sysctl(TTL), 61);
	assert_int_equal(nr_journals(*state), 0);
	assert_int_equal(lease_close(lease, NULL), 0);
}

static void a_torn_last_line_is_not_played(void **state)
{
	struct fault fault = {0};
	char path[128], text[2048];
	FILE *file;

	need_root();
	write_sysctl(TTL, "50");
	die_holding(lease_ttl_twice);
	/* `older` undoes to 61, `newer` to 62; the former is torn within its only entry. */
	read_journal(*state, path, sizeof(path), text, sizeof(text));
	assert_non_null(strstr(text, "older"));
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(text, 1, strlen(text) - 2, file);
	fclose(file);
	assert_int_equal(lease_restore(NULL, NULL, &fault), 2);
	assert_int_equal(read_sysctl(TTL), 62);
	assert_int_equal(nr_journals(*state), 0);
}

static void a_journal_torn_at_birth_is_ignored(void **state)
{
	struct fault fault = {0};
	char path[128];
	FILE *file;

	need_root();
	snprintf(path, sizeof(path), "%s/1-1.journal", (char *)*state);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("{\"what\":\"la", file);
	fclose(file);
	assert_int_equal(lease_restore(NULL, NULL, &fault), 0);
}

static void no_folder_is_nothing_to_do(void **state)
{
	struct fault fault = {0};

	setenv("PORTGAUGE_RUN_DIR", "/nonexistent/portgauge", 1);
	assert_string_equal(lease_folder(), "/nonexistent/portgauge");
	assert_int_equal(lease_restore(NULL, NULL, &fault), 0);
	unsetenv("PORTGAUGE_RUN_DIR");
	assert_string_equal(lease_folder(), "/run/portgauge");
	setenv("PORTGAUGE_RUN_DIR", *state, 1);
}

static void undone_in_the_namespace_of_the_change(void **state)
{
	struct fault fault = {0};
	struct lease *lease;
	int home;

	need_root();
	assert_int_equal(netns_create("pg-lease-there", &fault), 0);
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	home = netns_visit("pg-lease-there", &fault);
	assert_true(home >= 0);
	write_sysctl(TTL, "61");
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "77", &fault), 0);
	assert_int_equal(netns_return(home, &fault), 0);
	write_sysctl(TTL, "55");
	assert_int_equal(lease_close(lease, &fault), 0);
	assert_int_equal(read_sysctl(TTL), 55); /* here it is untouched */
	home = netns_visit("pg-lease-there", &fault);
	assert_true(home >= 0);
	assert_int_equal(read_sysctl(TTL), 77);
	assert_int_equal(netns_return(home, &fault), 0);
	assert_int_equal(netns_delete("pg-lease-there"), 0);
	assert_int_equal(netns_delete("pg-lease-there"), -ENOENT);
}

/* A lab that was killed and cleaned up by hand, then made anew under the same name: the journal of
 * the dead one must not touch it, though names and inodes are the same. */
static void a_later_namespace_of_the_name_is_safe(void **state)
{
	struct fault fault = {0};
	struct lease *lease;
	uint64_t cookie = 0;
	char text[32];
	int fd, home;

	need_root();
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	fd = netns_make(&fault);
	assert_true(fd >= 0);
	assert_int_equal(netns_cookie(fd, &cookie), 0);
	if (!cookie)
		skip();
	snprintf(text, sizeof(text), "%llu", (unsigned long long)cookie);
	assert_int_equal(lease_add(lease, UNDO_NETNS, "pg-lease-again", NULL, text, &fault), 0);
	assert_int_equal(netns_bind(fd, "pg-lease-again", &fault), 0);
	close(fd);
	home = netns_visit("pg-lease-again", &fault);
	assert_int_equal(lease_add(lease, UNDO_SYSCTL, TTL, NULL, "77", &fault), 0);
	assert_int_equal(netns_return(home, &fault), 0);

	assert_int_equal(netns_delete("pg-lease-again"), 0);
	assert_int_equal(netns_create("pg-lease-again", &fault), 0);
	assert_int_equal(lease_close(lease, &fault), 0);
	home = netns_visit("pg-lease-again", &fault);
	assert_true(home >= 0);
	assert_int_equal(read_sysctl(TTL), 64);
	assert_int_equal(netns_return(home, &fault), 0);
	assert_int_equal(netns_delete("pg-lease-again"), 0);
}

static void links_settings_and_namespaces_are_undone(void **state)
{
	struct fault fault = {0};
	struct netif netif;
	struct lease *lease;
	int fd;

	need_root();
	fd = netns_open("", &fault);
	assert_int_equal(netif_create_veth("pgl0", mac_a, 2, "pgl1", mac_b, fd, &fault), 0);
	assert_int_equal(netif_create_veth("pgl2", mac_a, 2, "pgl3", mac_b, fd, &fault), 0);
	close(fd);
	assert_int_equal(lease_open(&lease, "test", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_MTU, "pgl0", NULL, "1400", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_CHANNELS, "pgl0", NULL, "2 1", &fault), 0);
	assert_int_equal(lease_add(lease, UNDO_LINK, "pgl2", NULL, NULL, &fault), 0);
	assert_int_equal(
		lease_add(lease, UNDO_FEATURE, "pgl0", "tx-tcp-segmentation", "off", &fault), 0);
	assert_int_equal(lease_close(lease, &fault), 0);
	assert_int_equal(netif_get("pgl0", &netif, &fault), 0);
	assert_int_equal(netif.mtu, 1400);
	assert_int_equal(netif.rx_channels, 2);
	assert_int_equal(netif.tx_channels, 1);
	assert_int_equal(netif_get("pgl2", &netif, NULL), -ENODEV);
	assert_int_equal(netif_delete("pgl0", &fault), 0);
}

#define lease_test(name_) cmocka_unit_test_setup_teardown(name_, enter_sandbox, leave_sandbox)

int main(void)
{
	const struct CMUnitTest tests[] = {
		lease_test(journal_is_there_before_the_change),
		lease_test(undone_newest_first),
		lease_test(what_is_gone_counts_as_undone),
		lease_test(what_stays_keeps_its_journal),
		lease_test(too_long_a_target_is_refused),
		lease_test(the_dead_are_played_newest_lease_first),
		lease_test(the_living_are_left_alone),
		lease_test(a_reused_pid_is_not_the_owner),
		lease_test(an_earlier_boots_journal_is_only_removed),
		lease_test(a_torn_last_line_is_not_played),
		lease_test(a_journal_torn_at_birth_is_ignored),
		lease_test(no_folder_is_nothing_to_do),
		lease_test(undone_in_the_namespace_of_the_change),
		lease_test(a_later_namespace_of_the_name_is_safe),
		lease_test(links_settings_and_namespaces_are_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
