"""Designs of filter bands that follow their analog curves up to Nyquist, as the five numbers of a trapezoidal SVF.

Analog curves and Q: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", 1998.  Poles by
impulse invariance, |B|² fitted on the curve: M. Vicanek, "Matched second order digital filters", 2016.  The five
numbers: A. Simper, "Linear trapezoidal integrated SVF", Cytomic, 2013: with p = j tan(angle / 2),
H = m0 + (m1 g p + m2 g²) / (p² + k g p + g²).

Vicanek fits in sin²(angle / 2); here the same quadratics are fitted in tau = tan²(angle / 2) / g², where nothing
cancels at low frequencies.  A numerator is n2 σ² + n1 σ + n0 with σ = p / g, over σ² + k σ + 1, hence
|N|² = n0² + (n1² - 2 n0 n2) tau + n2² tau².
"""

import math

KINDS = ("bell", "low_shelf", "high_shelf", "low_cut", "high_cut", "notch")
SLOPES = ("12dB", "18dB", "24dB")
TOP = 0.49  # of the rate: where the frequency of a band stops
MIDDLE, HIGH, STEEP, EDGE = (part * math.pi for part in (0.5, 0.6, 0.8, 0.9))  # where what ends near Nyquist is fitted
NEAR = 0.02 * math.pi  # what a notch keeps from its own zero
SHELF_Q_LOW, SHELF_Q_HIGH = 0.4, 1.0  # beyond these the fit of a shelf is worse than the shelf it would make

Five = tuple[float, float, float, float, float]
WIRE: Five = (0.1, 1.0, 1.0, 0.0, 0.0)


def _poles(angle: float, damping: float) -> tuple[float, float]:
    """(g, k) of the analog poles at angle = 2 pi f / rate, carried over by z = e^s."""
    if damping < 1.0:
        radius = math.exp(-damping * angle)
        half = 0.5 * angle * math.sqrt(1.0 - damping * damping)
        gap = math.expm1(-damping * angle) ** 2
        at_dc = gap + 4.0 * radius * math.sin(half) ** 2  # 1 + a1 + a2
        at_nyquist = gap + 4.0 * radius * math.cos(half) ** 2  # 1 - a1 + a2
    else:
        fast = damping + math.sqrt(damping * damping - 1.0)
        slow, fast = angle / fast, angle * fast
        at_dc = math.expm1(-slow) * math.expm1(-fast)
        at_nyquist = (1.0 + math.exp(-slow)) * (1.0 + math.exp(-fast))
    return math.sqrt(at_dc / at_nyquist), -2.0 * math.expm1(-2.0 * damping * angle) / math.sqrt(at_dc * at_nyquist)


def _root(value: float) -> float:
    return math.sqrt(value) if value > 0.0 else 0.0


def _mixed(g: float, k: float, n2: float, n1: float, n0: float, swap: bool) -> Five:
    """The five numbers of numerator n over the poles (g, k), or of the poles over the numerator."""
    if not swap:
        return g, k, n2, n1 - n2 * k, n0 - n2
    mean = math.sqrt(n0 * n2)
    return g * math.sqrt(n0 / n2), n1 / mean, 1.0 / n2, k / mean - n1 / (mean * n2), 1.0 / n0 - 1.0 / n2


def _through(power, g: float, k: float, at_dc: float, first: float, second: float) -> tuple[float, float, float]:
    """(n2, n1, n0) of a numerator over the poles (g, k) that gives the wanted power at DC and at two angles."""

    def part(angle: float) -> tuple[float, float]:
        tau = (math.tan(0.5 * angle) / g) ** 2
        return tau, (power(angle) * ((1.0 - tau) ** 2 + k * k * tau) - at_dc) / tau

    (tau, one), (other_tau, other) = part(first), part(second)
    steep = (other - one) / (other_tau - tau)
    n2, n0 = _root(steep), math.sqrt(at_dc)
    return n2, _root(one - steep * tau + 2.0 * n0 * n2), n0


def _bell(angle: float, q: float, gain_db: float) -> Five:
    """1 at DC; the gain at the angle, with a flat top, or beyond STEEP with the analog power at MIDDLE.

    A cut is its boost upside down, so that the two null.
    """
    boost_db = abs(gain_db)
    a = 10.0 ** (boost_db / 40.0)
    g, k = _poles(angle, 0.5 / (q * a))
    if boost_db == 0.0:
        return g, k, 1.0, 0.0, 0.0

    def power(other: float) -> float:
        x = (other / angle) ** 2
        return ((1.0 - x) ** 2 + x * (a / q) ** 2) / ((1.0 - x) ** 2 + x / (a * q) ** 2)

    if angle > STEEP:
        return _mixed(g, k, *_through(power, g, k, 1.0, MIDDLE, angle), gain_db < 0.0)
    top = 10.0 ** (boost_db / 10.0)
    rho = (g / math.tan(0.5 * angle)) ** 2
    n2 = _root(top - (top - 1.0) * rho * rho)
    n1 = _root(top * k * k - 2.0 * top + 2.0 * (top - 1.0) * rho + 2.0 * n2)
    return _mixed(g, k, n2, n1, 1.0, gain_db < 0.0)


def _shelf(angle: float, q: float, gain_db: float, low: bool) -> Five:
    """The analog power at DC, at the angle (at most at 0.6 pi) and at 0.9 pi.

    Always designed with the poles below the angle (low boosts, high cuts); the others are these upside down.
    """
    design_db = abs(gain_db) if low else -abs(gain_db)
    a = 10.0 ** (design_db / 40.0)
    damping = 0.5 / min(max(q, SHELF_Q_LOW), SHELF_Q_HIGH)
    g, k = _poles(angle / math.sqrt(a) if low else angle * math.sqrt(a), damping)
    if gain_db == 0.0:
        return g, k, 1.0, 0.0, 0.0

    def power(other: float) -> float:
        x = (other / angle) ** 2
        middle = 4.0 * damping * damping * a * x
        over, under = (a - x) ** 2 + middle, (1.0 - a * x) ** 2 + middle
        return a * a * (over / under if low else under / over)

    fitted = _through(power, g, k, a**4 if low else 1.0, min(angle, HIGH), EDGE)
    return _mixed(g, k, *fitted, low == (gain_db < 0.0))


def _notch(angle: float, q: float) -> Five:
    """1 at DC, nothing at the angle, half the power at the lower edge and at the upper one, or at EDGE below that.

    Its numerator is given, 1 - P / P0 with P = tan²(angle / 2): so are the poles, |D|² = 1 + b P + c P², by two angles.
    """
    zero = math.tan(0.5 * angle) ** 2
    edge = math.hypot(1.0, 0.5 / q) - 0.5 / q  # of the angle
    upper = min(angle / edge, EDGE if abs(angle - EDGE) > NEAR else EDGE - 2.0 * NEAR)

    def part(other: float) -> tuple[float, float]:
        at, x = math.tan(0.5 * other) ** 2, (other / angle) ** 2
        power = (1.0 - x) ** 2 / ((1.0 - x) ** 2 + x / (q * q))
        return at, ((1.0 - at / zero) ** 2 / power - 1.0) / at

    (at, one), (other_at, other) = part(edge * angle), part(upper)
    c = (other - one) / (other_at - at)
    g = c**-0.25
    return _mixed(g, math.sqrt((one - c * at) * g * g + 2.0), g * g / zero, 0.0, 1.0, False)


def design(kind: str, freq_hz: float, q: float, gain_db: float, rate_hz: float) -> Five:
    """(g, k, m0, m1, m2) of one band.  freq_hz > 0, used up to 0.49 rate_hz; q > 0; cuts and notch have no gain."""
    angle = 2.0 * math.pi * min(freq_hz / rate_hz, TOP)
    if kind == "bell":
        return _bell(angle, q, gain_db)
    if kind == "low_shelf" or kind == "high_shelf":
        return _shelf(angle, q, gain_db, kind == "low_shelf")
    g, k = _poles(angle, 0.5 / q)
    warped = math.tan(0.5 * angle) ** 2
    tau = warped / (g * g)
    at_angle = q * q * ((1.0 - tau) ** 2 + k * k * tau)
    if kind == "low_cut":  # b ~ (1, -2, 1), exact at the angle
        return _mixed(g, k, math.sqrt(at_angle) / tau, 0.0, 0.0, False)
    if kind == "high_cut":  # b2 = 0, exact at DC and at the angle: N = (1 + zero σ)(1 + g σ)
        zero = _root((at_angle / (1.0 + warped) - 1.0) / tau)
        return _mixed(g, k, zero * g, zero + g, 1.0, False)
    if kind == "band":  # zeros at DC and Nyquist, 1 at the angle
        return _mixed(g, k, 0.0, math.sqrt(((1.0 - tau) ** 2 + k * k * tau) / tau), 0.0, False)
    if kind == "notch":
        return _notch(angle, q)
    raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")


def _first_order(freq_hz: float, rate_hz: float, high: bool) -> Five:
    """A low cut (b ~ (1, -1, 0)) or high cut (b ~ (1, zero, 0)) over a = (1, -e^-angle, 0), -3.01 dB at freq_hz."""
    angle = 2.0 * math.pi * min(freq_hz / rate_hz, TOP)
    pole = math.tanh(0.5 * angle)
    ratio = math.tan(0.5 * angle) / pole
    g = math.sqrt(pole)
    if not high:
        scale = math.sqrt(0.5 + 0.5 / (ratio * ratio))
        return g, (1.0 + pole) / g, scale, -scale * g, -scale
    # (1 + top p / pole) / (1 + p / pole), both times (1 + p): at the angle |1 + j top ratio|² = (1 + ratio²) / 2
    top = _root(0.5 * (ratio * ratio - 1.0)) / ratio
    return _mixed(g, (1.0 + pole) / g, top, (top + pole) / g, 1.0, False)


def butterworth(slope: str, freq_hz: float, rate_hz: float, high: bool = False) -> tuple[Five, Five]:
    """The two sections of a low cut, or of a high cut, -3.01 dB at freq_hz.

    S. Butterworth, "On the theory of filter amplifiers", Experimental Wireless 7, 1930.
    """
    kind = "high_cut" if high else "low_cut"
    if slope == "12dB":
        return design(kind, freq_hz, math.sqrt(0.5), 0.0, rate_hz), WIRE
    if slope == "18dB":
        return design(kind, freq_hz, 1.0, 0.0, rate_hz), _first_order(freq_hz, rate_hz, high)
    if slope == "24dB":
        first, second = (0.5 / math.cos(math.pi * x / 8.0) for x in (1.0, 3.0))
        return design(kind, freq_hz, first, 0.0, rate_hz), design(kind, freq_hz, second, 0.0, rate_hz)
    raise ValueError(f"slope must be one of {', '.join(SLOPES)}, not {slope!r}")
