/* Of a test program that needs no other: see suite.h. */
#include "support/suite.h"

int main(int argc, char **argv) {
    return suite_run(argc, argv);
}
