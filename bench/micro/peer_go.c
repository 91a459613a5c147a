/* Go's channels and goroutines as contenders, in the program built from peer_go.go. */
#include "peer_process.h"

#define GO(what, batch, batches)                                                       \
    PEER_PROCESS(what "/go", batch, batches, "peer_go", what "/go")

const struct operation peer_go[] = {
    GO("hand_off/unbuffered/workers:1", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    GO("hand_off/unbuffered/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    GO("hand_off/unbuffered/workers:50", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    GO("hand_off/buffered:128/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    GO("hand_off/select/workers:5", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    GO("send_receive/uncontended", HAND_OFF_BATCH, HAND_OFF_BATCHES),
    GO("create", 50, 4),
    GO("memory/waiting:10000/bytes", 1, 1),
    END_OF_TABLE,
};
