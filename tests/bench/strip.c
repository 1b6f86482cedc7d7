/* The judge of `studiod bench`: the standard strip and its sends in vector C, fused by hand, nothing that can glide.

   Same algorithms as dsp/ (their sources are named there), double precision, eight lanes in a register, the
   whole strip for eight lanes at a time: trim, low cut in two bands, gate, four EQ bands, RMS compressor with a soft
   knee, meter, fader; then 16 sends and the main mix.  What studiod keeps for moves (glides, modes, detectors, keys, taps,
   links) is not here: this is how fast a strip could be if it were one program for one setting.

   `run` reads and writes `rows` [row][lane], whose order is `enum row`; lanes is a multiple of eight.  Built by
   studiod/diagnostics/bench_c_reference.py with -O3 -march=native. */

#include <stdint.h>
#include <string.h>

enum { LANES = 8, BANDS = 6, FRAMES = 32, GRID = 480 /* frames, 10 ms at 48 kHz */ };

typedef double lanes __attribute__((vector_size(64)));
typedef uint64_t words __attribute__((vector_size(64)));
typedef int64_t truths __attribute__((vector_size(64)));
typedef float floats __attribute__((vector_size(32)));

/* b1 b2 b3: the integrators, n0 n1 n2: the mix, s1 s2: the memory, of each band; see dsp/svf.py */
enum { B1, B2, B3, N0, N1, N2, S1, S2, BAND };
enum row {
    TRIM = BAND * BANDS,
    GATE_OPENS, GATE_CLOSES, GATE_SPAN, GATE_ATTACK, GATE_RELEASE, GATE_HOLD, GATE_OPEN, GATE_Y1, GATE_Y, GATE_COUNT,
    COMP_FOOT, COMP_KNEE, COMP_SLOPE, COMP_MAKEUP, COMP_ATTACK, COMP_RELEASE, COMP_HOLD, COMP_RMS,
    COMP_TURN_1, COMP_TURN_2, COMP_TURN_3, COMP_TURN_4,
    COMP_MS0, COMP_MS, COMP_Y1, COMP_Y, COMP_COUNT, COMP_PASS_1, COMP_PASS_2, COMP_PASS_3, COMP_PASS_4,
    FADER, PEAK, SUM, LAST_PEAK, LAST_MEAN, ROWS
};

static const double AMPLITUDE_DB = 6.020599913279624, POWER_DB = 3.010299956639812; /* of an octave */
static const double NEAR = 1e-9, FAINT = 1e-20, FAINT_AMPLITUDE = 1e-10, TINY = 1e-30;

#define ALL(x) ((lanes){x, x, x, x, x, x, x, x})
#define WORDS(x) ((words){x, x, x, x, x, x, x, x})

#ifdef __AVX512F__
#include <immintrin.h>
typedef __mmask8 mask;
#define IS(a, sign, b) _mm512_cmp_pd_mask((__m512d)(a), (__m512d)(b), sign)
#define LESS _CMP_LT_OQ
#define AT_MOST _CMP_LE_OQ
#define SAME _CMP_EQ_OQ
static inline lanes pick(mask m, lanes a, lanes b) { return (lanes)_mm512_mask_blend_pd(m, (__m512d)b, (__m512d)a); }
static inline int every(mask m) { return m == 0xff; }
static inline lanes most(lanes a, lanes b) { return (lanes)_mm512_max_pd((__m512d)a, (__m512d)b); }
static inline lanes least(lanes a, lanes b) { return (lanes)_mm512_min_pd((__m512d)a, (__m512d)b); }
#else
typedef truths mask;
#define LESS <
#define AT_MOST <=
#define SAME ==
#define IS(a, sign, b) ((truths)((a)sign(b)))
static inline lanes pick(mask m, lanes a, lanes b) { return (lanes)((m & (truths)a) | (~m & (truths)b)); }
static inline int every(mask m)
{
    int64_t all = -1;
    for (int k = 0; k < LANES; k++)
        all &= m[k];
    return all != 0;
}
static inline lanes most(lanes a, lanes b) { return pick(IS(b, LESS, a), a, b); }
static inline lanes least(lanes a, lanes b) { return pick(IS(a, LESS, b), a, b); }
#endif

static inline lanes magnitude(lanes x) { return (lanes)((words)x & WORDS(0x7fffffffffffffffu)); }
static inline lanes get(const double *p) { lanes x; memcpy(&x, p, sizeof x); return x; }
static inline void put(double *p, lanes x) { memcpy(p, &x, sizeof x); }

/* The polynomials of dsp/decibel.py. */
static inline lanes log2_of(lanes x)
{
    const words half = WORDS(0x3FE6A09E667F3BCDu);
    words w = (words)most(x, ALL(TINY)) - half;
    lanes whole = (lanes)(((w + WORDS((uint64_t)1024 << 52)) >> 52) | WORDS(0x4330000000000000u))
                  - ALL(4503599627370496.0 + 1024.0);
    lanes f = (lanes)((w & WORDS(((uint64_t)1 << 52) - 1)) + half) - ALL(1.0);
    lanes p = ALL(-0.14574444197013545);
    p = p * f + 0.2368903667497314;
    p = p * f - 0.2500690469130525;
    p = p * f + 0.28670745711466755;
    p = p * f - 0.3600872155728504;
    p = p * f + 0.48093944475801514;
    p = p * f - 0.7213571489281954;
    p = p * f + 1.4426947724281884;
    return p * f + whole;
}

static inline lanes exp2_of(lanes x)
{
    lanes safe = least(most(x, ALL(-1000.0)), ALL(1000.0));
    lanes rounded = safe + 6755399441055744.0;
    lanes f = safe - (rounded - 6755399441055744.0);
    lanes p = ALL(0.00015353361887734482);
    p = p * f + 0.0013398874422335437;
    p = p * f + 0.00961843735782414;
    p = p * f + 0.055503324710999724;
    p = p * f + 0.2402264791362648;
    p = p * f + 0.6931472028550822;
    return (lanes)((words)(p * f + 1.0) + ((words)rounded << 52));
}

/* dsp/ballistics.py */
static inline void follow(lanes x, lanes *y1, lanes *y, lanes *count, lanes attack, lanes release, lanes hold)
{
    lanes fall = *y1 - x;
    mask reached = IS(fall, AT_MOST, ALL(NEAR));
    lanes next = pick(reached, x, pick(IS(ALL(0.0), LESS, *count), *y1, release * fall + x));
    mask again = reached & IS(ALL(0.0), LESS, x);
    *count = pick(again, hold, most(*count - 1.0, ALL(0.0)));
    lanes below = *y - next;
    *y = pick(IS(below, LESS, ALL(-NEAR)), attack * below + next, next);
    *y1 = next;
}

#define ROW(r) (rows + (r) * n + c)

/* Two filter bands, one behind the other, over the frames of eight lanes: each waits for itself only. */
static inline void filter(double *rows, long n, long c, int first, lanes *x)
{
    const double *p = ROW(first * BAND), *q = ROW((first + 1) * BAND);
    const lanes pb1 = get(p + B1 * n), pb2 = get(p + B2 * n), pb3 = get(p + B3 * n);
    const lanes pn0 = get(p + N0 * n), pn1 = get(p + N1 * n), pn2 = get(p + N2 * n);
    const lanes qb1 = get(q + B1 * n), qb2 = get(q + B2 * n), qb3 = get(q + B3 * n);
    const lanes qn0 = get(q + N0 * n), qn1 = get(q + N1 * n), qn2 = get(q + N2 * n);
    lanes p1 = get(p + S1 * n), p2 = get(p + S2 * n), q1 = get(q + S1 * n), q2 = get(q + S2 * n);
    for (int i = 0; i < FRAMES; i++) {
        lanes u = x[i], v3 = u - p2;
        lanes t1 = pb2 * v3 + pb1 * p1;
        lanes t2 = pb3 * v3 + (pb2 * p1 + p2);
        u = pn2 * (p2 + t2) + (pn1 * (p1 + t1) + (pn0 * u + u));
        p1 = t1;
        p2 = t2;
        v3 = u - q2;
        t1 = qb2 * v3 + qb1 * q1;
        t2 = qb3 * v3 + (qb2 * q1 + q2);
        x[i] = qn2 * (q2 + t2) + (qn1 * (q1 + t1) + (qn0 * u + u));
        q1 = t1;
        q2 = t2;
    }
    put(ROW(first * BAND + S1), p1), put(ROW(first * BAND + S2), p2);
    put(ROW((first + 1) * BAND + S1), q1), put(ROW((first + 1) * BAND + S2), q2);
}

static inline void gate(double *rows, long n, long c, lanes *x)
{
    const lanes opens = get(ROW(GATE_OPENS)), closes = get(ROW(GATE_CLOSES)), span = get(ROW(GATE_SPAN));
    const lanes attack = get(ROW(GATE_ATTACK)), release = get(ROW(GATE_RELEASE)), hold = get(ROW(GATE_HOLD));
    mask open = IS(ALL(0.0), LESS, get(ROW(GATE_OPEN)));
    lanes y1 = get(ROW(GATE_Y1)), y = get(ROW(GATE_Y)), count = get(ROW(GATE_COUNT));
    lanes known = ALL(-1.0), gain = ALL(1.0);
    for (int i = 0; i < FRAMES; i++) {
        mask above = IS(pick(open, closes, opens), AT_MOST, magnitude(x[i]));
        follow(pick(above, ALL(1.0), ALL(0.0)), &y1, &y, &count, attack, release, hold);
        open = above | IS(ALL(0.0), LESS, count);
        if (!every(IS(y, SAME, known))) {
            known = y;
            gain = exp2_of(span * (1.0 - y) * (-1.0 / AMPLITUDE_DB));
        }
        x[i] *= gain;
    }
    put(ROW(GATE_OPEN), pick(open, ALL(1.0), ALL(0.0)));
    put(ROW(GATE_Y1), y1), put(ROW(GATE_Y), y), put(ROW(GATE_COUNT), count);
}

/* dsp/core/detectors.py */
static inline lanes turned(lanes x, lanes a, lanes *s)
{
    lanes y = a * x + *s;
    lanes next = -a * y + x;
    *s = pick(IS(ALL(FAINT_AMPLITUDE), LESS, magnitude(next)), next, ALL(0.0));
    return y;
}

/* The compressor, the meter behind it and the fader behind that; a cell of the meter's grid may end inside. */
static inline void compress(double *rows, long n, long c, lanes *x, double *out, long frame)
{
    const lanes foot = get(ROW(COMP_FOOT)), knee = get(ROW(COMP_KNEE)), slope = get(ROW(COMP_SLOPE));
    const lanes makeup = get(ROW(COMP_MAKEUP)), a = get(ROW(COMP_RMS)), curve = 0.5 / knee;
    const lanes attack = get(ROW(COMP_ATTACK)), release = get(ROW(COMP_RELEASE)), hold = get(ROW(COMP_HOLD));
    const lanes quiet = exp2_of((foot - 1e-4) * (1.0 / POWER_DB));
    lanes y1 = get(ROW(COMP_Y1)), y = get(ROW(COMP_Y)), count = get(ROW(COMP_COUNT));
    lanes ms0 = get(ROW(COMP_MS0)), ms = get(ROW(COMP_MS));
    const lanes t1 = get(ROW(COMP_TURN_1)), t2 = get(ROW(COMP_TURN_2)), t3 = get(ROW(COMP_TURN_3)), t4 = get(ROW(COMP_TURN_4));
    lanes s1 = get(ROW(COMP_PASS_1)), s2 = get(ROW(COMP_PASS_2)), s3 = get(ROW(COMP_PASS_3)), s4 = get(ROW(COMP_PASS_4));
    lanes known = ALL(-1.0), gain = ALL(1.0), targets[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
        lanes x1 = turned(turned(x[i], t1, &s1), t2, &s2), x2 = turned(turned(x[i], t3, &s3), t4, &s4);
        lanes square = x1 * x1 + x2 * x2;
        ms0 = a * (ms0 - square) + square;
        ms = a * (ms - ms0) + ms0;
        ms0 = pick(IS(ALL(FAINT), LESS, ms0), ms0, ALL(0.0));
        ms = pick(IS(ALL(FAINT), LESS, ms), ms, ALL(0.0));
        lanes power = ms, target = ALL(0.0);
        if (!every(IS(power, LESS, quiet))) {
            lanes into = POWER_DB * log2_of(power) - foot;
            lanes bend = most(least(into, knee), ALL(0.0));
            target = slope * (bend * bend * curve + most(into - knee, ALL(0.0)));
        }
        targets[i] = target;
    }
    for (int i = 0; i < FRAMES; i++) {
        follow(targets[i], &y1, &y, &count, attack, release, hold);
        if (!every(IS(y, SAME, known))) {
            known = y;
            gain = exp2_of((makeup - y) * (1.0 / AMPLITUDE_DB));
        }
        x[i] *= gain;
    }
    put(ROW(COMP_MS0), ms0), put(ROW(COMP_MS), ms);
    put(ROW(COMP_PASS_1), s1), put(ROW(COMP_PASS_2), s2), put(ROW(COMP_PASS_3), s3), put(ROW(COMP_PASS_4), s4);
    put(ROW(COMP_Y1), y1), put(ROW(COMP_Y), y), put(ROW(COMP_COUNT), count);

    const lanes fader = get(ROW(FADER));
    lanes peak = get(ROW(PEAK)), sum = get(ROW(SUM));
    for (int i = 0; i < FRAMES; i++) {
        peak = most(magnitude(x[i]), peak);
        sum = x[i] * x[i] + sum;
        put(out + i * n + c, x[i] * fader);
        if ((frame + i + 1) % GRID == 0) {
            put(ROW(LAST_PEAK), peak);
            put(ROW(LAST_MEAN), sum / (double)GRID);
            peak = sum = ALL(0.0);
        }
    }
    put(ROW(PEAK), peak), put(ROW(SUM), sum);
}

/* Eight lanes from lane c through the whole strip, unit by unit: the frames stay in the nearest cache. */
static void strip(double *rows, long n, long c, const float *in, double *out, long frame)
{
    lanes x[FRAMES];
    const lanes trim = get(ROW(TRIM));
    for (int i = 0; i < FRAMES; i++) {
        floats given;
        memcpy(&given, in + i * n + c, sizeof given);
        x[i] = __builtin_convertvector(given, lanes) * trim;
    }
    filter(rows, n, c, 0, x);
    gate(rows, n, c, x);
    filter(rows, n, c, 2, x);
    filter(rows, n, c, 4, x);
    compress(rows, n, c, x, out, frame);
}

/* mixed[frame][destination] = sum over lanes of gains[lane][destination] x[frame][lane], in the order of the lanes. */
#define SUM_UP(kind, width)                                                        \
    do {                                                                           \
        for (int i = 0; i < FRAMES; i += 8) {                                      \
            kind o[8] = {{0}};                                                     \
            for (long c = 0; c < n; c++) {                                         \
                kind g;                                                            \
                memcpy(&g, gains + c * destinations + d, sizeof g);                \
                for (int k = 0; k < 8; k++)                                        \
                    o[k] = g * x[(i + k) * n + c] + o[k];                          \
            }                                                                      \
            for (int k = 0; k < 8; k++)                                            \
                memcpy(mixed + (i + k) * destinations + d, &o[k], sizeof o[k]);    \
        }                                                                          \
        d += width;                                                                \
    } while (0)

typedef double pair __attribute__((vector_size(16)));

static void mix(const double *x, const double *gains, double *mixed, long n, long destinations)
{
    long d = 0;
    while (d + LANES <= destinations)
        SUM_UP(lanes, LANES);
    while (d < destinations)
        SUM_UP(pair, 2);
}

int row_count(void) { return ROWS; }

/* frames in[frame][lane] from the absolute frame on, a multiple of 32; x is room for [32][lane], mixed for
   [32][destination]: what is left in them is the last 32 frames'.  destinations is even. */
void run(double *rows, const double *gains, const float *in, double *x, double *mixed, long n, long destinations,
         long frame, long frames)
{
#ifdef __SSE__
    unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(0x9FC0); /* flush to zero, as studiod does */
#endif
    for (long done = 0; done < frames; done += FRAMES) {
        for (long c = 0; c < n; c += LANES)
            strip(rows, n, c, in + done * n, x, frame + done);
        mix(x, gains, mixed, n, destinations);
    }
#ifdef __SSE__
    __builtin_ia32_ldmxcsr(before);
#endif
}
