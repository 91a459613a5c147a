/* The agenda of an API that finishes what it has begun: whose turn is when. */
#include "simulation/agenda.h"
#include "support/suite.h"

enum { UNLIMITED = 1000000 };

struct booking {
    int64_t at_ns;
    int64_t service_ns;
    int64_t start_ns; /* -1: turned away */
    int64_t end_ns;
    int64_t waiting;
};

static void assert_bookings(int64_t places, int64_t most_wait, double slowdown,
                            const struct booking *bookings, int count) {
    struct agenda agenda;
    agenda_init(&agenda, places, most_wait, slowdown);
    for (int i = 0; i < count; i++) {
        const struct booking *wanted = &bookings[i];
        struct turn turn;
        bool booked = agenda_book(&agenda, wanted->at_ns, wanted->service_ns, &turn);
        assert_int_equal(booked, wanted->start_ns >= 0);
        if (booked) {
            assert_int_equal(turn.start_ns, wanted->start_ns);
            assert_int_equal(turn.end_ns, wanted->end_ns);
            assert_int_equal(turn.waiting, wanted->waiting);
        }
    }
    agenda_destroy(&agenda);
}

#define ASSERT_BOOKINGS(places, most_wait, slowdown, ...)                              \
    assert_bookings(                                                                   \
        places, most_wait, slowdown, (const struct booking[]){__VA_ARGS__},            \
        sizeof((const struct booking[]){__VA_ARGS__}) / sizeof(struct booking))

CLAIM(one_place_serves_one_after_the_other) {
    ASSERT_BOOKINGS(1, UNLIMITED, 0, {0, 10, 0, 10, 0}, {1, 10, 10, 20, 1},
                    {2, 5, 20, 25, 2}, {21, 1, 25, 26, 1}, {26, 1, 26, 27, 0});
}

CLAIM(the_place_that_is_free_first_is_taken_first) {
    ASSERT_BOOKINGS(3, UNLIMITED, 0, {0, 90, 0, 90, 0}, {0, 30, 0, 30, 0},
                    {0, 60, 0, 60, 0}, {1, 5, 30, 35, 1}, {1, 50, 35, 85, 2},
                    {1, 1, 60, 61, 3}, {1, 1, 61, 62, 4}, {70, 9, 70, 79, 0});
}

CLAIM(only_so_many_may_wait) {
    ASSERT_BOOKINGS(1, 2, 0, {0, 10, 0, 10, 0}, {0, 10, 10, 20, 1}, {0, 10, 20, 30, 2},
                    {9, 10, -1, 0, 0}, {10, 10, 30, 40, 2}, {10, 10, -1, 0, 0});
    ASSERT_BOOKINGS(1, 0, 0, {0, 10, 0, 10, 0}, {9, 1, -1, 0, 0}, {10, 1, 10, 11, 0});
}

CLAIM(without_a_limit_nobody_waits) {
    ASSERT_BOOKINGS(0, 0, 0, {0, 10, 0, 10, 0}, {0, 10, 0, 10, 0}, {3, 10, 3, 13, 0});
}

CLAIM(what_is_served_at_the_same_time_slows_down) {
    ASSERT_BOOKINGS(2, UNLIMITED, 0.5, {0, 100, 0, 100, 0}, {0, 100, 0, 150, 0},
                    {0, 100, 100, 250, 1}, {300, 100, 300, 400, 0});
}

CLAIM(a_call_that_never_ends_keeps_its_place) {
    ASSERT_BOOKINGS(2, UNLIMITED, 0, {5, INT64_MAX, 5, DEADLINE_NEVER, 0},
                    {5, 10, 5, 15, 0}, {5, 10, 15, 25, 1}, {5, 10, 25, 35, 2});
}

/* Against a list of all places, searched through each time. */
CLAIM(it_is_what_a_plain_list_of_places_says) {
    enum { PLACES = 37, CALLS = 5000 };
    int64_t free_again_ns[PLACES] = {0};
    struct random random = random_at(7, 0);
    struct agenda agenda;
    int64_t now = 1;
    agenda_init(&agenda, PLACES, UNLIMITED, 0);
    for (int i = 0; i < CALLS; i++) {
        int64_t service_ns = random_below(&random, 2000);
        struct turn turn;
        int first = 0;
        now += random_below(&random, 50);
        for (int p = 1; p < PLACES; p++) {
            first = free_again_ns[p] < free_again_ns[first] ? p : first;
        }
        int64_t start_ns = free_again_ns[first] > now ? free_again_ns[first] : now;
        free_again_ns[first] = start_ns + service_ns;
        assert_true(agenda_book(&agenda, now, service_ns, &turn));
        assert_int_equal(turn.start_ns, start_ns);
        assert_int_equal(turn.end_ns, start_ns + service_ns);
        assert_int_equal(turn.waiting > 0, start_ns > now);
        int64_t busy = 0;
        for (int p = 0; p < PLACES; p++) {
            busy += free_again_ns[p] > now;
        }
        assert_int_equal(agenda_busy(&agenda, now), busy);
    }
    agenda_destroy(&agenda);
}

CLAIM(what_nobody_slows_down_takes_its_time_to_the_nanosecond) {
    int64_t no_double = (INT64_C(1) << 53) + 1;
    assert_int_equal(slowed_ns(no_double, 0, 1000), no_double);
    assert_int_equal(slowed_ns(INT64_MAX, 0, 1000), INT64_MAX);
}

CLAIM(what_is_slowed_down_is_rounded_to_the_nearest_nanosecond) {
    assert_int_equal(slowed_ns(3, 0.5, 1), 5);   /* 4.5 */
    assert_int_equal(slowed_ns(11, 0.1, 3), 14); /* 14.3 */
    assert_int_equal(slowed_ns(11, 0.1, 8), 20); /* 19.8 */
    assert_int_equal(slowed_ns(INT64_MAX / 2, 1, 2), INT64_MAX);
}
