package org.rlaif.serving.engine;

import java.time.Duration;
import org.rlaif.kit.UserError;

/**
 * What a model is loaded with that somebody holds.
 *
 * @param holder such as the id of a run
 * @param lease how long it is held after the hold was renewed last
 */
public record Hold(String holder, Duration lease) {
  private static final Duration LONGEST = Duration.ofDays(1);

  public Hold {
    requireName("holder", holder);
    UserError.require(
        lease.compareTo(Duration.ZERO) > 0 && lease.compareTo(LONGEST) <= 0,
        "lease_seconds",
        lease.toSeconds(),
        "1 to " + LONGEST.toSeconds());
  }

  /** Of a holder, or a model. */
  static void requireName(String what, String name) {
    UserError.require(
        name.matches("[A-Za-z0-9._-]+"),
        what,
        name.isEmpty() ? "\"\"" : name,
        "letters, digits, . _ and -");
  }
}
