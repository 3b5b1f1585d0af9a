package org.rlaif.training.learning;

import java.util.LinkedHashMap;
import java.util.Map;

/** Seconds by part: every lap goes to the part that has just ended. */
public final class Stopwatch {
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final long start = System.nanoTime();
  private long last = start;

  /** The time since the last lap was spent on {@code part}. */
  public void lap(String part) {
    long now = System.nanoTime();
    seconds.merge(part, (now - last) / 1e9, Double::sum);
    last = now;
  }

  /** Adds what was measured before a stop. */
  public void add(Map<String, Double> before) {
    before.forEach((part, some) -> seconds.merge(part, some, Double::sum));
  }

  /** Adds what a part has taken beside the others. */
  public void add(String part, double some) {
    seconds.merge(part, some, Double::sum);
  }

  /** Seconds since the start. */
  public double elapsed() {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Adds all parts of another watch. */
  public void add(Stopwatch other) {
    add(other.seconds);
  }

  public double seconds(String part) {
    return seconds.getOrDefault(part, 0.0);
  }

  /** All parts, in the order of their first laps. */
  public Map<String, Double> seconds() {
    return new LinkedHashMap<>(seconds);
  }
}
