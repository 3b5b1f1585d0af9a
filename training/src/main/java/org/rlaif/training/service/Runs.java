package org.rlaif.training.service;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.grpc.Status;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.service.Progression.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All runs that were submitted into a folder: a queue, and those that are worked on. A start finds
 * what the one before has left, however that ended: what waits still waits, what has ended is
 * listed, and what was worked on goes on, by its own process if that lives.
 */
public final class Runs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
  private static final String LOCK = ".server.lock";
  private static final String LEFT_OVER = ".writing-";
  private static final String LAST_STAGE = "report";
  private static final int MOST_WAITING = 1000;

  /** A process that is told to end saves itself for a minute at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(75);

  /** A signal to this process and its children may reach them first. */
  private static final Duration SIGNALS = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofMillis(250);

  private final Path folder;
  private final Worker worker;
  private final int atATime;
  private final FileChannel lock;
  private final Map<String, Entry> entries = new TreeMap<>(); // guarded by this
  private boolean stopping; // guarded by this

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          new ThreadFactoryBuilder().setNameFormat("rlaif-runs").setDaemon(true).build());

  private Runs(Path folder, Worker worker, int atATime, FileChannel lock) {
    this.folder = folder;
    this.worker = worker;
    this.atATime = atATime;
    this.lock = lock;
  }

  /**
   * Finds what is there; {@link #begin} goes on with it.
   *
   * @param folder of all runs; no other server may have it
   * @param atATime how many runs may be worked on together
   */
  public static Runs open(Path folder, Worker worker, int atATime) {
    UserError.require(atATime >= 1, "at-a-time", atATime, ">= 1");
    var runs = new Runs(folder, worker, atATime, lock(folder));
    runs.find();
    return runs;
  }

  private static FileChannel lock(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!AtomicFiles.tryLock(channel)) {
        channel.close();
        throw UserError.expected(
            "runs", folder, "a folder that no other server takes runs for, and this one is taken");
      }
      return channel;
    } catch (IOException e) {
      throw new UserError(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private synchronized void find() {
    try (Stream<Path> inside = Files.list(folder)) {
      for (Path each : inside.sorted().toList()) {
        if (String.valueOf(each.getFileName()).startsWith(LEFT_OVER)) {
          AtomicFiles.deleteRecursively(each);
        } else if (Submission.isIn(each)) {
          var entry = new Entry(Submission.read(each), folder, Progression.read(each));
          entries.put(entry.name(), entry);
        }
      }
    } catch (IOException e) {
      throw new UserError(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Goes on with what was worked on, and then with those that wait. */
  public synchronized void begin() {
    entries.values().stream().filter(each -> each.is(State.RUNNING)).forEach(this::goOn);
    startNext();
  }

  /** With what was worked on when the server before this one ended. */
  private void goOn(Entry entry) {
    Progression was = entry.progression();
    Optional<ProcessHandle> lives =
        Processes.find(was.process(), was.processStartMs()).or(() -> holder(entry));
    if (lives.isPresent()) {
      adopt(entry, lives.get());
      if (was.cancelled()) {
        tellToEnd(entry);
      }
    } else {
      settle(entry);
    }
  }

  private static Optional<ProcessHandle> holder(Entry entry) {
    OptionalLong pid = entry.folder().worker();
    return pid.isPresent() ? Processes.find(pid.getAsLong()) : Optional.empty();
  }

  /** A process that somebody else has started works on it. */
  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  private void adopt(Entry entry, ProcessHandle process) {
    entry.set(entry.progression().by(process), process);
    tell(entry, "run goes on in its process");
    clock.schedule(safely(() -> look(entry, process)), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // likewise
  private synchronized void look(Entry entry, ProcessHandle process) {
    if (Processes.lives(process)) {
      clock.schedule(safely(() -> look(entry, process)), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      settle(entry);
      startNext();
    }
  }

  /** Its process has ended, and nobody can say how: the run's folder can. */
  private void settle(Entry entry) {
    if (hasFinished(entry)) {
      end(entry, State.FINISHED, "");
    } else if (entry.progression().cancelled()) {
      end(entry, State.CANCELLED, "");
    } else {
      entry.set(entry.progression().queued(), null);
    }
  }

  private static boolean hasFinished(Entry entry) {
    try {
      return entry.folder().finished(LAST_STAGE).isPresent()
          && (entry.submission().config().iterations() == 1
              || Files.exists(entry.folder().path().resolve(RunFolder.ITERATIONS)));
    } catch (UserError damaged) {
      return false; // its next start says so
    }
  }

  /**
   * Puts a run in the queue.
   *
   * @return it, or the one that is there with the same settings
   */
  Entry submit(String run, String source, String yaml, List<String> settings) {
    return submit(Submission.of(run, source, yaml, settings));
  }

  private synchronized Entry submit(Submission asked) {
    requireOpen();
    long last = entries.values().stream().mapToLong(Runs::number).max().orElse(0);
    Submission wanted = asked.numbered(last + 1);
    String name = wanted.name();
    Entry known = entries.get(name);
    if (known != null) {
      if (known.submission().hasContentOf(wanted)) {
        return known;
      }
      throw refusal(
          Status.ALREADY_EXISTS, "name", name, "the one of no run here, for it has other settings");
    }
    Path place = folder.resolve(name);
    if (Files.exists(place)) {
      throw refusal(
          Status.ALREADY_EXISTS, "name", name, "that of no folder, for this one is not a run's");
    }
    if (entries.values().stream().filter(each -> each.is(State.QUEUED)).count() >= MOST_WAITING) {
      throw refusal(
          Status.RESOURCE_EXHAUSTED, "queue", "full", "fewer than " + MOST_WAITING + " runs");
    }
    AtomicFiles.folder(
        place,
        temporary -> {
          wanted.write(temporary);
          Progression.NEW.write(temporary);
        });
    var entry = new Entry(wanted, folder, Progression.NEW);
    entries.put(name, entry);
    tell(entry, "run submitted");
    startNext();
    return entry;
  }

  private static long number(Entry entry) {
    return entry.submission().number();
  }

  /** In the order in which they were submitted. */
  synchronized List<Entry> list() {
    return entries.values().stream().sorted(Comparator.comparingLong(Runs::number)).toList();
  }

  /** By its name. */
  synchronized Entry get(String run) {
    UserError.require(
        run.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), "run", run, "letters, digits, '.', '_', '-'");
    Entry entry = entries.get(run);
    if (entry == null) {
      throw refusal(Status.NOT_FOUND, "run", run, "one that was submitted here");
    }
    return entry;
  }

  /** Completed when the run has ended. */
  synchronized CompletableFuture<Void> cancel(String run) {
    requireOpen();
    Entry entry = get(run);
    if (entry.is(State.QUEUED)) {
      end(entry, State.CANCELLED, "");
    } else if (entry.is(State.RUNNING)) {
      if (!entry.progression().cancelled()) {
        entry.set(entry.progression().cancelling(), entry.process());
      }
      tellToEnd(entry);
    }
    return entry.ended();
  }

  /** Puts a run that has ended, but not finished, in the queue again. */
  synchronized Entry resume(String run) {
    requireOpen();
    Entry entry = get(run);
    if (entry.is(State.FINISHED)) {
      throw refusal(
          Status.FAILED_PRECONDITION, "run", run + ", finished", "cancelled or failed, to go on");
    }
    if (entry.progression().state().isEnd()) {
      entry.set(entry.progression().queued(), null);
      tell(entry, "run resumed");
      startNext();
    }
    return entry;
  }

  private void requireOpen() {
    if (stopping) {
      throw Status.UNAVAILABLE
          .withDescription("the server stops; its runs go on when it is back")
          .asRuntimeException();
    }
  }

  private static RuntimeException refusal(
      Status status, String name, String value, String expectation) {
    return status
        .withDescription(UserError.expected(name, value, expectation).getMessage())
        .asRuntimeException();
  }

  /** Those whose turn it is. */
  private void startNext() {
    long working = entries.values().stream().filter(each -> each.is(State.RUNNING)).count();
    List<Entry> waiting = list().stream().filter(each -> each.is(State.QUEUED)).toList();
    for (Entry next : waiting) {
      if (stopping || working >= atATime) {
        return;
      }
      if (start(next)) {
        working++;
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the process
  private boolean start(Entry entry) {
    try {
      Process process = worker.start(entry.submission(), folder);
      ProcessHandle handle = process.toHandle();
      entry.set(entry.progression().running(handle, System.currentTimeMillis()), handle);
      tell(entry, "run started");
      process.onExit().thenAccept(ended -> exited(entry, ended.exitValue()));
      return true;
    } catch (IOException e) {
      end(entry, State.FAILED, "its process cannot be started: " + e.getMessage());
      return false;
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  private synchronized void exited(Entry entry, int code) {
    boolean unasked = Worker.wasTold(code) && !stopping && !entry.progression().cancelled();
    long wait = unasked ? SIGNALS.toMillis() : 0;
    clock.schedule(safely(() -> conclude(entry, code)), wait, TimeUnit.MILLISECONDS);
  }

  /** What cannot be written is said; the next start of a server looks again. */
  private static Runnable safely(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.error("the state of a run cannot be kept", e);
      }
    };
  }

  private synchronized void conclude(Entry entry, int code) {
    if (code == 0) {
      end(entry, State.FINISHED, "");
    } else if (entry.progression().cancelled()) {
      end(entry, State.CANCELLED, "");
    } else if (stopping) {
      entry.set(entry.progression().queued(), null);
    } else {
      // A process of an earlier server may have been faster.
      holder(entry)
          .ifPresentOrElse(
              other -> adopt(entry, other),
              () -> end(entry, State.FAILED, Worker.reason(entry.folder().path(), code)));
    }
    startNext();
  }

  private static void end(Entry entry, State state, String reason) {
    entry.set(entry.progression().ended(state, reason, System.currentTimeMillis()), null);
    tell(entry, "run ended");
  }

  private static void tell(Entry entry, String event) {
    LOG.atInfo()
        .addKeyValue("run", entry.name())
        .addKeyValue("state", entry.progression().state())
        .log(event);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  private void tellToEnd(Entry entry) {
    ProcessHandle process = entry.process();
    if (process != null) {
      process.destroy();
      clock.schedule(process::destroyForcibly, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Tells all that are worked on to save themselves, and starts no more. */
  public synchronized void stop() {
    stopping = true;
    entries.values().stream().filter(each -> each.is(State.RUNNING)).forEach(this::tellToEnd);
  }

  /** The same, and returns when they have ended; the next server goes on with them. */
  @Override
  public void close() {
    stop();
    long end = System.nanoTime() + PATIENCE.plus(PATIENCE.dividedBy(10)).toNanos();
    try {
      while (isWorking() && System.nanoTime() < end) {
        Thread.sleep(LOOK.toMillis() / 5);
      }
      clock.shutdownNow();
      lock.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("the lock of {} is not given back", folder, e);
    }
  }

  private synchronized boolean isWorking() {
    return entries.values().stream().anyMatch(each -> each.process() != null);
  }
}
