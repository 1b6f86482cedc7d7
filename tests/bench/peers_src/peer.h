/* What the peers of the strip share: the border to tests/bench/peers.py, and the sends of those that bring none.

   Each library exports peer_open, which makes `strips` of them, and peer_run, which plays frames of in[strip][frame]
   into mixed[destination][frame].  The sums are the same C for all, floats, along the frames. */

#pragma once
#include <string.h>
#include <xmmintrin.h>

enum { DESTINATIONS = 18, MOST_FRAMES = 64, MOST_STRIPS = 256 };

#ifdef __cplusplus
extern "C" {
#endif
/* "" when all strips stand, else why not. */
const char *peer_open(int strips, double rate_hz);
void peer_run(const float *in, const float *gains, float *mixed, int strips, int frames);
#ifdef __cplusplus
}
#endif

/* mixed[d][i] += gains[d] * x[i] */
static inline void send_all(const float *x, const float *gains, float *mixed, int frames)
{
    for (int d = 0; d < DESTINATIONS; d++)
        for (int i = 0; i < frames; i++)
            mixed[d * MOST_FRAMES + i] += gains[d] * x[i];
}

static inline void start_block(float *mixed)
{
    _mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, as all hosts do */
    memset(mixed, 0, sizeof(float) * DESTINATIONS * MOST_FRAMES);
}
