/* gcov writes its counts at exit(): who ends otherwise must have it do so first.
 * In front of every file by tests/coverage, with _exit and abort wrapped by the linker;
 * without any header, which would declare names that a file has for itself. */
#ifndef TEST_COVERAGE_H
#define TEST_COVERAGE_H

void __gcov_dump(void);
void __real__exit(int status) __attribute__((noreturn));
void __real_abort(void) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
void __wrap_abort(void) __attribute__((noreturn));

__attribute__((weak)) void __wrap__exit(int status) {
    __gcov_dump();
    __real__exit(status);
}

__attribute__((weak)) void __wrap_abort(void) {
    __gcov_dump();
    __real_abort();
}

#endif
