/* SPDX-License-Identifier: BSD-2-Clause */
/* What names a text in a record. */
#ifndef PORTGAUGE_DIGEST_H
#define PORTGAUGE_DIGEST_H

#include <stddef.h>

enum { DIGEST_SHA256_TEXT = 65 };

/* SHA-256 in hexadecimal. */
void digest_sha256(const void *data, size_t length, char ret_hex[DIGEST_SHA256_TEXT]);

#endif
