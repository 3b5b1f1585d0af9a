package org.rlaif.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Statistics;

/** From traces to figures; the formulas are in {@link Formulas}. */
final class LatencyFigures {
  /** The figure that pictures show. */
  static final String RATE = "tokensPerSecond";

  private static final double NANOS = 1e9;

  private LatencyFigures() {}

  /** Puts the median of repeated rates, and the least and the most of them. */
  static void putRates(Map<String, Double> figures, double... rates) {
    figures.put(RATE, median(rates));
    if (rates.length > 1) {
      figures.put(RATE + "Min", Arrays.stream(rates).min().orElseThrow());
      figures.put(RATE + "Max", Arrays.stream(rates).max().orElseThrow());
    }
  }

  static double seconds(long nanos) {
    return nanos / NANOS;
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Of the straight line through these points, by least squares. */
  static double slope(double[] x, double[] y) {
    double meanX = Statistics.mean(x);
    double meanY = Statistics.mean(y);
    double products = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      products += (x[i] - meanX) * (y[i] - meanY);
      squares += (x[i] - meanX) * (x[i] - meanX);
    }
    return products / squares;
  }

  /** Tokens of all traces over the time from the first that was sent to the last that ended. */
  static double tokensPerSecond(List<Trace> traces) {
    return traces.stream().mapToLong(Trace::tokens).sum() / wallSeconds(traces);
  }

  static double wallSeconds(List<Trace> traces) {
    long start = traces.stream().mapToLong(Trace::sent).min().orElseThrow();
    long end = traces.stream().mapToLong(Trace::ended).max().orElseThrow();
    return Math.max(1, end - start) / NANOS;
  }

  /** Gaps between tokens that both came within a stretch of time. */
  static Latency gaps(List<Trace> traces, long from, long to) {
    var gaps = new Latency();
    traces.forEach(trace -> trace.gaps(1, trace.tokens(), from, to).forEach(gaps::record));
    return gaps;
  }

  /** The moment from which all rows had their first token. */
  static long allStarted(List<Trace> traces) {
    return traces.stream().mapToLong(trace -> trace.arrival(0)).max().orElseThrow();
  }

  /** The moment at which the first row had its last token. */
  static long firstDone(List<Trace> traces) {
    return traces.stream()
        .mapToLong(trace -> trace.arrival(trace.tokens() - 1))
        .min()
        .orElseThrow();
  }

  /** Tokens per second while all rows were live. */
  static double decodeTokensPerSecond(List<Trace> traces) {
    long from = allStarted(traces);
    long to = firstDone(traces);
    long tokens = 0;
    for (Trace trace : traces) {
      for (int token = 0; token < trace.tokens(); token++) {
        if (trace.arrival(token) > from && trace.arrival(token) <= to) {
          tokens++;
        }
      }
    }
    return tokens * NANOS / Math.max(1, to - from);
  }

  /** What a load did to those who asked. */
  static Map<String, Double> load(List<Trace> traces) {
    List<Trace> good = traces.stream().filter(trace -> trace.failure() == null).toList();
    var figures = new LinkedHashMap<String, Double>();
    figures.put("requests", (double) traces.size());
    figures.put("failed", (double) (traces.size() - good.size()));
    figures.put("endedEarly", (double) count(good));
    if (good.isEmpty()) {
      return figures;
    }
    figures.put("requestsPerSecond", good.size() / wallSeconds(traces));
    figures.put(RATE, tokensPerSecond(good));
    var ttft = new Latency();
    var tpot = new Latency();
    var whole = new Latency();
    for (Trace trace : good) {
      ttft.record(trace.ttft());
      whole.record(trace.endToEnd());
      if (trace.tokens() > 1) {
        tpot.record(Math.round(trace.tpot()));
      }
    }
    ttft.into(figures, "ttft");
    gaps(good, Long.MIN_VALUE, Long.MAX_VALUE).into(figures, "itl");
    tpot.into(figures, "tpot");
    whole.into(figures, "endToEnd");
    return figures;
  }

  private static long count(List<Trace> good) {
    return good.stream().filter(trace -> trace.tokens() < trace.asked()).count();
  }
}
