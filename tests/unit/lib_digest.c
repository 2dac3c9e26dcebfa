// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/digest.h"

/* FIPS 180-2, appendix B. */
static void sha256_of_the_standards_examples(void **state)
{
	const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char hex[DIGEST_SHA256_TEXT];
	char *million = malloc(1000000);

	digest_sha256("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	digest_sha256(two_blocks, strlen(two_blocks), hex);
	assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039"
				 "a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', 1000000);
	digest_sha256(million, 1000000, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
				 "f1809a48a497200e046d39ccc7112cd0");
	digest_sha256("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
				 "27ae41e4649b934ca495991b7852b855");
	free(million);
}

/* Around the block and the length field, against coreutils. */
static void sha256_of_every_length_of_the_last_block(void **state)
{
	char text[130], hex[DIGEST_SHA256_TEXT], theirs[256], command[256];

	memset(text, 'x', sizeof(text));
	for (size_t length = 54; length < 130; length += length == 66 ? 52 : 1) {
		FILE *out;

		snprintf(command, sizeof(command), "printf '%.*s' | sha256sum", (int)length, text);
		out = popen(command, "r");
		assert_non_null(out);
		assert_non_null(fgets(theirs, sizeof(theirs), out));
		pclose(out);
		theirs[64] = '\0';
		digest_sha256(text, length, hex);
		assert_string_equal(hex, theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_the_standards_examples),
		cmocka_unit_test(sha256_of_every_length_of_the_last_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
