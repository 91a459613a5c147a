/*
 * Misuse must end the program: seen by doing it in a child process.
 *
 *   assert_ends_program(close_twice);
 *
 * holds if the child was ended by abort() after it had said why on stderr. A crash or a
 * normal return is not what was promised.
 */
#ifndef TEST_DEATH_H
#define TEST_DEATH_H

void assert_ends_program(void (*misuse)(void));

#endif
