package org.rlaif.serving.grpc;

import org.rlaif.serving.os.CLibrary;

/**
 * When no call is under way, what calls took outside of Java is given back to the system: the C
 * library keeps it otherwise, gigabytes after many large requests. It takes some milliseconds, in
 * which others wait who want memory; where there is no pause for minutes, it happens all the same.
 * Runs again and again, on one thread.
 */
final class Pauses implements Runnable {
  /** Between two runs. */
  static final int SECONDS = 10;

  private static final int MOST_ROUNDS = 30;

  private final Calls calls;
  private long endedBefore;
  private int rounds;

  Pauses(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void run() {
    long ended = calls.ended();
    if (ended == endedBefore) {
      return;
    }
    rounds++;
    if (calls.isPause() || rounds >= MOST_ROUNDS) {
      CLibrary.giveBack();
      endedBefore = ended;
      rounds = 0;
    }
  }
}
