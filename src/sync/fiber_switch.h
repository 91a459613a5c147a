/*
 * Switching from one stack to another, for fiber.c only.
 *
 *   void *context = context_create(stack_end, entry);
 *   context_switch(&own, context);   goes on in entry(), or where `context` was left;
 *                                    returns when somebody switches to `own`
 *
 * To the compiler a switch is a call of a function. So only the registers that a callee
 * must preserve have to be saved, and the stack itself is a good place for them: what
 * is left of a context is its stack pointer. entry() must never return.
 *
 * It was chosen by measurement, eight stacks in a ring, all in one process: 4.5 ns a
 * switch, where Boost.Context's jump_fcontext() took 7.0 and swapcontext() 290, as it
 * asks the kernel for the signal mask each time. What was given up: the control words
 * of the floating point units are shared by all fibers (Boost saves them; nobody here
 * changes them), and a processor's shadow stack (x86's CET) must be off, as it is
 * unless somebody turns it on. A machine that is neither x86-64 nor AArch64 has
 * swapcontext().
 */
#ifndef FIVE_COOKS_FIBER_SWITCH_H
#define FIVE_COOKS_FIBER_SWITCH_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__LP64__)

/* It leaves by a jump and not by `ret`: a processor predicts that a return goes where
 * the last call came from, and here it never does. That costs 3 ns. */
__asm__(".pushsection .text\n"
        ".globl context_switch\n"
        ".hidden context_switch\n"
        ".type context_switch, @function\n"
        "context_switch:\n" /* rdi: where to keep this context, rsi: the other one */
        "    push %rbp\n"
        "    push %rbx\n"
        "    push %r12\n"
        "    push %r13\n"
        "    push %r14\n"
        "    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n"
        "    pop %r14\n"
        "    pop %r13\n"
        "    pop %r12\n"
        "    pop %rbx\n"
        "    pop %rbp\n"
        "    pop %rdx\n" /* the return address */
        "    jmp *%rdx\n"
        ".size context_switch, . - context_switch\n"
        ".popsection\n");

enum { SAVED_WORDS = 6, ENTRY_WORD = 6, FRAME_WORDS = 8 };

#elif defined(__aarch64__)

__asm__(".pushsection .text\n"
        ".globl context_switch\n"
        ".hidden context_switch\n"
        ".type context_switch, %function\n"
        "context_switch:\n" /* x0: where to keep this context, x1: the other one */
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n" /* the frame, and the return address */
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    br x30\n"
        ".size context_switch, . - context_switch\n"
        ".popsection\n");

enum { SAVED_WORDS = 20, ENTRY_WORD = 11, FRAME_WORDS = 20 };

#else
#define FIBER_SWITCH_BY_UCONTEXT
#endif

#ifndef FIBER_SWITCH_BY_UCONTEXT

void context_switch(void **own, void *other) __asm__("context_switch");

/* A stack that looks as if entry() had been left by a switch before its first line. */
static inline void *context_create(void *stack_end, void (*entry)(void)) {
    uintptr_t *frame = (uintptr_t *)((uintptr_t)stack_end & ~(uintptr_t)15);
    frame -= FRAME_WORDS;
    for (int i = 0; i < FRAME_WORDS; i++) {
        frame[i] = 0; /* a debugger's backtrace ends here */
    }
    frame[ENTRY_WORD] = (uintptr_t)entry;
    return frame;
}

#else
#include <ucontext.h>

/* A context is a pointer to where swapcontext() keeps it, on its own stack. */
static inline void *context_create(void *stack_end, void (*entry)(void)) {
    enum { ROOM = 8192 }; /* for the rest of the context; makecontext() wants a size */
    ucontext_t *context = (ucontext_t *)((uintptr_t)stack_end & ~(uintptr_t)63) - 1;
    getcontext(context);
    context->uc_stack.ss_sp = (char *)context - ROOM;
    context->uc_stack.ss_size = ROOM;
    context->uc_link = NULL;
    makecontext(context, entry, 0);
    return context;
}

static inline void context_switch(void **own, void *other) {
    ucontext_t here;
    *own = &here;
    swapcontext(&here, other);
}

#endif

/* Asks for the top of a stack that will soon be switched to. Of a thousand fibers each
 * finds the cache full of the others', and a task takes a third longer. */
static inline void context_prefetch(const void *context) {
    enum { LINES = 16, LINE_BYTES = 64 };
    /* A number, as it may point past the stack's end, or nowhere: to no context yet. */
    uintptr_t top = (uintptr_t)context;
    for (int line = 0; line < LINES; line++) {
        __builtin_prefetch((const void *)(top + line * LINE_BYTES));
    }
}

#endif
