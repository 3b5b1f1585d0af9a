package org.rlaif.training.learning;

import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.Map;

/** Running means of named numbers. */
public final class Averages {
  private final Map<String, DoubleSummaryStatistics> all = new LinkedHashMap<>();

  public void add(String name, double value) {
    all.computeIfAbsent(name, first -> new DoubleSummaryStatistics()).accept(value);
  }

  /** The mean of each name, in the order in which the names came. */
  public Map<String, Double> toMap() {
    Map<String, Double> means = new LinkedHashMap<>();
    all.forEach((name, statistics) -> means.put(name, statistics.getAverage()));
    return means;
  }
}
