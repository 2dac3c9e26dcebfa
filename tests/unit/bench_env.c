// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <cmocka.h>

#include "bench/build_id.h"
#include "bench/env.h"

static void value_of_a_key(void **state)
{
	static const char text[] =
		"processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC\nempty\t:\n";
	char *value = env_find_value(text, "model name");

	assert_string_equal(value, "AMD EPYC");
	free(value);
	value = env_find_value(text, "model"); /* not the longer key that begins so */
	assert_string_equal(value, "1");
	free(value);
	value = env_find_value(text, "empty");
	assert_string_equal(value, "");
	free(value);
	assert_null(env_find_value(text, "name"));
	assert_null(env_find_value(text, "proc"));
	assert_null(env_find_value("", "model"));
	assert_null(env_find_value(NULL, "model"));
}

static void the_build_id_is_read_from_the_binary(void **state)
{
	char text[BUILD_ID_TEXT_BYTES] = "untouched";

	assert_int_equal(build_id_read(PG_SOURCE_DIR "/LICENSE", text), -ENODATA);
	assert_int_equal(build_id_read("/nonexistent", text), -ENOENT);
	assert_string_equal(text, "untouched");
	assert_int_equal(build_id_read("/proc/self/exe", text), 0);
	assert_int_equal(strlen(text), 40);
	assert_int_equal(strspn(text, "0123456789abcdef"), 40);
}

static const char *text_at(const json_t *json, const char *group, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(json, group), key));

	assert_non_null(text);
	return text;
}

static void what_is_missing_is_not_applicable(void **state)
{
	struct fault fault = {0};
	struct utsname name;
	json_t *env = env_pack("lo", &fault);

	uname(&name);
	assert_non_null(env);
	assert_string_equal(text_at(env, "kernel", "release"), name.release);
	assert_string_equal(text_at(env, "nic", "name"), "lo");
	assert_string_equal(text_at(env, "nic", "driver"), "n/a");
	assert_string_equal(text_at(env, "nic", "xdp_program"), "n/a");
	assert_true(json_is_boolean(json_object_get(
		json_object_get(json_object_get(env, "nic"), "offloads"), "rx-gro")));
	/* No member is missing because the machine lacks it. */
	assert_true(*text_at(env, "cpu", "governor"));
	assert_null(strstr(text_at(env, "kernel", "cmdline"), " -- "));
	json_decref(env);
}

static void with_and_without_an_interface(void **state)
{
	struct fault fault = {0};
	json_t *env = env_pack(NULL, &fault);

	assert_true(json_is_null(json_object_get(env, "nic")));
	json_decref(env);
	assert_null(env_pack("nosuch0", &fault));
	assert_non_null(strstr(fault.text, "nosuch0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_of_a_key),
		cmocka_unit_test(the_build_id_is_read_from_the_binary),
		cmocka_unit_test(what_is_missing_is_not_applicable),
		cmocka_unit_test(with_and_without_an_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
