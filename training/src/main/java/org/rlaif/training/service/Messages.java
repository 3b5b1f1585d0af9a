package org.rlaif.training.service;

import org.rlaif.training.service.Progression.State;
import org.rlaif.v1.RunInfo;
import org.rlaif.v1.RunState;

/** Runs as {@code rlaif.v1} tells them. */
final class Messages {
  private Messages() {}

  static RunInfo info(Entry run) {
    return info(run, run.progression());
  }

  /** As it was then. */
  static RunInfo info(Entry run, Progression then) {
    return RunInfo.newBuilder()
        .setName(run.name())
        .setState(state(then.state()))
        .setReason(then.reason())
        .setSubmittedUnixMs(run.submission().submittedMs())
        .setStartedUnixMs(then.startedMs())
        .setEndedUnixMs(then.endedMs())
        .setStarts(then.starts())
        .build();
  }

  private static RunState state(State state) {
    return switch (state) {
      case QUEUED -> RunState.RUN_STATE_QUEUED;
      case RUNNING -> RunState.RUN_STATE_RUNNING;
      case FINISHED -> RunState.RUN_STATE_FINISHED;
      case FAILED -> RunState.RUN_STATE_FAILED;
      case CANCELLED -> RunState.RUN_STATE_CANCELLED;
    };
  }
}
