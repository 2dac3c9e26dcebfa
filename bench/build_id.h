/* SPDX-License-Identifier: BSD-2-Clause */
/* The identity that the linker gave this binary. */
#ifndef PORTGAUGE_BUILD_ID_H
#define PORTGAUGE_BUILD_ID_H

#include <stddef.h>

enum { BUILD_ID_TEXT_BYTES = 65 };

/* NT_GNU_BUILD_ID of an ELF file, in hexadecimal. 0, -ENODATA if it has none, or -errno. */
int build_id_read(const char *path, char ret_text[BUILD_ID_TEXT_BYTES]);

#endif
