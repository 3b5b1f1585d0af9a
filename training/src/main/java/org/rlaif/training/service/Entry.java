package org.rlaif.training.service;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.service.Progression.State;

/** One run that was submitted, as the server knows it; what is said here is on disk before. */
final class Entry {
  private final Submission submission;
  private final RunFolder folder;
  private volatile Progression progression;
  private @Nullable ProcessHandle process;
  private CompletableFuture<Void> ended = new CompletableFuture<>();

  Entry(Submission submission, Path runs, Progression progression) {
    this.submission = submission;
    this.folder = RunFolder.of(runs, submission.name());
    this.progression = progression;
  }

  Submission submission() {
    return submission;
  }

  String name() {
    return submission.name();
  }

  RunFolder folder() {
    return folder;
  }

  Progression progression() {
    return progression;
  }

  /** What works on it; null: nothing does. */
  @Nullable ProcessHandle process() {
    return process;
  }

  boolean is(State state) {
    return progression.state() == state;
  }

  /** Completed when it has ended. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** It has come to this, by that process if it is at work. */
  void set(Progression next, @Nullable ProcessHandle worker) {
    next.write(folder.path());
    progression = next;
    process = worker;
    if (next.state().isEnd()) {
      ended.complete(null);
    } else if (ended.isDone()) {
      ended = new CompletableFuture<>();
    }
  }
}
