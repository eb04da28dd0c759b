/* SPDX-License-Identifier: BSD-2-Clause */
/* The section .sundog: how a driver was compiled. */
#include "host/conf/elf.h"
#include "host/conf/loader.h"
#include <stdio.h>
#include <string.h>

#define NOTE_SECTION ".sundog"

static bool word_is(const char *word, size_t length, const char *what)
{
	return length == strlen(what) && memcmp(word, what, length) == 0;
}

static void note_sanitizer(struct loader_note *note, const char *word, size_t length)
{
	note->address |= word_is(word, length, "address");
	note->thread |= word_is(word, length, "thread");
	note->undefined |= word_is(word, length, "undefined");
}

static void note_sanitizers(struct loader_note *note, const char *list, size_t length)
{
	while (length > 0) {
		const char *comma = memchr(list, ',', length);
		size_t word = comma != NULL ? (size_t)(comma - list) : length;

		note_sanitizer(note, list, word);
		word += comma != NULL;
		list += word;
		length -= word;
	}
}

static int note_number(const char *digits, size_t length)
{
	int number = 0;

	for (size_t i = 0; i < length && digits[i] >= '0' && digits[i] <= '9' && number < 100000; i++)
		number = number * 10 + (digits[i] - '0');
	return number;
}

static void note_line(struct loader_note *note, const char *line, size_t length)
{
	const char *equals = memchr(line, '=', length);
	size_t key = equals != NULL ? (size_t)(equals - line) : length;
	const char *value = equals != NULL ? equals + 1 : line + length;
	size_t rest = length - (size_t)(value - line);

	if (word_is(line, key, "compiler"))
		(void)snprintf(note->compiler, sizeof(note->compiler), "%.*s", (int)rest, value);
	else if (word_is(line, key, "version"))
		(void)snprintf(note->version, sizeof(note->version), "%.*s", (int)rest, value);
	else if (word_is(line, key, "headers"))
		(void)snprintf(note->headers, sizeof(note->headers), "%.*s", (int)rest, value);
	else if (word_is(line, key, "interface"))
		note->interface = note_number(value, rest);
	else if (word_is(line, key, "sanitize"))
		note_sanitizers(note, value, rest);
}

/* Lines may be padded with zeros, where the linker joined the notes of several files. */
static void note_parse(struct loader_note *note, const char *text, size_t length)
{
	while (length > 0) {
		size_t line = 0;

		while (line < length && text[line] != '\n' && text[line] != '\0')
			line++;
		note_line(note, text, line);
		line += line < length;
		text += line;
		length -= line;
	}
}

static bool note_guess(void *arg, const char *name, const GElf_Sym *symbol)
{
	struct loader_note *note = arg;

	if (symbol->st_shndx != SHN_UNDEF)
		return true;
	note->address |= strncmp(name, "__asan_", 7) == 0;
	note->thread |= strncmp(name, "__tsan_", 7) == 0;
	note->undefined |= strncmp(name, "__ubsan_", 8) == 0;
	return true;
}

int loader_read_note(const char *path, struct loader_note *note, char *message, size_t size)
{
	struct elf_file file;
	Elf_Scn *section;
	Elf_Data *data;
	int error = elf_file_open(path, &file, message, size);

	if (error != 0)
		return error;
	*note = (struct loader_note){0};
	section = elf_file_section(&file, NOTE_SECTION, 0);
	data = section != NULL ? elf_getdata(section, NULL) : NULL;
	if (data != NULL && data->d_buf != NULL) {
		note->present = true;
		note->interface = 1; /* as it was when notes did not say so */
		note_parse(note, data->d_buf, data->d_size);
	} else {
		elf_file_symbols(&file, SHT_DYNSYM, note_guess, note);
	}
	elf_file_close(&file);
	return 0;
}
