// SPDX-License-Identifier: BSD-2-Clause
/* NAPI instances, and whether kernel threads poll them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/netif_link.h"
#include "lib/netlink.h"
#include "lib/netns.h"
#include "lib/uapi.h"

struct napi_view {
	int index;
	int max, nr;
	struct netif_napi *napis;
};

static int take_napi(const struct nlmsghdr *nlh, void *arg)
{
	struct napi_view *view = arg;
	struct netif_napi napi = {0};
	const struct nlattr *attr;
	int index = 0;

	mnl_attr_for_each (attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == NETDEV_A_NAPI_IFINDEX)
			index = (int)mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == NETDEV_A_NAPI_ID)
			napi.id = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == NETDEV_A_NAPI_PID)
			napi.pid = (pid_t)mnl_attr_get_u32(attr);
	}
	if (index == view->index && view->nr < view->max)
		view->napis[view->nr++] = napi;
	return MNL_CB_OK;
}

/* -EOPNOTSUPP: the kernel (before 6.8) cannot tell. */
static int ask_kernel(struct napi_view *view, struct fault *fault)
{
	struct netlink nl;
	uint16_t family;
	int err = netlink_open(&nl, NETLINK_GENERIC, fault);

	if (err)
		return err;
	err = netlink_family(&nl, NETDEV_FAMILY_NAME, &family);
	if (err == -ENOENT)
		err = -EOPNOTSUPP;
	if (err)
		goto out_socket;
	do {
		struct nlmsghdr *request =
			netlink_genl(&nl, family, NETDEV_CMD_NAPI_GET, NLM_F_DUMP);

		view->nr = 0;
		mnl_attr_put_u32(request, NETDEV_A_NAPI_IFINDEX, (uint32_t)view->index);
		err = netlink_talk(&nl, take_napi, view);
	} while (err == -EINTR); /* an interface changed during the dump */
	if (err && err != -EOPNOTSUPP)
		netlink_fault(&nl, err, fault, "NAPI instances");
out_socket:
	netlink_close(&nl);
	return err;
}

/* Kernel threads are named napi/INTERFACE-ID. The name holds no namespace: threads of an interface
 * of the same name elsewhere are taken too, and the id may be an old one. */
static int scan_threads(const char *name, struct napi_view *view)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char prefix[32];

	if (!proc)
		return -errno;
	snprintf(prefix, sizeof(prefix), "napi/%s-", name);
	while ((entry = readdir(proc)) && view->nr < view->max) {
		char path[64], comm[32] = "";
		FILE *file;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) && !strncmp(comm, prefix, strlen(prefix)))
			view->napis[view->nr++] = (struct netif_napi){
				.id = (uint32_t)strtoul(comm + strlen(prefix), NULL, 10),
				.pid = (pid_t)strtol(entry->d_name, NULL, 10)};
		fclose(file);
	}
	closedir(proc);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	uint32_t one = ((const struct netif_napi *)a)->id, two = ((const struct netif_napi *)b)->id;

	return (one > two) - (one < two);
}

int netif_napis(const char *name, struct netif_napi *napis, int max, struct fault *fault)
{
	struct napi_view view = {.max = max, .napis = napis};
	int err;

	view.index = netif_index(name, fault);
	if (view.index < 0)
		return view.index;
	err = ask_kernel(&view, fault);
	if (err == -EOPNOTSUPP) {
		view.nr = 0;
		err = scan_threads(name, &view);
	}
	if (err)
		return fault_errno(fault, err, "NAPI instances of '%s'", name);
	qsort(napis, (size_t)view.nr, sizeof(*napis), by_id);
	return view.nr;
}

static int open_threaded(const char *name, int flags, struct fault *fault)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "class/net/%s/threaded", name);
	fd = netns_sysfs(path, flags);
	return fd < 0 ? fault_errno(fault, fd, "'threaded' of '%s'", name) : fd;
}

int netif_set_threaded(const char *name, bool on, struct fault *fault)
{
	int fd = open_threaded(name, O_WRONLY, fault);
	int err = 0;

	if (fd < 0)
		return fd;
	if (write(fd, on ? "1" : "0", 1) != 1)
		err = fault_errno(fault, -errno, "threaded NAPI of '%s'", name);
	close(fd);
	return err;
}

int netif_get_threaded(const char *name, bool *ret_on, struct fault *fault)
{
	int fd = open_threaded(name, O_RDONLY, fault);
	char value = 0;
	int err = 0;

	if (fd < 0)
		return fd;
	if (read(fd, &value, 1) != 1)
		err = fault_errno(fault, errno ? -errno : -EIO, "threaded NAPI of '%s'", name);
	else
		*ret_on = value != '0';
	close(fd);
	return err;
}
