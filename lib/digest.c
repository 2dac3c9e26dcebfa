// SPDX-License-Identifier: BSD-2-Clause
#include "lib/digest.h"

#include <sha2.h>
#include <stdint.h>

_Static_assert((int)DIGEST_SHA256_TEXT == SHA256_DIGEST_STRING_LENGTH, "hexadecimal and its end");

void digest_sha256(const void *data, size_t length, char ret_hex[DIGEST_SHA256_TEXT])
{
	SHA256Data(data, length, ret_hex);
}
