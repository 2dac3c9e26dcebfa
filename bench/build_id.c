// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/build_id.h"

/* Looks through the notes of one segment. */
static bool find_note(Elf_Data *data, char ret_text[BUILD_ID_TEXT_BYTES])
{
	size_t name, body, at = 0;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &body))) {
		const char *bytes = data->d_buf;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
		    memcmp(bytes + name, "GNU", sizeof("GNU")) ||
		    note.n_descsz * 2 >= BUILD_ID_TEXT_BYTES)
			continue;
		for (size_t i = 0; i < note.n_descsz; i++)
			snprintf(ret_text + 2 * i, 3, "%02x", (uint8_t)bytes[body + i]);
		return true;
	}
	return false;
}

static bool find_segment(Elf *elf, char ret_text[BUILD_ID_TEXT_BYTES])
{
	size_t nr = 0;

	if (elf_getphdrnum(elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		GElf_Phdr segment;
		Elf_Data *data;

		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_NOTE)
			continue;
		data = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
					    segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		if (data && find_note(data, ret_text))
			return true;
	}
	return false;
}

int build_id_read(const char *path, char ret_text[BUILD_ID_TEXT_BYTES])
{
	char text[BUILD_ID_TEXT_BYTES] = "";
	int fd, err = -ENODATA;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return -EOPNOTSUPP;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF && find_segment(elf, text)) {
		memcpy(ret_text, text, sizeof(text));
		err = 0;
	}
	elf_end(elf);
	close(fd);
	return err;
}
