/*
 * Fibers as a contender: the same operations, files and channels as five-cooks, linked
 * with fibers instead of kernel threads, in a process of its own (on_fibers.c).
 */
#include "peer_process.h"

#define FIBERS(what, batch, batches)                                                   \
    PEER_PROCESS(what "/five-cooks-fibers", batch, batches, "micro-on-fibers",         \
                 what "/five-cooks")

const struct operation peer_fibers[] = {
    FIBERS("hand_off/unbuffered/workers:1", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("hand_off/unbuffered/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("hand_off/unbuffered/workers:50", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("hand_off/buffered:128/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("hand_off/select/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("hand_off/detector/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("send_receive/uncontended", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    FIBERS("create", 50, 4),
    FIBERS("memory/waiting:10000/bytes", 1, 1),
    PEER_PROCESS("hand_off/detector/workers:5/five-cooks-fibers-watched",
                 HAND_OFF_BATCH, HAND_OFF_BATCHES, "micro-on-fibers",
                 "hand_off/detector/workers:5/five-cooks-watched"),
    END_OF_TABLE,
};
