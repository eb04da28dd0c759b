/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model [-s SEED] [-n SEQUENCES] [-t SECONDS] [-o OPERATIONS] [-vc] [ARGUMENT]: runs sequences of operations in a world
 * and compares it with the model after each.  The first sequence that differs is made as short as it gets, and printed
 * with its seed; exit 1.  Sequence k of seed S is what `model -s S+k -n 1` runs.
 * With SUNDOG_LONG in the environment seconds count twenty times.  -c: a table of what has been tried, by kind and errno, result or signal.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

struct options {
	uint64_t seed, sequences;
	unsigned seconds, length;
	bool verbose, count;
	const char *argument;
};

/* ---- what has been tried: how often each kind came to each result ---- */

static struct {
	enum op_kind kind;
	int result;
	uint64_t count;
} tried[512];

static void note(enum op_kind kind, const struct outcome *o)
{
	int result = o->signo != 0 ? 1000 * o->signo + 100 * o->code + o->si_errno % 100 : o->error != 0 ? o->error
													 : o->result;
	size_t i = 0;

	while (i < 511 && tried[i].count > 0 && (tried[i].kind != kind || tried[i].result != result))
		i++;
	tried[i].kind = kind;
	tried[i].result = result;
	tried[i].count++;
}

static void print_tried(void)
{
	for (size_t i = 0; i < 512 && tried[i].count > 0; i++)
		printf("%-10s %8d %10llu\n", op_name(tried[i].kind), tried[i].result, (unsigned long long)tried[i].count);
}

/* ---- one sequence ---- */

struct sequence {
	struct op *ops;
	size_t n;
};

struct result {
	size_t done, at; /* actions; the operation that differed */
	bool failed;
	char why[640];
};

static void step(struct world *w, struct model *m, const struct op *op, struct result *r)
{
	struct action a;
	struct outcome o;

	if (!model_plan(m, op, &a))
		return;
	world_do(w, &a, &o);
	r->failed |= !model_check(m, &a, &o);
}

/* Everything goes: the locks that are left, too, in some process, and then all of those. */
static void sequence_end(struct world *w, struct model *m, struct result *r)
{
	struct op make = {.kind = OP_NEW};

	step(w, m, &make, r);
	for (uint8_t i = 0; i < MDL_LOCKS; i++) {
		struct op unlock = {.kind = OP_UNLOCK, .p = {i}};

		step(w, m, &unlock, r);
	}
	for (int i = 0; i < MODEL_PROCESSES; i++) {
		struct op end = {.kind = OP_EXIT};

		step(w, m, &end, r);
	}
}

static bool contents_match(struct world *w, struct model *m)
{
	for (int c = 0; c < MDL_TRASH; c++)
		for (uint64_t page = 0; page < MDL_COOKIE_PAGES; page++)
			for (int word = 0; word < MODEL_WORDS; word++) {
				uint64_t got = world_peek(w, c, page * MDL_PAGE + (word ? MDL_PAGE - 8 : 0));

				if (got == m->content[c][page][word])
					continue;
				snprintf(m->why, sizeof(m->why), "cookie %d page %llu holds %llu, expected %llu", c,
					 (unsigned long long)page, (unsigned long long)got,
					 (unsigned long long)m->content[c][page][word]);
				return false;
			}
	return true;
}

static bool compare_all(struct world *w, struct model *m)
{
	for (int i = 0; i < MODEL_PROCESSES; i++)
		if (!world_compare(w, m, i))
			return false;
	return true;
}

static void run(struct world *w, const struct sequence *s, bool verbose, struct result *r)
{
	static struct model m;
	struct action a;
	struct outcome o;

	*r = (struct result){0};
	world_begin(w, &m);
	for (size_t i = 0; i < s->n && !r->failed; i++) {
		if (!model_plan(&m, &s->ops[i], &a))
			continue;
		if (verbose)
			op_print(stderr, &s->ops[i]);
		r->at = i;
		r->done++;
		world_do(w, &a, &o);
		note(a.kind, &o);
		r->failed = !model_check(&m, &a, &o) || (i % 4 == 3 && !compare_all(w, &m));
	}
	if (!r->failed)
		r->failed = !compare_all(w, &m) || !contents_match(w, &m);
	if (r->failed)
		snprintf(r->why, sizeof(r->why), "%s", m.why);
	sequence_end(w, &m, r);
	if (!r->failed)
		r->failed = !compare_all(w, &m);
	if (r->failed && r->why[0] == '\0')
		snprintf(r->why, sizeof(r->why), "at the end: %s", m.why);
}

/* ---- making them ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void generate(struct sequence *s, uint64_t seed, size_t length)
{
	static const struct op first[] = {{.kind = OP_NEW}, {.kind = OP_OPEN}, {.kind = OP_OPEN, .p = {1}}};
	const size_t nfirst = sizeof(first) / sizeof(first[0]);

	memcpy(s->ops, first, sizeof(first));
	s->n = length + nfirst;
	for (size_t i = nfirst; i < s->n; i++) {
		uint64_t random = next_random(&seed);
		uint8_t bytes[OP_BYTES];

		memcpy(bytes, &random, sizeof(bytes));
		s->ops[i] = op_decode(bytes);
	}
}

/* ---- making them short ---- */

/* Without count operations from at on.  false: it does not fail then, and stays as it was. */
static bool without(struct world **w, struct sequence *s, size_t at, size_t count, struct result *r);

/*
 * After a failure the world may be anything: each try has one of its own.
 */
static bool fails(struct world **w, const struct sequence *s, struct result *r, const char *argument)
{
	char why[256];

	run(*w, s, false, r);
	if (!r->failed)
		return false;
	(void)world_close(*w, why, sizeof(why));
	*w = world_open(argument);
	return true;
}

static const char *world_argument;

static bool without(struct world **w, struct sequence *s, size_t at, size_t count, struct result *r)
{
	struct sequence shorter = {malloc(s->n * sizeof(*s->ops)), s->n - count};
	struct result result;
	bool failed;

	memcpy(shorter.ops, s->ops, at * sizeof(*s->ops));
	memcpy(shorter.ops + at, s->ops + at + count, (s->n - at - count) * sizeof(*s->ops));
	failed = fails(w, &shorter, &result, world_argument);
	if (failed) {
		memcpy(s->ops, shorter.ops, shorter.n * sizeof(*s->ops));
		s->n = shorter.n;
		*r = result;
	}
	free(shorter.ops);
	return failed;
}

static void simplify(struct world **w, struct sequence *s, struct result *r)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < sizeof(s->ops[i].p); k++) {
			uint8_t old = s->ops[i].p[k];
			struct result result;

			s->ops[i].p[k] = 0;
			if (old != 0 && fails(w, s, &result, world_argument))
				*r = result;
			else
				s->ops[i].p[k] = old;
		}
}

static void shrink(struct world **w, struct sequence *s, struct result *r)
{
	s->n = r->at + 1 < s->n ? r->at + 1 : s->n;
	for (size_t step = s->n / 2; step > 0; step /= 2)
		for (size_t at = 0; at + step <= s->n;)
			at += without(w, s, at, step, r) ? 0 : step;
	simplify(w, s, r);
}

/* ---- the program ---- */

static int report(struct world **w, struct sequence *s, uint64_t seed, struct result *r)
{
	char why[256];

	printf("seed %llu differs after %zu actions: %s\n", (unsigned long long)seed, r->done, r->why);
	fflush(stdout);
	(void)world_close(*w, why, sizeof(why));
	*w = world_open(world_argument);
	if (*w == NULL || !fails(w, s, r, world_argument)) {
		printf("it does not differ again in a new world\n");
		return 1;
	}
	shrink(w, s, r);
	printf("%zu operations: %s\n", s->n, r->why);
	run(*w, s, true, r);
	return 1;
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* No operation of a sequence waits for another one: one that takes long waits for ever. */
static volatile uint64_t seed_now;
#define PATIENCE 30

static void hangs(int signo)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "seed %llu hangs\n", (unsigned long long)seed_now);

	(void)!write(STDOUT_FILENO, text, (size_t)n);
	_exit(3);
}

static bool goes_on(const struct options *options, uint64_t k, double begin)
{
	return k < options->sequences && (options->seconds == 0 || seconds_now() - begin < options->seconds);
}

static int run_all(const struct options *options)
{
	struct world *w = world_open(options->argument);
	struct sequence s = {malloc((options->length + 8) * sizeof(struct op)), 0};
	double begin = seconds_now();
	uint64_t k, actions = 0;
	struct result r = {0};
	char why[256];
	int status = w == NULL;

	for (k = 0; status == 0 && goes_on(options, k, begin); k++) {
		seed_now = options->seed + k;
		alarm(PATIENCE);
		generate(&s, seed_now, options->length);
		run(w, &s, options->verbose, &r);
		actions += r.done;
		if (r.failed)
			status = report(&w, &s, seed_now, &r);
	}
	if (w != NULL && !world_close(w, why, sizeof(why)) && status == 0) {
		printf("%s\n", why);
		status = 1;
	}
	printf("%llu sequences from seed %llu on, %llu actions in %.1f s\n", (unsigned long long)k,
	       (unsigned long long)options->seed, (unsigned long long)actions, seconds_now() - begin);
	if (options->count)
		print_tried();
	free(s.ops);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = {.seed = (uint64_t)time(NULL) * 1000003, .sequences = UINT64_MAX, .length = 150};
	int c;

	while ((c = getopt(argc, argv, "s:n:t:o:vc")) != -1) {
		if (c == 's')
			o.seed = strtoull(optarg, NULL, 0);
		else if (c == 'n')
			o.sequences = strtoull(optarg, NULL, 0);
		else if (c == 't')
			o.seconds = (unsigned)atoi(optarg);
		else if (c == 'o')
			o.length = (unsigned)atoi(optarg);
		else if (c == 'v')
			o.verbose = true;
		else if (c == 'c')
			o.count = true;
		else
			return 2;
	}
	if (getenv("SUNDOG_LONG") != NULL)
		o.seconds *= 20;
	o.argument = world_argument = argv[optind];
	signal(SIGALRM, hangs);
	return run_all(&o);
}
