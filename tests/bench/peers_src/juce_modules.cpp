/* JUCE's modules without a window, an event loop or a file format, as one piece of this library. */

#include <juce_core/juce_core.cpp>
#include <juce_audio_basics/juce_audio_basics.cpp>
#include <juce_audio_formats/juce_audio_formats.cpp>
#include <juce_dsp/juce_dsp.cpp>
