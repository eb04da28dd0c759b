/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of old, and the device tree. */
#include <sys/ddi_implfuncs.h>

#include "card.h"

#define DIP (cards[0].dip)

/* ---- properties ---- */

void check_old_properties(void)
{
	int value = 7, other = 9, length = sizeof(value), back = 0;
	char *text;
	dev_t dev = makedevice(3, 4);

	VERIFY3S(ddi_prop_create(DDI_DEV_T_ANY, DIP, 0, "p", (caddr_t)&value, length), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_create(dev, NULL, 0, "p", (caddr_t)&value, length), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_create(dev, DIP, 0, NULL, (caddr_t)&value, length), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_create(dev, DIP, 0, "", (caddr_t)&value, length), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_create(dev, DIP, 0, "p", NULL, length), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_create(dev, DIP, 0, "p", (caddr_t)&value, -1), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_modify(dev, DIP, 0, "p", (caddr_t)&value, length), ==, DDI_PROP_NOT_FOUND);
	VERIFY0(ddi_prop_create(dev, DIP, DDI_PROP_CANSLEEP, "p", (caddr_t)&value, length));
	VERIFY3S(ddi_prop_get_int(dev, DIP, 0, "p", -1), ==, 7);
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_NONE, DIP, 0, "p", -1), ==, -1);
	VERIFY3S(ddi_prop_modify(DDI_DEV_T_NONE, DIP, 0, "p", (caddr_t)&other, length), ==, DDI_PROP_NOT_FOUND);
	VERIFY0(ddi_prop_modify(dev, DIP, 0, "p", (caddr_t)&other, length));
	VERIFY(ddi_getlongprop_buf(dev, DIP, 0, "p", (caddr_t)&back, &length) == 0 && back == 9);
	VERIFY0(ddi_prop_create(dev, DIP, 0, "p", "text", 5)); /* replaces, type and all */
	VERIFY(ddi_prop_lookup_string(dev, DIP, 0, "p", &text) == 0 && strcmp(text, "text") == 0);
	ddi_prop_free(text);
	VERIFY0(ddi_prop_create(dev, DIP, 0, "there", NULL, 0));
	VERIFY3S(ddi_getprop(dev, DIP, 0, "there", -1), ==, 1);
	VERIFY0(ddi_prop_remove(dev, DIP, "there"));
	VERIFY0(ddi_prop_remove(dev, DIP, "p"));
	VERIFY3S(ddi_prop_remove(dev, DIP, "p"), ==, DDI_PROP_NOT_FOUND);
}

void check_undefined_properties(void)
{
	int length = 5, *numbers;
	int64_t wide[2] = {1, -1}, *back;
	uint_t n = 0;

	VERIFY3S(ddi_prop_undefine(DDI_DEV_T_ANY, DIP, 0, "u"), ==, DDI_PROP_INVAL_ARG);
	VERIFY0(ddi_prop_update_int(DDI_DEV_T_NONE, DIP, "u", 3));
	VERIFY0(ddi_prop_undefine(DDI_DEV_T_NONE, DIP, 0, "u"));
	VERIFY3S(ddi_getproplen(DDI_DEV_T_ANY, DIP, 0, "u", &length), ==, DDI_PROP_UNDEFINED);
	VERIFY3S(length, ==, 5);
	VERIFY3S(ddi_prop_lookup_int_array(DDI_DEV_T_ANY, DIP, 0, "u", &numbers, &n), ==, DDI_PROP_UNDEFINED);
	VERIFY(ddi_prop_get_int(DDI_DEV_T_ANY, DIP, 0, "u", -4) == -4 && !ddi_prop_exists(DDI_DEV_T_ANY, DIP, 0, "u"));
	VERIFY0(ddi_prop_update_int(DDI_DEV_T_NONE, DIP, "u", 3)); /* again */
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_ANY, DIP, 0, "u", -4), ==, 3);
	VERIFY0(ddi_prop_update_int64_array(DDI_DEV_T_NONE, DIP, "u", wide, 2));
	VERIFY(ddi_prop_lookup_int64_array(DDI_DEV_T_ANY, DIP, 0, "u", &back, &n) == 0 && n == 2 && back[1] == -1);
	ddi_prop_free(back);
	VERIFY0(ddi_prop_remove(DDI_DEV_T_NONE, DIP, "u"));
}

#define BIG ((uint64_t)1 << 31) /* one more than 32 bits of a property hold */

void check_size_properties(void)
{
	static const struct {
		char *name;
		uint64_t blocks;
		int length; /* of the answer; 0: not found */
		uint64_t number;
	} asked[] = {
		{"Nblocks", 8, 8, 8},
		{"nblocks", 8, 4, 8},
		{"Size", 8, 8, 4096},
		{"size", 8, 4, 4096},
		{"nblocks", BIG, 0, 0},
		{"nblocks", BIG - 1, 4, BIG - 1},
		{"size", BIG / DEV_BSIZE, 0, 0},
		{"Size", BIG / DEV_BSIZE, 8, BIG},
		{"blocks", 8, 0, 0},
		{"Nblocks", 0, 0, 0},
	};
	dev_t dev = makedevice(3, 4);
	int length = 2;
	char small[2];
	void *copy;

	for (int i = 0; i < 10; i++) {
		uint64_t number = 0;
		int result;

		length = sizeof(number);
		result = ddi_prop_op_nblocks(dev, DIP, PROP_LEN_AND_VAL_BUF, 0, asked[i].name, (caddr_t)&number, &length, asked[i].blocks);
		VERIFY3S(result, ==, asked[i].length == 0 ? DDI_PROP_NOT_FOUND : DDI_PROP_SUCCESS);
		VERIFY(asked[i].length == 0 || (length == asked[i].length && number == asked[i].number));
	}
	length = 2;
	VERIFY3S(ddi_prop_op_size(dev, DIP, PROP_LEN_AND_VAL_BUF, 0, "Size", small, &length, 512), ==, DDI_PROP_BUF_TOO_SMALL);
	VERIFY3S(length, ==, 8);
	VERIFY3S(ddi_prop_op_size(DDI_DEV_T_ANY, DIP, PROP_LEN, 0, "Size", NULL, &length, 512), ==, DDI_PROP_NOT_FOUND);
	VERIFY3S(ddi_prop_op_size(dev, DIP, PROP_EXISTS, 0, "Size", NULL, &length, 512), ==, 1);
	VERIFY(ddi_prop_op_size(dev, DIP, PROP_LEN_AND_VAL_ALLOC, DDI_PROP_CANSLEEP, "Nblocks", (caddr_t)&copy, &length, 1024) == 0);
	VERIFY(length == 8 && *(int64_t *)copy == 2);
	kmem_free(copy, 8);
}

/* ---- the tree ---- */

void check_neighbours(void)
{
	dev_info_t *pseudo = ddi_get_parent(DIP), *first = ddi_get_child(pseudo), *second = ddi_get_next_sibling(first);

	VERIFY(ddi_get_child(ddi_root_node()) == pseudo && ddi_get_next_sibling(pseudo) == NULL);
	VERIFY((first == cards[0].dip && second == cards[1].dip) || (first == cards[1].dip && second == cards[0].dip));
	VERIFY(ddi_get_next_sibling(second) == NULL && ddi_get_child(first) == NULL);
	VERIFY(ddi_get_next(first) == second && ddi_get_next(second) == NULL);
	VERIFY(ddi_find_devinfo("card", 1, 1) == cards[1].dip && ddi_find_devinfo("card", 2, 0) == NULL);
	VERIFY(ddi_find_devinfo("card", -1, 1) == first && ddi_find_devinfo("cart", -1, 0) == NULL);
	VERIFY(ddi_get_parent_data(DIP) == NULL);
	ddi_set_parent_data(DIP, &pseudo);
	VERIFY(ddi_get_parent_data(DIP) == &pseudo && ddi_get_parent_data(cards[1].dip) == NULL);
	ddi_set_parent_data(DIP, NULL);
}

struct walk {
	int seen, at, answer; /* the answer to the node number at */
};

static int walk_step(dev_info_t *dip, void *arg)
{
	struct walk *w = arg;

	return (w->seen++ == w->at ? w->answer : DDI_WALK_CONTINUE);
}

/* root, pseudo, card, card */
void check_walks(void)
{
	static const struct {
		int at, answer, seen;
	} walks[] = {
		{9, 0, 4},
		{0, DDI_WALK_TERMINATE, 1},
		{1, DDI_WALK_PRUNECHILD, 2},
		{2, DDI_WALK_PRUNESIB, 3},
		{2, DDI_WALK_TERMINATE, 3},
		{3, DDI_WALK_PRUNECHILD, 4},
	};

	for (int i = 0; i < 6; i++) {
		struct walk w = {0, walks[i].at, walks[i].answer};

		ddi_walk_devs(ddi_root_node(), walk_step, &w);
		VERIFY3S(w.seen, ==, walks[i].seen);
	}
}

void check_getinfos(void)
{
	void *result = NULL;
	dev_t one = makedevice(ddi_driver_major(DIP), 1), none = makedevice(ddi_driver_major(DIP), 7);

	VERIFY(ddi_getinfo_1to1(DIP, DDI_INFO_DEVT2INSTANCE, (void *)one, &result) == DDI_SUCCESS && result == (void *)1);
	VERIFY(ddi_getinfo_1to1(DIP, DDI_INFO_DEVT2DEVINFO, (void *)one, &result) == DDI_SUCCESS && result == cards[1].dip);
	VERIFY(ddi_getinfo_1to1(DIP, DDI_INFO_DEVT2INSTANCE, (void *)none, &result) == DDI_SUCCESS && result == (void *)7);
	VERIFY3S(ddi_getinfo_1to1(DIP, DDI_INFO_DEVT2DEVINFO, (void *)none, &result), ==, DDI_FAILURE);
	VERIFY3S(ddi_getinfo_1to1(DIP, (ddi_info_cmd_t)9, (void *)one, &result), ==, DDI_FAILURE);
	VERIFY3S(ddi_no_info(DIP, DDI_INFO_DEVT2INSTANCE, (void *)one, &result), ==, DDI_FAILURE);
	VERIFY3P(result, ==, (void *)7);
}

void check_node_answers(void)
{
	char *copy = i_ddi_strdup("name", KM_SLEEP);

	VERIFY(strcmp(copy, "name") == 0);
	kmem_free(copy, 5);
	copy = i_ddi_strdup("", KM_NOSLEEP);
	VERIFY(copy[0] == '\0');
	kmem_free(copy, 1);
	VERIFY(ddi_slaveonly(DIP) == DDI_FAILURE && ddi_dev_is_sid(DIP) == DDI_FAILURE && ddi_in_panic() == 0);
	VERIFY0(ddi_removing_power(DIP));
}
