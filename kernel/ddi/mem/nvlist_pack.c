/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists as bytes: four of a header (encoding, byte order, 0, 0), then the list, in XDR (RFC 4506; numbers of fewer than 32 bits
 * take 32) or, for NV_ENCODE_NATIVE, the same in the machine's own byte order:
 *
 *	version, flags, { size of the pair, of it in memory, name, type, elements, value } ..., 0, 0
 */
#include "kernel/ddi/mem/kmem.h"
#include "kernel/ddi/mem/nvlist.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/int_limits.h>
#include <sys/string.h>

#define HEADER 4u
#define LITTLE_ENDIAN_MARK 1u

/* Where bytes go to or come from; at NULL: they are only counted. */
struct stream {
	char *at;
	size_t used, room;
	bool xdr, wait;
	unsigned depth;
};

/* ---- out ---- */

static void put_bytes(struct stream *s, const void *from, size_t len)
{
	size_t padded = NV_ALIGN4(len);

	if (s->at != NULL) {
		memcpy(s->at + s->used, from, len);
		memset(s->at + s->used + len, 0, padded - len);
	}
	s->used += padded;
}

static void put_u32(struct stream *s, uint32_t n)
{
	n = s->xdr ? __builtin_bswap32(n) : n;
	put_bytes(s, &n, sizeof(n));
}

static void put_u64(struct stream *s, uint64_t n)
{
	n = s->xdr ? __builtin_bswap64(n) : n;
	put_bytes(s, &n, sizeof(n));
}

static void put_string(struct stream *s, const char *text)
{
	put_u32(s, (uint32_t)strlen(text));
	put_bytes(s, text, strlen(text));
}

static bool is_signed(data_type_t type)
{
	return type == DATA_TYPE_INT8 || type == DATA_TYPE_INT8_ARRAY || type == DATA_TYPE_INT16 || type == DATA_TYPE_INT16_ARRAY;
}

static void put_number(struct stream *s, data_type_t type, const char *from)
{
	uint64_t wide;
	uint32_t n;
	uint16_t half;

	switch (nv_element_size(type)) {
	case 1:
		n = is_signed(type) ? (uint32_t)(int8_t)*from : (uint8_t)*from;
		put_u32(s, n);
		break;
	case 2:
		memcpy(&half, from, sizeof(half));
		put_u32(s, is_signed(type) ? (uint32_t)(int16_t)half : half);
		break;
	case 4:
		memcpy(&n, from, sizeof(n));
		put_u32(s, n);
		break;
	default:
		memcpy(&wide, from, sizeof(wide));
		put_u64(s, wide);
	}
}

static void put_list(struct stream *s, nvlist_t *list);

static void put_value(struct stream *s, nvpair_t *nvp)
{
	data_type_t type = NVP_TYPE(nvp);
	size_t n = (size_t)NVP_NELEM(nvp), each = nv_element_size(type);
	char *value = NVP_VALUE(nvp), **pointer = (char **)(void *)value;

	if (type == DATA_TYPE_BYTE_ARRAY) {
		put_bytes(s, value, n);
		return;
	}
	if (each > 0 && nv_is_array(type))
		put_u32(s, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		char *element = nv_is_array(type) && each == 0 ? pointer[i] : value;

		if (each > 0)
			put_number(s, type, value + i * each);
		else if (type == DATA_TYPE_STRING || type == DATA_TYPE_STRING_ARRAY)
			put_string(s, element);
		else
			put_list(s, (nvlist_t *)(void *)element);
	}
}

static void put_pair(struct stream *s, nvpair_t *nvp)
{
	size_t start = s->used, end;

	put_u32(s, 0); /* its size is known at its end */
	put_u32(s, (uint32_t)NVP_SIZE(nvp));
	put_string(s, NVP_NAME(nvp));
	put_u32(s, (uint32_t)NVP_TYPE(nvp));
	put_u32(s, (uint32_t)NVP_NELEM(nvp));
	put_value(s, nvp);
	end = s->used;
	s->used = start;
	put_u32(s, (uint32_t)(end - start));
	s->used = end;
}

static void put_list(struct stream *s, nvlist_t *list)
{
	put_u32(s, (uint32_t)list->nvl_version);
	put_u32(s, list->nvl_nvflag);
	for (nvpair_t *nvp = nvlist_next_nvpair(list, NULL); nvp != NULL; nvp = nvlist_next_nvpair(list, nvp))
		put_pair(s, nvp);
	put_u64(s, 0);
}

static void put_all(struct stream *s, nvlist_t *list)
{
	const uint8_t header[HEADER] = {s->xdr ? NV_ENCODE_XDR : NV_ENCODE_NATIVE, LITTLE_ENDIAN_MARK};

	put_bytes(s, header, HEADER);
	put_list(s, list);
}

static int packed_size(nvlist_t *list, size_t *size, int encoding)
{
	struct stream s = {.xdr = encoding == NV_ENCODE_XDR};

	if (encoding != NV_ENCODE_XDR && encoding != NV_ENCODE_NATIVE)
		return ENOTSUP;
	put_all(&s, list);
	*size = s.used;
	return 0;
}

int nvlist_size(nvlist_t *list, size_t *size, int encoding)
{
	return list == NULL || size == NULL ? EINVAL : packed_size(list, size, encoding);
}

int nvlist_pack(nvlist_t *list, char **buffer, size_t *size, int encoding, int flags)
{
	struct stream s = {.xdr = encoding == NV_ENCODE_XDR};
	size_t needed;
	int error;

	if (list == NULL || buffer == NULL || size == NULL)
		return EINVAL;
	error = packed_size(list, &needed, encoding);
	if (error != 0)
		return error;
	if (*buffer != NULL && *size < needed)
		return ENOSPC;
	s.at = *buffer != NULL ? *buffer : kmem_get(needed, flags, CALLER());
	if (s.at == NULL)
		return ENOMEM;
	put_all(&s, list);
	*buffer = s.at;
	*size = needed;
	return 0;
}

/* ---- in: nothing that is read is trusted ---- */

/* NULL: there are not so many. */
static const char *get_bytes(struct stream *s, size_t len)
{
	size_t padded = NV_ALIGN4(len);
	const char *at = s->at + s->used;

	if (len > s->room - s->used || padded > s->room - s->used)
		return NULL;
	s->used += padded;
	return at;
}

static bool get_u32(struct stream *s, uint32_t *n)
{
	const char *at = get_bytes(s, sizeof(*n));

	if (at == NULL)
		return false;
	memcpy(n, at, sizeof(*n));
	*n = s->xdr ? __builtin_bswap32(*n) : *n;
	return true;
}

static bool get_u64(struct stream *s, uint64_t *n)
{
	const char *at = get_bytes(s, sizeof(*n));

	if (at == NULL)
		return false;
	memcpy(n, at, sizeof(*n));
	*n = s->xdr ? __builtin_bswap64(*n) : *n;
	return true;
}

/* A copy, of length + 1 bytes; NULL: there is none, or a zero is in it. */
static char *get_string(struct stream *s)
{
	const char *at;
	uint32_t length;
	char *text;

	if (!get_u32(s, &length))
		return NULL;
	at = get_bytes(s, length);
	if (at == NULL || memchr(at, '\0', length) != NULL)
		return NULL;
	text = host_alloc((size_t)length + 1, s->wait);
	return text != NULL ? memcpy(text, at, length) : NULL;
}

static void string_free(char *text)
{
	if (text != NULL)
		host_free(text, strlen(text) + 1);
}

static bool get_number(struct stream *s, data_type_t type, char *to)
{
	size_t each = nv_element_size(type);
	uint64_t wide;
	uint32_t n;

	if (each == sizeof(wide)) {
		if (!get_u64(s, &wide))
			return false;
		memcpy(to, &wide, each);
		return true;
	}
	if (!get_u32(s, &n))
		return false;
	memcpy(to, &n, each); /* the low bytes come first */
	return true;
}

static int get_list(struct stream *s, nvlist_t *list);

/* n numbers are at least n bytes here. */
static int get_numbers(struct stream *s, nvlist_t *list, const char *name, data_type_t type, size_t n)
{
	size_t each = nv_element_size(type), bytes = n * each;
	uint32_t count = (uint32_t)n;
	char *value;
	int error = 0;

	if (nv_is_array(type) && type != DATA_TYPE_BYTE_ARRAY && (!get_u32(s, &count) || count != n))
		return EFAULT;
	if (n > s->room - s->used)
		return EFAULT;
	if (type == DATA_TYPE_BYTE_ARRAY) {
		const char *at = get_bytes(s, n);

		return at == NULL ? EFAULT : nvlist_put(list, name, type, n, n > 0 ? at : NULL);
	}
	if (n == 0)
		return nvlist_put(list, name, type, 0, NULL);
	value = host_alloc(bytes, s->wait);
	if (value == NULL)
		return ENOMEM;
	for (size_t i = 0; i < n && error == 0; i++)
		error = get_number(s, type, value + i * each) ? 0 : EFAULT;
	if (error == 0)
		error = nvlist_put(list, name, type, n, value);
	host_free(value, bytes);
	return error;
}

/* A string is at least 4 bytes. */
static int get_strings(struct stream *s, nvlist_t *list, const char *name, data_type_t type, size_t n)
{
	size_t got = 0, bytes = n * sizeof(char *);
	char **text;
	int error = 0;

	if (n > (s->room - s->used) / 4)
		return EFAULT;
	text = host_alloc(bytes + 1, s->wait);
	if (text == NULL)
		return ENOMEM;
	for (; got < n && error == 0; got++) {
		text[got] = get_string(s);
		error = text[got] == NULL ? EFAULT : 0;
	}
	if (error == 0)
		error = nvlist_put(list, name, type, n, n > 0 ? text : NULL);
	while (got-- > 0)
		string_free(text[got]);
	host_free(text, bytes + 1);
	return error;
}

/* A list is at least 16 bytes. */
static int get_lists(struct stream *s, nvlist_t *list, const char *name, data_type_t type, size_t n)
{
	size_t got = 0, bytes = n * (sizeof(nvlist_t) + sizeof(nvlist_t *));
	nvlist_t **pointer, *inner;
	int error = 0;

	if (n > (s->room - s->used) / 16 || s->depth == NVLIST_DEPTH)
		return EFAULT;
	pointer = host_alloc(bytes + 1, s->wait);
	if (pointer == NULL)
		return ENOMEM;
	inner = (nvlist_t *)(void *)(pointer + n);
	s->depth++;
	for (; got < n && error == 0; got++) {
		pointer[got] = &inner[got];
		error = get_list(s, &inner[got]);
	}
	s->depth--;
	if (error == 0)
		error = nvlist_put(list, name, type, n, n > 0 ? pointer : NULL);
	while (got-- > 0)
		nvlist_end(&inner[got]);
	host_free(pointer, bytes + 1);
	return error;
}

static int get_value(struct stream *s, nvlist_t *list, const char *name, uint32_t type, uint32_t n)
{
	data_type_t t = (data_type_t)type;

	if (type > INT16_MAX || !nv_type_known(t) || n > INT32_MAX || (!nv_is_array(t) && n != (t == DATA_TYPE_BOOLEAN ? 0u : 1u)))
		return EFAULT;
	if (t == DATA_TYPE_BOOLEAN)
		return nvlist_put(list, name, t, 0, NULL);
	if (nv_element_size(t) > 0)
		return get_numbers(s, list, name, t, n);
	if (t == DATA_TYPE_STRING || t == DATA_TYPE_STRING_ARRAY)
		return get_strings(s, list, name, t, n);
	return get_lists(s, list, name, t, n);
}

/* *end: it was the mark of the end. */
static int get_pair(struct stream *s, nvlist_t *list, bool *end)
{
	size_t start = s->used;
	uint32_t size, memory, type, n;
	char *name;
	int error = EFAULT;

	if (!get_u32(s, &size) || !get_u32(s, &memory))
		return EFAULT;
	*end = size == 0 && memory == 0;
	if (*end)
		return 0;
	name = get_string(s);
	if (name != NULL && get_u32(s, &type) && get_u32(s, &n))
		error = get_value(s, list, name, type, n);
	string_free(name);
	if (error == 0 && s->used - start != size)
		error = EFAULT;
	return error == EINVAL ? EFAULT : error;
}

/* In any case the caller ends the list. */
static int get_list(struct stream *s, nvlist_t *list)
{
	uint32_t version, flags;
	bool end = false;
	int error;

	*list = (nvlist_t){0};
	if (!get_u32(s, &version) || !get_u32(s, &flags) || version != NV_VERSION ||
	    (flags & ~(uint32_t)(NV_UNIQUE_NAME | NV_UNIQUE_NAME_TYPE)) != 0)
		return EFAULT;
	error = nvlist_begin(list, flags, s->wait);
	while (error == 0 && !end)
		error = get_pair(s, list, &end);
	return error;
}

int nvlist_unpack(char *buffer, size_t size, nvlist_t **out, int flags)
{
	struct stream s = {.at = buffer, .room = size, .wait = (flags & KM_NOSLEEP) == 0};
	const uint8_t *header;
	nvlist_t list;
	int error;

	if (buffer == NULL || out == NULL)
		return EINVAL;
	header = (const uint8_t *)get_bytes(&s, HEADER);
	if (header == NULL)
		return EFAULT;
	if (header[0] > NV_ENCODE_XDR || (header[0] == NV_ENCODE_NATIVE && header[1] != LITTLE_ENDIAN_MARK))
		return ENOTSUP;
	s.xdr = header[0] == NV_ENCODE_XDR;
	error = get_list(&s, &list);
	if (error == 0)
		*out = nvlist_publish(&list, CALLER());
	else
		nvlist_end(&list);
	return error;
}
