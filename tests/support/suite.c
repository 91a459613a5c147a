#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#include "support/chance.h"
#include "support/watchdog.h"
#include "sync/must.h"

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

void suite_add(struct claim *claim) {
    struct claim **place = &first;
    while (*place != NULL && (*place)->line < claim->line) {
        place = &(*place)->next;
    }
    claim->next = *place;
    *place = claim;
    count++;
}

static int list(void) {
    for (struct claim *claim = first; claim != NULL; claim = claim->next) {
        puts(claim->name);
    }
    return 0;
}

/* The claim of that name alone: a misspelt name must not look like a pass. */
static int choose(const char *name) {
    for (struct claim *claim = first; claim != NULL; claim = claim->next) {
        if (strcmp(claim->name, name) == 0) {
            first = claim;
            count = 1;
            return 0;
        }
    }
    fprintf(stderr, "no claim is named '%s'; --list names them all\n", name);
    return -1;
}

int suite_run(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        return list();
    }
    if (argc > 1 && choose(argv[1]) != 0) {
        return 2;
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
