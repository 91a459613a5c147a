#include "support/death.h"

#include <signal.h>

#include "support/child.h"
#include "support/suite.h"

void assert_ends_program(void (*misuse)(void)) {
    struct child_end end = child_run(misuse);
    if (end.status != -SIGABRT || end.said[0] == '\0') {
        fail_msg("status %d, it said '%s'", end.status, end.said);
    }
}
