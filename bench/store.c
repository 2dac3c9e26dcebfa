// SPDX-License-Identifier: BSD-2-Clause
/* Writing a results folder; read back in store_load.c. */
#include "bench/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/build_id.h"
#include "bench/store_names.h"
#include "lib/clock.h"
#include "lib/digest.h"
#include "lib/record.h"

/* One part of the path; there may be such a folder already. */
static int make_part(struct store *store, const char *path, struct fault *fault)
{
	struct stat now;
	int err;

	if (!mkdir(path, 0755)) {
		if (!store->made)
			store->made = strlen(path);
		return 0;
	}
	err = errno == EEXIST ? ENOTDIR : errno;
	if (!stat(path, &now) && S_ISDIR(now.st_mode))
		return 0;
	/* Not what this machine cannot do, whatever the reason: another folder will do. */
	return fault_set(fault, -err, EXIT_FAILED, "make folder '%s': %s", path, strerror(err));
}

/* All parts of the path, as mkdir -p. */
static int make_folder(struct store *store, struct fault *fault)
{
	char path[sizeof(store->folder)];
	int err = 0;

	memcpy(path, store->folder, sizeof(path));
	for (char *slash = path + 1; !err && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		err = make_part(store, path, fault);
		*slash = '/';
	}
	return err ? err : make_part(store, path, fault);
}

/* Those that make_folder made, as long as nothing of somebody else's is in them. */
static void remove_folders(struct store *store)
{
	size_t length = strlen(store->folder);

	while (store->made && length >= store->made && !rmdir(store->folder)) {
		while (length && store->folder[length - 1] == '/')
			length--;
		while (length && store->folder[length - 1] != '/')
			length--;
		store->folder[length] = '\0';
	}
}

static void remove_file(const struct store *store, const char *name)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/%s", store->folder, name);
	unlink(path);
}

static int sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

static int write_json(int fd, const json_t *json)
{
	FILE *file = fdopen(fd, "w");
	int err = 0;

	if (!file) {
		err = -errno;
		close(fd);
		return err;
	}
	if (json_dumpf(json, file, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) ||
	    fputc('\n', file) == EOF || fflush(file) || fsync(fd))
		err = errno ? -errno : -EIO;
	if (fclose(file) && !err)
		err = -errno;
	return err;
}

/* A reader sees the old contents or the new ones, never half of them. */
static int rewrite_run(struct store *store, struct fault *fault)
{
	char path[4200], fresh[4200];
	int fd, err;

	snprintf(path, sizeof(path), "%s/run.json", store->folder);
	snprintf(fresh, sizeof(fresh), "%s/.run.json.new", store->folder);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fault_errno(fault, -errno, "create '%s'", fresh);
	err = write_json(fd, store->run);
	if (!err && rename(fresh, path))
		err = -errno;
	if (err) {
		unlink(fresh);
		return fault_errno(fault, err, "write '%s'", path);
	}
	err = sync_folder(store->folder);
	return err ? fault_errno(fault, err, "sync '%s'", store->folder) : 0;
}

/* RFC 3339, in nanoseconds. */
const char *store_print_time(uint64_t time_ns, char buffer[STORE_TIME_SIZE])
{
	const time_t seconds = (time_t)(time_ns / NS_PER_S);
	struct tm broken;
	size_t length;

	gmtime_r(&seconds, &broken);
	length = strftime(buffer, STORE_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &broken);
	snprintf(buffer + length, STORE_TIME_SIZE - length, ".%09uZ",
		 (unsigned int)(time_ns % NS_PER_S));
	return buffer;
}

static json_t *now_json(void)
{
	char text[STORE_TIME_SIZE];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return json_string(
		store_print_time((uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec, text));
}

static json_t *boot_id(void)
{
	char text[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file)
		return json_null();
	if (fgets(text, sizeof(text), file))
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
	return *text ? json_string(text) : json_null();
}

static json_t *words_json(const char *const *words, const uint32_t *indexes, uint32_t count)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < count; i++)
		json_array_append_new(array, json_string(words[indexes[i]]));
	return array;
}

static json_t *axes_json(const struct scenario *scenario)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < scenario->nr_axes; i++)
		json_array_append_new(array, json_string(scenario->axes[i].path));
	return array;
}

/* Scenario files are UTF-8 by the YAML reader; the hash is of the bytes in any case. */
static json_t *pack_run(const struct plan *plan)
{
	const struct scenario *scenario = plan->scenario;
	const char *text = scenario->text ? scenario->text : "";
	char sha256[DIGEST_SHA256_TEXT], build_id[BUILD_ID_TEXT_BYTES];
	json_t *run = json_object(), *load;

	digest_sha256(text, scenario->length, sha256);
	json_object_set_new(run, "format", json_integer(STORE_FORMAT));
	json_object_set_new(run, "name", json_string(scenario->name));
	json_object_set_new(run, "question", json_string(scenario->question));
	json_object_set_new(run, "status", json_string("partial"));
	json_object_set_new(run, "reason", json_string("not ended: at work, or killed"));
	json_object_set_new(run, "started", now_json());
	json_object_set_new(run, "ended", json_null());
	json_object_set_new(run, "trials_planned", json_integer(plan->nr_trials));
	json_object_set_new(run, "trials_finished", json_null());
	json_object_set_new(run, "axes", axes_json(scenario));
	json_object_set_new(run, "measures",
			    words_json(measure_words, scenario->measures, scenario->nr_measures));
	json_object_set_new(run, "repeat", json_integer(scenario->repeat));
	load = record_pack(&load_table, &scenario->config.load);
	json_object_set(run, "seed", json_object_get(load, "seed"));
	json_decref(load);
	json_object_set_new(run, "version", json_string(PG_VERSION));
	json_object_set_new(run, "build_id",
			    build_id_read("/proc/self/exe", build_id) ? json_null()
								      : json_string(build_id));
	json_object_set_new(run, "boot_id", boot_id());
	json_object_set_new(run, "scenario_sha256", json_string(sha256));
	json_object_set_new(run, "scenario", json_stringn(text, scenario->length));
	json_object_set_new(run, "environment", json_object());
	return run;
}

/* Decided by the trials file: run.json alone is rewritten, never taken over. */
static int create_trials(struct store *store, struct fault *fault)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/run.json", store->folder);
	if (!access(path, F_OK))
		return fault_set(fault, -EEXIST, EXIT_USAGE,
				 "'%s' holds a run already; give another folder with -o",
				 store->folder);
	snprintf(path, sizeof(path), "%s/trials.jsonl", store->folder);
	store->trials_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	if (store->trials_fd < 0 && errno == EEXIST)
		return fault_set(fault, -EEXIST, EXIT_USAGE,
				 "'%s' holds a run already; give another folder with -o",
				 store->folder);
	if (store->trials_fd < 0)
		return fault_errno(fault, -errno, "create '%s'", path);
	return 0;
}

int store_create(struct store *ret_store, const char *folder, const struct plan *plan,
		 struct fault *fault)
{
	struct store store = {.trials_fd = -1};
	int err;

	if (!*folder || (size_t)snprintf(store.folder, sizeof(store.folder), "%s", folder) >=
				sizeof(store.folder))
		return fault_errno(fault, -ENAMETOOLONG, "make folder '%.80s'", folder);
	err = make_folder(&store, fault);
	if (!err)
		err = create_trials(&store, fault);
	if (err) {
		remove_folders(&store);
		return err;
	}
	store.run = pack_run(plan);
	err = rewrite_run(&store, fault);
	if (err) {
		store_discard(&store);
		return err;
	}
	*ret_store = store;
	return 0;
}

int store_set(struct store *store, const char *name, json_t *value, struct fault *fault)
{
	return json_object_set_new(store->run, name, value)
		       ? fault_errno(fault, -ENOMEM, "run.json")
		       : 0;
}

int store_environment(struct store *store, const char *host, json_t *environment,
		      struct fault *fault)
{
	json_t *hosts = json_object_get(store->run, "environment");

	if (json_object_set(hosts, host, environment))
		return fault_errno(fault, -ENOMEM, "run.json");
	return rewrite_run(store, fault);
}

static json_t *pack_point(const struct plan *plan, const struct trial *trial)
{
	const struct point *point = &plan->points[trial->point];
	json_t *values = json_object();

	for (uint32_t i = 0; i < plan->scenario->nr_axes; i++)
		json_object_set_new(values, plan->scenario->axes[i].path,
				    json_string(point->values[i]));
	return values;
}

json_t *store_pack(const struct plan *plan, const struct trial *trial)
{
	const struct config *config = &plan->points[trial->point].config;
	char started[STORE_TIME_SIZE];
	json_t *record = json_object();

	json_object_set_new(record, "record", json_string("trial"));
	json_object_set_new(record, "id", json_integer(trial->id));
	json_object_set_new(record, "measure", json_string(measure_words[trial->measure]));
	json_object_set_new(record, "point", pack_point(plan, trial));
	json_object_set_new(record, "repeat", json_integer(trial->repeat));
	json_object_set_new(record, "order", json_integer(trial->order));
	json_object_set_new(record, "sample", json_integer(trial->sample));
	json_object_set_new(record, "started",
			    json_string(store_print_time(trial->started_ns, started)));
	json_object_set_new(record, "plane", json_string(plane_words[config->dut.plane]));
	json_object_set_new(record, "service", record_pack(&service_table, &config->service));
	for (size_t i = 0; i < STORE_NR_PARTS; i++)
		json_object_set_new(record, store_parts[i].name,
				    record_pack(store_parts[i].table,
						(const char *)trial + store_parts[i].offset));
	return record;
}

static int write_plain(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(fd, data, length);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			data += written;
			length -= (size_t)written;
		}
	}
	return fsync(fd) ? -errno : 0;
}

int store_append(struct store *store, const struct plan *plan, const struct trial *trial,
		 struct fault *fault)
{
	json_t *record = store_pack(plan, trial);
	char *line = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(17));
	size_t length = line ? strlen(line) : 0;
	int err = -ENOMEM;

	json_decref(record);
	if (!line)
		goto out;
	line[length++] = '\n'; /* in place of the NUL: one write a line */
	err = store->loop ? loop_append(store->loop, store->trials_fd, line, length)
			  : write_plain(store->trials_fd, line, length);
	if (!err)
		store->nr_trials++;
out:
	free(line);
	return err ? fault_errno(fault, err, "write '%s/trials.jsonl'", store->folder) : 0;
}

int store_close(struct store *store, bool complete, const char *reason, struct fault *fault)
{
	json_t *run = store->run;
	int err;

	if (!run)
		return 0;
	json_object_set_new(run, "status", json_string(complete ? "complete" : "partial"));
	json_object_set_new(run, "reason", complete || !reason ? json_null() : json_string(reason));
	json_object_set_new(run, "ended", now_json());
	json_object_set_new(run, "trials_finished", json_integer(store->nr_trials));
	err = rewrite_run(store, fault);
	close(store->trials_fd);
	json_decref(run);
	memset(store, 0, sizeof(*store));
	return err;
}

void store_discard(struct store *store)
{
	if (!store->run)
		return;
	close(store->trials_fd);
	remove_file(store, "run.json");
	remove_file(store, "trials.jsonl");
	remove_folders(store);
	json_decref(store->run);
	memset(store, 0, sizeof(*store));
}
