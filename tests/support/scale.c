#include "support/scale.h"

#include <errno.h>
#include <stdlib.h>

#include "sync/must.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
enum { PERCENT = 25 };
#else
enum { PERCENT = 100 };
#endif

long setting(const char *name, long otherwise) {
    const char *text = getenv(name);
    if (text == NULL) {
        return otherwise;
    }
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    invariant(errno == 0 && end != text && *end == '\0');
    return number;
}

int scaled(int count) {
    long percent = setting("FIVE_COOKS_SCALE", PERCENT);
    long wanted = count * percent / 100;
    return wanted < 1 ? 1 : (int)wanted;
}
