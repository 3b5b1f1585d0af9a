package org.rlaif.serving.engine;

import java.time.Instant;

/**
 * That somebody holds a model now.
 *
 * @param end when that is over unless it is renewed
 */
public record Lease(Hold hold, Instant end) {
  static Lease from(Instant now, Hold hold) {
    return new Lease(hold, now.plus(hold.lease()));
  }

  public String holder() {
    return hold.holder();
  }

  boolean isOver(Instant now) {
    return !now.isBefore(end);
  }
}
