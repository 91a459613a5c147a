#include "support/suite.h"

#include "support/watchdog.h"

void assert_between_at(int64_t value, int64_t least, int64_t most, const char *text,
                       const char *file, int line) {
    if (value < least || value > most) {
        print_error("%s is %lld, not from %lld to %lld\n", text, (long long)value,
                    (long long)least, (long long)most);
        _fail(file, line);
    }
}

static void check_claim(void **state) {
    const struct claim *claim = *state;
    watchdog_start(claim->name);
    claim->check();
    watchdog_stop();
}

static struct claim *first;
static size_t count;

static bool is_before(const struct claim *one, const struct claim *other) {
    int files = strcmp(one->file, other->file);
    return files < 0 || (files == 0 && one->line < other->line);
}

void suite_add(struct claim *claim) {
    struct claim **place = &first;
    while (*place != NULL && is_before(*place, claim)) {
        place = &(*place)->next;
    }
    claim->next = *place;
    *place = claim;
    count++;
}

/* Does it have that name, or does its file: "chan" for .../test_chan.c? */
static bool is_of(const struct claim *claim, const char *name) {
    char file[128];
    snprintf(file, sizeof file, "test_%s.c", name);
    const char *base = strrchr(claim->file, '/');
    return strcmp(claim->name, name) == 0 ||
           strcmp(base != NULL ? base + 1 : claim->file, file) == 0;
}

/* Those of that name alone: a misspelt name must not look like a pass. */
static int choose(const char *name) {
    count = 0;
    for (struct claim **place = &first; *place != NULL;) {
        if (is_of(*place, name)) {
            place = &(*place)->next;
            count++;
        } else {
            *place = (*place)->next;
        }
    }
    if (count == 0) {
        fprintf(stderr, "no claim or file is named '%s'; --list names them all\n",
                name);
    }
    return count == 0 ? -1 : 0;
}

int suite_run(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (struct claim *claim = first; claim != NULL; claim = claim->next) {
            puts(claim->name);
        }
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        if (choose(argv[i]) != 0) {
            return 2;
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("CMOCKA_TEST_ABORT", "1", 1);
    chance_init();
    struct CMUnitTest *tests = calloc(count, sizeof tests[0]);
    invariant(count > 0 && tests != NULL);
    struct claim *claim = first;
    for (size_t i = 0; i < count; i++, claim = claim->next) {
        tests[i] = (struct CMUnitTest){
            .name = claim->name, .test_func = check_claim, .initial_state = claim};
    }
    const char *program = strrchr(argv[0], '/');
    int failed = _cmocka_run_group_tests(program != NULL ? program + 1 : argv[0], tests,
                                         count, NULL, NULL);
    free(tests);
    return failed;
}
