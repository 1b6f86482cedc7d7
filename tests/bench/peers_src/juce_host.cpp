/* The strip of the units that JUCE's own dsp module brings: gain, IIR filters, gate, compressor (without a knee). */

#include <juce_core/juce_core.h>
#include <juce_audio_basics/juce_audio_basics.h>
#include <juce_dsp/juce_dsp.h>

#include "peer.h"

namespace {
namespace dsp = juce::dsp;
using Filter = dsp::IIR::Filter<float>;
using Numbers = dsp::IIR::Coefficients<float>;

struct Strip {
    dsp::Gain<float> trim, makeup, fader;
    Filter cut[2], band[4];
    dsp::NoiseGate<float> gate;
    dsp::Compressor<float> comp;
    float peak = 0.0f;

    explicit Strip(double rate_hz)
    {
        const dsp::ProcessSpec spec{rate_hz, MOST_FRAMES, 1};
        for (auto *gain : {&trim, &makeup, &fader})
            gain->prepare(spec);
        trim.setGainDecibels(-3.0f), makeup.setGainDecibels(3.0f), fader.setGainDecibels(-12.0f);
        cut[0].coefficients = Numbers::makeHighPass(rate_hz, 90.0f, 0.54119610f);
        cut[1].coefficients = Numbers::makeHighPass(rate_hz, 90.0f, 1.3065630f);
        band[0].coefficients = Numbers::makeLowShelf(rate_hz, 100.0f, 0.7f, juce::Decibels::decibelsToGain(3.0f));
        band[1].coefficients = Numbers::makePeakFilter(rate_hz, 400.0f, 1.0f, juce::Decibels::decibelsToGain(-4.0f));
        band[2].coefficients = Numbers::makePeakFilter(rate_hz, 2500.0f, 1.0f, juce::Decibels::decibelsToGain(2.5f));
        band[3].coefficients = Numbers::makeHighShelf(rate_hz, 8000.0f, 0.7f, juce::Decibels::decibelsToGain(-2.0f));
        for (auto &filter : cut)
            filter.prepare(spec);
        for (auto &filter : band)
            filter.prepare(spec);
        gate.prepare(spec), comp.prepare(spec);
        gate.setThreshold(-30.0f), gate.setRatio(10.0f), gate.setAttack(1.0f), gate.setRelease(40.0f);
        comp.setThreshold(-24.0f), comp.setRatio(4.0f), comp.setAttack(10.0f), comp.setRelease(100.0f);
    }

    void run(float *x, int frames)
    {
        dsp::AudioBlock<float> block(&x, 1, (size_t)frames);
        const dsp::ProcessContextReplacing<float> context(block);
        trim.process(context);
        cut[0].process(context), cut[1].process(context);
        gate.process(context);
        for (auto &filter : band)
            filter.process(context);
        comp.process(context);
        makeup.process(context);
        const auto range = juce::FloatVectorOperations::findMinAndMax(x, frames);
        peak = juce::jmax(peak, -range.getStart(), range.getEnd());
        fader.process(context);
    }
};

juce::OwnedArray<Strip> strips_made;
} // namespace

const char *peer_open(int strips, double rate_hz)
{
    for (int n = 0; n < strips; n++)
        strips_made.add(new Strip(rate_hz));
    return "";
}

void peer_run(const float *in, const float *gains, float *mixed, int strips, int frames)
{
    float x[MOST_FRAMES];
    start_block(mixed);
    for (int n = 0; n < strips; n++) {
        memcpy(x, in + n * MOST_FRAMES, sizeof(float) * (size_t)frames);
        strips_made[n]->run(x, frames);
        send_all(x, gains + n * DESTINATIONS, mixed, frames);
    }
}
