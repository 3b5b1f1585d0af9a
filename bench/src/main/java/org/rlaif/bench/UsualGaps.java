package org.rlaif.bench;

import java.util.List;

/**
 * How long the gaps between tokens are when nothing disturbs, by the index of the later token: a
 * decode step takes the longer the more tokens its sequences have. The usual gap at an index is the
 * median of all gaps at most {@value #AROUND} tokens away from it, of all sequences, while all of
 * them were live.
 */
final class UsualGaps {
  private static final int AROUND = 8;

  private final double[] usual; // in nanoseconds

  UsualGaps(List<Trace> undisturbed) {
    this.usual = new double[undisturbed.stream().mapToInt(Trace::tokens).max().orElse(0)];
    for (int token = 1; token < usual.length; token++) {
      usual[token] = around(undisturbed, token);
    }
  }

  private double around(List<Trace> traces, int token) {
    long from = LatencyFigures.allStarted(traces);
    long to = LatencyFigures.firstDone(traces);
    for (int reach = AROUND; reach < 2 * usual.length; reach *= 2) { // some were not live so early
      int first = token - reach;
      int last = token + reach;
      double[] gaps =
          traces.stream()
              .flatMapToLong(each -> each.gaps(first, last, from, to))
              .asDoubleStream()
              .toArray();
      if (gaps.length > 0) {
        return LatencyFigures.median(gaps);
      }
    }
    throw new IllegalStateException("the sequences were never live together");
  }

  /** What gaps took beyond that while all sequences were live; 0 for those that took less. */
  Latency excess(List<Trace> traces) {
    long from = LatencyFigures.allStarted(traces);
    long to = LatencyFigures.firstDone(traces);
    var excess = new Latency();
    for (Trace trace : traces) {
      for (int token = 1; token < Math.min(trace.tokens(), usual.length); token++) {
        double usually = usual[token];
        trace.gaps(token, token, from, to).forEach(gap -> excess.record((long) (gap - usually)));
      }
    }
    return excess;
  }
}
