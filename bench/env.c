// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench/build_id.h"
#include "bench/env.h"
#include "lib/counters.h"
#include "lib/cpu.h"
#include "lib/netif.h"
#include "lib/netns.h"

#define CPU_FOLDER     "/sys/devices/system/cpu"
#define CLOCK_FOLDER   "/sys/devices/system/clocksource/clocksource0"
#define DMI_FOLDER     "/sys/class/dmi/id"
#define NOT_APPLICABLE "n/a"

enum { ENV_TEXT_BYTES = 65536 };

/* A file's text without its last newline; heap, NULL if it cannot be read. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? malloc(ENV_TEXT_BYTES) : NULL;
	size_t length;

	if (text) {
		length = fread(text, 1, ENV_TEXT_BYTES - 1, file);
		while (length && (text[length - 1] == '\n' || text[length - 1] == ' '))
			length--;
		text[length] = '\0';
	}
	if (file)
		fclose(file);
	return text;
}

static json_t *text_or_none(const char *text)
{
	json_t *json = text && *text ? json_string(text) : NULL;

	return json ? json : json_string(NOT_APPLICABLE);
}

static json_t *file_text(const char *path)
{
	char *text = read_text(path);
	json_t *json = text_or_none(text);

	free(text);
	return json;
}

static json_t *file_number(const char *path)
{
	char *text = read_text(path), *end = text;
	long long number = text ? strtoll(text, &end, 10) : 0;
	json_t *json = end != text ? json_integer(number) : json_string(NOT_APPLICABLE);

	free(text);
	return json;
}

/* One file a key. */
struct knob {
	const char *key, *path;
};

static json_t *pack_knobs(const struct knob *knobs, size_t nr, json_t *(*read)(const char *path))
{
	json_t *object = json_object();

	for (size_t i = 0; i < nr; i++)
		json_object_set_new(object, knobs[i].key, read(knobs[i].path));
	return object;
}

char *env_find_value(const char *text, const char *key)
{
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		const char *colon;
		size_t length;

		line += *line == '\n';
		length = strlen(key);
		if (strncmp(line, key, length))
			continue;
		colon = line + length + strspn(line + length, " \t");
		if (*colon != ':')
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		return strndup(colon, strcspn(colon, "\n"));
	}
	return NULL;
}

/* arm64 names the part by numbers. */
static json_t *pack_model(const char *cpuinfo)
{
	char *model = env_find_value(cpuinfo, "model name");
	char *maker = env_find_value(cpuinfo, "CPU implementer");
	char *part = env_find_value(cpuinfo, "CPU part");
	json_t *json = model || !maker || !part
			       ? text_or_none(model)
			       : json_sprintf("implementer %s part %s", maker, part);

	free(model);
	free(maker);
	free(part);
	return json;
}

static json_t *pack_mitigations(void)
{
	DIR *folder = opendir(CPU_FOLDER "/vulnerabilities");
	json_t *object = json_object();
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char path[512];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CPU_FOLDER "/vulnerabilities/%s", entry->d_name);
		json_object_set_new(object, entry->d_name, file_text(path));
	}
	if (folder)
		closedir(folder);
	return object;
}

static json_t *pack_hypervisor(const char *cpuinfo)
{
	char *type = read_text("/sys/hypervisor/type");
	char *flags = env_find_value(cpuinfo, "flags");
	json_t *json;

	/* The bit says that there is one, not which. */
	if (!type && flags && strstr(flags, " hypervisor"))
		json = json_string("yes");
	else
		json = text_or_none(type);
	free(type);
	free(flags);
	return json;
}

static json_t *pack_cpu(void)
{
	static const struct knob knobs[] = {
		{"clocksource", CLOCK_FOLDER "/current_clocksource"},
		{"clocksources", CLOCK_FOLDER "/available_clocksource"},
		{"governor", CPU_FOLDER "/cpu0/cpufreq/scaling_governor"},
		{"frequency_driver", CPU_FOLDER "/cpu0/cpufreq/scaling_driver"},
		{"idle_driver", CPU_FOLDER "/cpuidle/current_driver"},
		{"smt", CPU_FOLDER "/smt/control"},
		{"online", CPU_FOLDER "/online"},
		{"isolated", CPU_FOLDER "/isolated"},
		{"vendor", DMI_FOLDER "/sys_vendor"},
		{"product", DMI_FOLDER "/product_name"},
	};
	json_t *cpu = pack_knobs(knobs, sizeof(knobs) / sizeof(knobs[0]), file_text);
	char *cpuinfo = read_text("/proc/cpuinfo");
	char *microcode = env_find_value(cpuinfo, "microcode");

	json_object_set_new(cpu, "model", pack_model(cpuinfo));
	json_object_set_new(cpu, "microcode", text_or_none(microcode));
	json_object_set_new(cpu, "hypervisor", pack_hypervisor(cpuinfo));
	json_object_set_new(cpu, "count", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(cpu, "allowed", json_integer(cpu_count()));
	json_object_set_new(cpu, "mitigations", pack_mitigations());
	free(microcode);
	free(cpuinfo);
	return cpu;
}

/* What stands behind " -- " is for init, not for the kernel. */
static json_t *pack_cmdline(void)
{
	char *text = read_text("/proc/cmdline");
	char *init = text ? strstr(text, " -- ") : NULL;
	json_t *json;

	if (init)
		*init = '\0';
	json = text_or_none(text);
	free(text);
	return json;
}

static json_t *pack_kernel(void)
{
	struct utsname name = {0};
	json_t *kernel;

	uname(&name);
	kernel = json_pack("{s:s, s:s, s:s}", "release", name.release, "version", name.version,
			   "machine", name.machine);
	json_object_set_new(kernel, "cmdline", pack_cmdline());
	json_object_set_new(kernel, "boot_id", file_text("/proc/sys/kernel/random/boot_id"));
	json_object_set_new(kernel, "tainted", file_number("/proc/sys/kernel/tainted"));
	json_object_set_new(kernel, "io_uring_disabled",
			    file_number("/proc/sys/kernel/io_uring_disabled"));
	return kernel;
}

static json_t *pack_net(void)
{
	static const struct knob knobs[] = {
		{"bpf_jit_enable", "/proc/sys/net/core/bpf_jit_enable"},
		{"bpf_jit_harden", "/proc/sys/net/core/bpf_jit_harden"},
		{"netdev_budget", "/proc/sys/net/core/netdev_budget"},
		{"netdev_budget_usecs", "/proc/sys/net/core/netdev_budget_usecs"},
		{"netdev_max_backlog", "/proc/sys/net/core/netdev_max_backlog"},
		{"ip_forward", "/proc/sys/net/ipv4/ip_forward"},
		{"conntrack_max", "/proc/sys/net/netfilter/nf_conntrack_max"},
		{"conntrack_buckets", "/proc/sys/net/netfilter/nf_conntrack_buckets"},
		{"conntrack_count", "/proc/sys/net/netfilter/nf_conntrack_count"},
	};
	char netns[64] = "";
	json_t *net = pack_knobs(knobs, sizeof(knobs) / sizeof(knobs[0]), file_number);

	netns_current(netns, sizeof(netns));
	json_object_set_new(net, "netns", text_or_none(netns));
	return net;
}

/* Those that change what a packet costs. */
static json_t *pack_offloads(const char *nic)
{
	static const char *const features[] = {
		"rx-gro",
		"rx-gro-hw",
		"rx-gro-list",
		"rx-udp-gro-forwarding",
		"rx-lro",
		"rx-checksum",
		"rx-hashing",
		"tx-checksum-ip-generic",
		"tx-checksum-ipv4",
		"tx-generic-segmentation",
		"tx-tcp-segmentation",
		"tx-udp-segmentation",
		"tx-scatter-gather",
		"rx-vlan-hw-parse",
		"hw-tc-offload",
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		bool on;
		int err = netif_get_feature(nic, features[i], &on, NULL);

		json_object_set_new(object, features[i],
				    err ? json_string(NOT_APPLICABLE) : json_boolean(on));
	}
	return object;
}

/* An out-of-tree driver's version, or the checksum of its source; drivers in the tree have none. */
static json_t *pack_module(const char *driver, const char *file)
{
	char path[128];

	if (!*driver || strchr(driver, '/'))
		return json_string(NOT_APPLICABLE);
	snprintf(path, sizeof(path), "/sys/module/%s/%s", driver, file);
	return file_text(path);
}

static json_t *pack_address(uint32_t address)
{
	char text[INET_ADDRSTRLEN];

	return address ? json_string(inet_ntop(AF_INET, &address, text, sizeof(text)))
		       : json_string(NOT_APPLICABLE);
}

static json_t *pack_nic(const char *nic, struct fault *fault)
{
	struct netif netif;
	bool threaded;
	json_t *json;

	if (netif_get(nic, &netif, fault))
		return NULL;
	json = json_pack("{s:s, s:o, s:o, s:o, s:I, s:b, s:I, s:I, s:I, s:I, s:b}", "name", nic,
			 "driver", text_or_none(netif.driver), "driver_version",
			 pack_module(netif.driver, "version"), "driver_srcversion",
			 pack_module(netif.driver, "srcversion"), "mtu", (json_int_t)netif.mtu,
			 "up", netif.up, "rx_channels", (json_int_t)netif.rx_channels,
			 "tx_channels", (json_int_t)netif.tx_channels, "max_rx_channels",
			 (json_int_t)netif.max_rx_channels, "max_tx_channels",
			 (json_int_t)netif.max_tx_channels, "combined", netif.combined);
	json_object_set_new(json, "address", pack_address(netif.address));
	json_object_set_new(json, "xdp_program", text_or_none(netif.xdp_name));
	json_object_set_new(json, "threaded_napi",
			    netif_get_threaded(nic, &threaded, NULL) ? json_string(NOT_APPLICABLE)
								     : json_boolean(threaded));
	json_object_set_new(json, "offloads", pack_offloads(nic));
	return json;
}

static json_t *pack_tool(void)
{
	char build_id[BUILD_ID_TEXT_BYTES];
	int err = build_id_read("/proc/self/exe", build_id);

	return json_pack("{s:s, s:s}", "version", PG_VERSION, "build_id",
			 err ? NOT_APPLICABLE : build_id);
}

static json_t *pack_steal(void)
{
	char *text = read_text("/proc/stat");
	uint64_t ns;
	json_t *json;

	if (!text || counters_parse_steal(text, (uint64_t)sysconf(_SC_CLK_TCK), &ns))
		json = json_string(NOT_APPLICABLE);
	else
		json = json_integer((json_int_t)ns);
	free(text);
	return json;
}

json_t *env_pack(const char *nic, struct fault *fault)
{
	json_t *interface = nic ? pack_nic(nic, fault) : json_null();
	json_t *env;

	if (!interface)
		return NULL;
	env = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "record", "env", "tool", pack_tool(),
			"kernel", pack_kernel(), "cpu", pack_cpu(), "net", pack_net(), "nic",
			interface, "steal_ns", pack_steal());
	if (!env)
		fault_errno(fault, -ENOMEM, "env");
	return env;
}
