/*
 * Ends the program when a claim takes far too long, and says which one it was.
 *
 * A deadlock then shows up as a failure with a name, not as a hang. The limit has
 * nothing to do with how fast the claim should be: it is one that only a stuck claim
 * reaches, on a machine with a hundred others at work, too. FIVE_COOKS_WATCHDOG_S
 * changes it, in seconds; 800 if not given: Meson gives a file of claims 300, or, by
 * tests/run, 900.
 *
 * It is a thread, not an alarm: a signal waits for ever under ThreadSanitizer while all
 * threads sleep in the kernel. The thread is kept from one claim to the next, so that
 * claims may count threads.
 */
#ifndef TEST_WATCHDOG_H
#define TEST_WATCHDOG_H

void watchdog_start(const char *claim); /* the name must outlive the claim */
void watchdog_stop(void);
long watchdog_limit_s(void);

#endif
