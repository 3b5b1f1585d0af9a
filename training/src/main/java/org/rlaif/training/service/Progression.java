package org.rlaif.training.service;

import java.nio.file.Path;
import org.rlaif.kit.Json;

/**
 * How far a run has come, as the server knows it: {@value #FILE} in the run's folder.
 *
 * @param reason why it has failed, in one line; else empty
 * @param cancelled whether somebody wants it to end
 * @param startedMs when it was started last, since 1970; 0: never
 * @param endedMs when it ended; 0: it has not
 * @param starts how often it was started
 * @param process that works on it, or did; 0: none
 * @param processStartMs when that process began, by which it is told from a later one of its number
 */
record Progression(
    State state,
    String reason,
    boolean cancelled,
    long startedMs,
    long endedMs,
    int starts,
    long process,
    long processStartMs) {
  private static final String FILE = "state.json";

  /** What becomes of a run. */
  enum State {
    QUEUED,
    RUNNING,
    FINISHED,
    FAILED,
    CANCELLED;

    boolean isEnd() {
      return this == FINISHED || this == FAILED || this == CANCELLED;
    }
  }

  static final Progression NEW = new Progression(State.QUEUED, "", false, 0, 0, 0, 0, 0);

  static Progression read(Path folder) {
    return Json.read(folder.resolve(FILE), Progression.class);
  }

  void write(Path folder) {
    Json.write(folder.resolve(FILE), this);
  }

  /** It waits, for the first time or again. */
  Progression queued() {
    return new Progression(State.QUEUED, "", false, startedMs, 0, starts, 0, 0);
  }

  /** A process works on it. */
  Progression running(ProcessHandle worker, long now) {
    return new Progression(
        State.RUNNING, "", cancelled, now, 0, starts + 1, worker.pid(), Processes.startMs(worker));
  }

  /** The same start, known by its process. */
  Progression by(ProcessHandle worker) {
    return new Progression(
        state,
        reason,
        cancelled,
        startedMs,
        endedMs,
        starts,
        worker.pid(),
        Processes.startMs(worker));
  }

  /** Somebody wants it to end. */
  Progression cancelling() {
    return new Progression(
        state, reason, true, startedMs, endedMs, starts, process, processStartMs);
  }

  /** It has ended. */
  Progression ended(State end, String why, long now) {
    return new Progression(end, why, cancelled, startedMs, now, starts, 0, 0);
  }
}
