/*
 * Doing something in a child process, to see how it ends the process and what it says.
 *
 *   struct child_end end = child_run(deadlock_on_purpose);
 *   assert_ended(&end, 2);
 *   assert_non_null(strstr(end.said, "main"));
 *
 * A child that gets stuck is ended after the time that the watchdog gives a claim, with
 * status -SIGALRM.
 */
#ifndef TEST_CHILD_H
#define TEST_CHILD_H

struct child_end {
    int status;      /* of exit(), or minus the signal; 0 if it simply returned */
    char said[8192]; /* on stderr */
    char told[8192]; /* on stdout */
};

struct child_end child_run(void (*body)(void));

/* Both fail, showing what the child said, unless it ended so. */
void assert_ended(const struct child_end *end, int status);
void assert_child_ends(void (*body)(void), int status);

/* Fails unless the child was ended by abort() after it had said why: a crash, or a
 * plain return, is not what is promised of misuse. */
void assert_ends_program(void (*misuse)(void));

#endif
