#include "simulation/agenda.h"

#include <math.h>
#include <stdlib.h>

#include "sync/clock.h"
#include "sync/must.h"

/* ---- a heap of moments ---- */

static void swap(int64_t *a, int64_t *b) {
    int64_t between = *a;
    *a = *b;
    *b = between;
}

static bool has_room(struct moments *moments) {
    if (moments->count == moments->room) {
        int64_t room = moments->room == 0 ? 64 : 2 * moments->room;
        int64_t *larger = realloc(moments->ns, (size_t)room * sizeof larger[0]);
        if (larger == NULL) {
            return false;
        }
        moments->ns = larger;
        moments->room = room;
    }
    return true;
}

static void add(struct moments *moments, int64_t moment_ns) {
    int64_t *ns = moments->ns;
    int64_t place = moments->count++;
    ns[place] = moment_ns;
    for (; place > 0 && ns[place] < ns[(place - 1) / 2]; place = (place - 1) / 2) {
        swap(&ns[place], &ns[(place - 1) / 2]);
    }
}

static int64_t take_earliest(struct moments *moments) {
    int64_t *ns = moments->ns;
    int64_t earliest_ns = ns[0];
    ns[0] = ns[--moments->count];
    for (int64_t place = 0, child = 1; child < moments->count; child = 2 * place + 1) {
        child += child + 1 < moments->count && ns[child + 1] < ns[child];
        if (ns[place] <= ns[child]) {
            break;
        }
        swap(&ns[place], &ns[child]);
        place = child;
    }
    return earliest_ns;
}

static void drop_past(struct moments *moments, int64_t now_ns) {
    while (moments->count > 0 && moments->ns[0] <= now_ns) {
        take_earliest(moments);
    }
}

/* ---- the agenda ---- */

void agenda_init(struct agenda *agenda, int64_t places, int64_t most_wait,
                 double slowdown) {
    *agenda =
        (struct agenda){.places = places, .most_wait = most_wait, .slowdown = slowdown};
    must(pthread_mutex_init(&agenda->lock, NULL));
}

void agenda_destroy(struct agenda *agenda) {
    must(pthread_mutex_destroy(&agenda->lock));
    free(agenda->free_again.ns);
    free(agenda->turns.ns);
}

int64_t slowed_ns(int64_t service_ns, double slowdown, int64_t others) {
    if (slowdown == 0) {
        return service_ns; /* exact, also where a double is not */
    }
    double longer_ns = (double)service_ns * (1.0 + slowdown * (double)others);
    return longer_ns < 0x1p63 ? llround(longer_ns) : INT64_MAX;
}

/* When the call can be served. False if it would have to wait and may not. */
static bool find_start(struct agenda *agenda, int64_t now_ns, struct turn *turn) {
    turn->start_ns = now_ns;
    if (agenda->places == 0 || agenda->free_again.count < agenda->places) {
        return true;
    }
    if (agenda->turns.count >= agenda->most_wait || !has_room(&agenda->turns)) {
        return false;
    }
    turn->start_ns = take_earliest(&agenda->free_again);
    add(&agenda->turns, turn->start_ns);
    turn->waiting = agenda->turns.count;
    return true;
}

bool agenda_book(struct agenda *agenda, int64_t now_ns, int64_t service_ns,
                 struct turn *turn) {
    *turn = (struct turn){0};
    must(pthread_mutex_lock(&agenda->lock));
    drop_past(&agenda->free_again, now_ns);
    drop_past(&agenda->turns, now_ns);
    bool booked = has_room(&agenda->free_again) && find_start(agenda, now_ns, turn);
    if (booked) {
        int64_t others = agenda->free_again.count;
        int64_t stays_ns = slowed_ns(service_ns, agenda->slowdown, others);
        turn->end_ns = deadline_after_ns(turn->start_ns, stays_ns);
        turn->busy = others + 1;
        add(&agenda->free_again, turn->end_ns);
    }
    must(pthread_mutex_unlock(&agenda->lock));
    return booked;
}

int64_t agenda_busy(struct agenda *agenda, int64_t now_ns) {
    must(pthread_mutex_lock(&agenda->lock));
    drop_past(&agenda->free_again, now_ns);
    int64_t busy = agenda->free_again.count;
    must(pthread_mutex_unlock(&agenda->lock));
    return busy;
}
