package org.rlaif.bench;

import java.util.Map;
import org.HdrHistogram.Histogram;

/** A distribution of times, three digits exact. */
final class Latency {
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MS = 1e6;

  private final Histogram histogram = new Histogram(DIGITS);

  void record(long nanos) {
    histogram.recordValue(Math.max(0, nanos));
  }

  boolean isEmpty() {
    return histogram.getTotalCount() == 0;
  }

  /** In milliseconds. */
  double percentile(double percent) {
    return histogram.getValueAtPercentile(percent) / NANOS_PER_MS;
  }

  /** The longest, in milliseconds. */
  double max() {
    return histogram.getMaxValue() / NANOS_PER_MS;
  }

  /** Adds p50, p90 and p99 in milliseconds under names that begin with this one. */
  void into(Map<String, Double> figures, String name) {
    if (!isEmpty()) {
      figures.put(name + "MsP50", percentile(50));
      figures.put(name + "MsP90", percentile(90));
      figures.put(name + "MsP99", percentile(99));
    }
  }
}
