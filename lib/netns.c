// SPDX-License-Identifier: BSD-2-Clause
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/netns.h"

#define NETNS_FOLDER     "/run/netns"
#define NETNS_OWN        "/proc/thread-self/ns/net"
#define NETNS_PATH_BYTES 300

static int name_path(const char *name, char path[NETNS_PATH_BYTES], struct fault *fault)
{
	if (!*name || strchr(name, '/') || name[0] == '.' ||
	    snprintf(path, NETNS_PATH_BYTES, NETNS_FOLDER "/%s", name) >= NETNS_PATH_BYTES)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "namespace '%s': a name has no '/' and does not begin with '.'",
				 name);
	return 0;
}

/* A shared mount, as `ip netns` makes it: so that names made and deleted here are so everywhere. */
static int share_folder(struct fault *fault)
{
	if (mkdir(NETNS_FOLDER, 0755) && errno != EEXIST)
		return fault_errno(fault, -errno, "folder " NETNS_FOLDER);
	if (!mount("", NETNS_FOLDER, "none", MS_SHARED | MS_REC, NULL))
		return 0;
	if (errno != EINVAL || mount(NETNS_FOLDER, NETNS_FOLDER, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", NETNS_FOLDER, "none", MS_SHARED | MS_REC, NULL))
		return fault_errno(fault, -errno, "sharing " NETNS_FOLDER);
	return 0;
}

int netns_make(struct fault *fault)
{
	int home = netns_open("", fault);
	int fd;

	if (home < 0)
		return home;
	if (unshare(CLONE_NEWNET)) {
		fd = fault_errno(fault, -errno, "new network namespace");
		close(home);
		return fd;
	}
	fd = netns_open("", fault);
	if (netns_return(home, fault) && fd >= 0) {
		close(fd);
		return -EIO;
	}
	return fd;
}

int netns_bind(int fd, const char *name, struct fault *fault)
{
	char path[NETNS_PATH_BYTES], source[64];
	int err = name_path(name, path, fault);
	int file;

	if (!err)
		err = share_folder(fault);
	if (err)
		return err;
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (file < 0)
		return fault_errno(fault, -errno, "namespace '%s'", name);
	close(file);
	snprintf(source, sizeof(source), "/proc/thread-self/fd/%d", fd);
	if (mount(source, path, "none", MS_BIND, NULL)) {
		err = fault_errno(fault, -errno, "naming namespace '%s'", name);
		unlink(path);
	}
	return err;
}

int netns_create(const char *name, struct fault *fault)
{
	int fd = netns_make(fault);
	int err;

	if (fd < 0)
		return fd;
	err = netns_bind(fd, name, fault);
	close(fd);
	return err;
}

static int own_cookie(uint64_t *ret_cookie)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t length = sizeof(cookie);

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length))
		cookie = 0;
	close(fd);
	*ret_cookie = cookie;
	return 0;
}

int netns_cookie(int fd, uint64_t *ret_cookie)
{
	int home, err, back;

	if (fd < 0)
		return own_cookie(ret_cookie);
	home = netns_open("", NULL);
	if (home < 0)
		return home;
	if (setns(fd, CLONE_NEWNET)) {
		err = -errno;
		close(home);
		return err;
	}
	err = own_cookie(ret_cookie);
	back = netns_return(home, NULL);
	return err ? err : back;
}

int netns_delete(const char *name)
{
	char path[NETNS_PATH_BYTES];
	int err = name_path(name, path, NULL);

	if (err)
		return err;
	/* EINVAL: a name whose mount is gone. */
	if (umount2(path, MNT_DETACH) && errno != EINVAL)
		return -errno;
	return unlink(path) ? -errno : 0;
}

int netns_open(const char *name, struct fault *fault)
{
	char path[NETNS_PATH_BYTES] = NETNS_OWN;
	int err = *name ? name_path(name, path, fault) : 0;
	int fd;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return fault_set(fault, -ENOENT, EXIT_FAILED, "namespace '%s': there is none",
				 name);
	return fault_errno(fault, -errno, "namespace '%s'", name);
}

int netns_visit(const char *name, struct fault *fault)
{
	int home = netns_open("", fault);
	int fd = home < 0 ? home : netns_open(name, fault);
	int err = 0;

	if (fd < 0) {
		if (home >= 0)
			close(home);
		return fd;
	}
	if (setns(fd, CLONE_NEWNET)) {
		err = fault_errno(fault, -errno, "visiting namespace '%s'", name);
		close(home);
	}
	close(fd);
	return err ? err : home;
}

int netns_return(int home_fd, struct fault *fault)
{
	int err = 0;

	if (setns(home_fd, CLONE_NEWNET))
		err = fault_errno(fault, -errno, "returning to the own network namespace");
	close(home_fd);
	return err;
}

/* A mount of sysfs belongs to the network namespace of the thread that makes it. By syscall(2): the
 * wrappers need glibc 2.36. */
static int mount_sysfs(void)
{
	int context = (int)syscall(SYS_fsopen, "sysfs", FSOPEN_CLOEXEC);
	int fd = -1;

	if (context < 0)
		return -errno;
	if (!syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	if (fd < 0)
		fd = -errno;
	close(context);
	return fd;
}

int netns_sysfs(const char *path, int flags)
{
	int mounted = mount_sysfs();
	int folder = mounted >= 0 ? mounted : open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	/* Without the right to mount, /sys is right where nobody has changed the namespace. */
	if (folder < 0)
		return -errno;
	fd = openat(folder, path, flags | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(folder);
	return fd;
}

int netns_current(char *ret_name, size_t size)
{
	struct stat own, named;
	struct dirent *entry;
	DIR *folder;

	if (stat(NETNS_OWN, &own))
		return -errno;
	if (!size)
		return -EINVAL;
	ret_name[0] = '\0';
	folder = opendir(NETNS_FOLDER);
	if (!folder)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(folder))) {
		if (fstatat(dirfd(folder), entry->d_name, &named, 0) ||
		    named.st_dev != own.st_dev || named.st_ino != own.st_ino)
			continue;
		snprintf(ret_name, size, "%s", entry->d_name);
		break;
	}
	closedir(folder);
	return 0;
}
