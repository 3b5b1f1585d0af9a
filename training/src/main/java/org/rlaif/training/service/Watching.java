package org.rlaif.training.service;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.training.stages.Stages;
import org.rlaif.v1.RunInfo;
import org.rlaif.v1.WatchRunResponse;

/** What somebody who watches a run is told: its states, and its events. */
final class Watching implements Streams.Source<WatchRunResponse> {
  private static final int AT_ONCE = 32;

  private final Entry run;
  private final RunEvents events;
  private @Nullable RunInfo told;

  /**
   * @param after the number of the last event that is known; 0: none is
   */
  Watching(Entry run, long after) {
    UserError.require(after >= 0, "after", after, "a position that a message had, or 0");
    this.run = run;
    this.events = new RunEvents(run.folder(), Stages.of(run.submission().config()), after);
  }

  @Override
  public After send(StreamObserver<WatchRunResponse> call) throws IOException {
    Progression now = run.progression(); // before its events: no more come after its end
    boolean ended = now.state().isEnd();
    if (told == null || !ended) {
      tell(now, call);
    }
    List<WatchRunResponse> some = events.next(AT_ONCE);
    some.forEach(call::onNext);
    if (!some.isEmpty()) {
      return After.MORE;
    }
    if (ended) {
      told = null; // the end is told in any case
      tell(now, call);
    }
    return ended ? After.END : After.WAIT;
  }

  /** Its state, unless it was told. */
  private void tell(Progression now, StreamObserver<WatchRunResponse> call) {
    RunInfo info = Messages.info(run, now);
    if (!info.equals(told)) {
      call.onNext(
          WatchRunResponse.newBuilder().setPosition(events.position()).setRun(info).build());
      told = info;
    }
  }
}
