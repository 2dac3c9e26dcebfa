/* SPDX-License-Identifier: BSD-2-Clause */
/* Named network namespaces, as `ip netns` keeps them under /run/netns. 0 or -errno. */
#ifndef PORTGAUGE_NETNS_H
#define PORTGAUGE_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/fault.h"

/* Makes a namespace without a name; it lives as long as the descriptor that is returned. The
 * caller stays where it is. */
int netns_make(struct fault *fault);

/* Gives it a name. -EEXIST with a fault if the name is taken. */
int netns_bind(int fd, const char *name, struct fault *fault);

/* Both in one. */
int netns_create(const char *name, struct fault *fault);

/* A number that no other namespace has until the next boot (names and inodes come back); 0: the
 * kernel (before 5.14) has none. `fd` -1: of the caller's own. */
int netns_cookie(int fd, uint64_t *ret_cookie);

/* Unmounts and removes the name; the namespace dies with its last user. -ENOENT if none. */
int netns_delete(const char *name);

/* A descriptor of the namespace, "" for the caller's own. */
int netns_open(const char *name, struct fault *fault);

/*
 * For a process that works in several: moves the calling thread's network namespace alone and
 * returns a descriptor of the one it left, for netns_return; or -errno. Netlink, /proc/sys/net and
 * netns_sysfs follow, /sys and the mounts do not.
 */
int netns_visit(const char *name, struct fault *fault);

/* Back to where netns_visit was called; closes the descriptor. */
int netns_return(int home_fd, struct fault *fault);

/* Opens a file of the sysfs of the caller's network namespace ("class/net/pg0/threaded"), whatever
 * is mounted on /sys. A descriptor or -errno. */
int netns_sysfs(const char *path, int flags);

/* Name under /run/netns of the namespace the caller is in; "" if it has none. */
int netns_current(char *ret_name, size_t size);

#endif
