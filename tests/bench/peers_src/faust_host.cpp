/* Strips that Faust has compiled (`faust -cn Strip strip.dsp`), one object each. */

#include <faust/dsp/dsp.h>
#include <faust/gui/UI.h>
#include <faust/gui/meta.h>

#include GENERATED

#include "peer.h"

static Strip *strips_made[MOST_STRIPS];

const char *peer_open(int strips, double rate_hz)
{
    for (int n = 0; n < strips; n++) {
        strips_made[n] = new Strip();
        strips_made[n]->init((int)rate_hz);
    }
    return "";
}

void peer_run(const float *in, const float *gains, float *mixed, int strips, int frames)
{
    float x[MOST_FRAMES];
    start_block(mixed);
    for (int n = 0; n < strips; n++) {
        float *from = const_cast<float *>(in + n * MOST_FRAMES), *to = x;
        strips_made[n]->compute(frames, &from, &to);
        send_all(x, gains + n * DESTINATIONS, mixed, frames);
    }
}
