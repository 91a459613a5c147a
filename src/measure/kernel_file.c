#include "measure/kernel_file.h"

#include <inttypes.h>
#include <limits.h>

FILE *kernel_file_open(const char *root, const char *path) {
    char whole[2 * PATH_MAX];
    snprintf(whole, sizeof whole, "%s%s", root, path);
    return fopen(whole, "re");
}

int64_t kernel_file_line(const char *root, const char *path, const char *format) {
    FILE *file = kernel_file_open(root, path);
    int64_t number = -1;
    char line[256];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        int64_t found;
        if (sscanf(line, format, &found) == 1) {
            number = found;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return number;
}

int64_t kernel_file_number(const char *root, const char *path) {
    return kernel_file_line(root, path, "%" SCNd64);
}
