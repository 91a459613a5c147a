/*
 * Numbers in the small files of /proc and /sys. A file that is not there or cannot be
 * read has none of them: such a number is -1.
 *
 * `root` stands in front of each path: "", or in tests a folder with the files of
 * another machine.
 */
#ifndef FIVE_COOKS_KERNEL_FILE_H
#define FIVE_COOKS_KERNEL_FILE_H

#include <stdint.h>
#include <stdio.h>

FILE *kernel_file_open(const char *root, const char *path); /* NULL: with errno */

/* Of the last line that sscanf() finds the format in, such as "VmSize:   1234 kB". */
int64_t kernel_file_line(const char *root, const char *path, const char *format);

int64_t kernel_file_number(const char *root, const char *path);

#endif
