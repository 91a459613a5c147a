#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#include "must.h"
#include "support/chance.h"
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

static int list(const struct claim *claims, size_t count) {
    for (size_t i = 0; i < count; i++) {
        puts(claims[i].name);
    }
    return 0;
}

/* The claim of that name alone: a misspelt name must not look like a pass. */
static int choose(const char *name, const struct claim **claims, size_t *count) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*claims)[i].name, name) == 0) {
            *claims += i;
            *count = 1;
            return 0;
        }
    }
    fprintf(stderr, "no claim is named '%s'; --list names them all\n", name);
    return -1;
}

int suite_run(int argc, char **argv, const struct claim *claims, size_t count) {
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        return list(claims, count);
    }
    if (argc > 1 && choose(argv[1], &claims, &count) != 0) {
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("CMOCKA_TEST_ABORT", "1", 1);
    chance_init();
    struct CMUnitTest *tests = calloc(count, sizeof tests[0]);
    invariant(tests != NULL);
    for (size_t i = 0; i < count; i++) {
        tests[i] = (struct CMUnitTest){
            .name = claims[i].name,
            .test_func = check_claim,
            .initial_state = (void *)&claims[i],
        };
    }
    const char *program = strrchr(argv[0], '/');
    int failed = _cmocka_run_group_tests(program != NULL ? program + 1 : argv[0], tests,
                                         count, NULL, NULL);
    free(tests);
    return failed;
}
