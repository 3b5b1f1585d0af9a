package org.rlaif.serving.weights;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Weights;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.os.FreeMemory;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;

/**
 * The weights of one model and their successors. There are two arenas: one serves, the other is
 * filled by an update. Whoever runs the graph holds a {@link Lease}; old weights are closed when
 * the last lease on them ends, and only then is their arena free again.
 */
public final class LiveWeights implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  /** Each one that waits for a version is a thread. */
  private static final int MOST_WAITING = 256;

  private static final long CANCELLATION_CHECK_MS = 20;

  private final OnnxRuntime runtime;
  private final DecoderConfig config;
  private final WeightLayout layout;
  private final BlockingQueue<WeightArena> idle = new LinkedBlockingQueue<>();

  /** Whether there are two arenas. */
  private final AtomicBoolean second = new AtomicBoolean();

  /** Closes the sessions of old versions. */
  private final ExecutorService retirement =
      Executors.newCachedThreadPool(
          new ThreadFactoryBuilder().setNameFormat("rlaif-retire-weights").setDaemon(true).build());

  private Version current;
  private int waiting;
  private boolean closing;

  /**
   * One set of weights.
   *
   * @param leases that are open
   */
  private record Version(
      long number, WeightArena arena, DecoderSession session, AtomicInteger leases) {
    Version(long number, WeightArena arena, DecoderSession session) {
      this(number, arena, session, new AtomicInteger());
    }
  }

  /** The right to use one version; it stays open until this is closed. */
  public final class Lease implements AutoCloseable {
    private final Version version;

    private Lease(Version version) {
      this.version = version;
    }

    public long version() {
      return version.number();
    }

    public DecoderSession session() {
      return version.session();
    }

    /** Those of a quantised KV cache. */
    public CacheScales scales() {
      return version.arena().scales();
    }

    @Override
    public void close() {
      release(version);
    }
  }

  /**
   * Starts with a copy of these weights, as version 1.
   *
   * @param scales of a quantised KV cache
   */
  public LiveWeights(
      OnnxRuntime runtime, WeightLayout layout, CacheScales scales, Weights weights) {
    this.runtime = runtime;
    this.config = layout.config();
    this.layout = layout;
    WeightArena arena = new WeightArena(layout);
    arena.scale(scales);
    arena.fill(weights);
    this.current = new Version(1, arena, arena.session(runtime));
    var successor = MemoryNeed.ofSuccessor(config, layout.quantization());
    if (config.head() == Head.LANGUAGE_MODEL && successor.total() < FreeMemory.left() / 2) {
      // Now, not with the first update: while Java clears the memory nothing else goes on.
      idle.add(new WeightArena(layout));
      second.set(true);
    }
  }

  public synchronized Lease lease() {
    current.leases().incrementAndGet();
    return new Lease(current);
  }

  /** Whether somebody computes with what serves now. */
  public synchronized boolean isLeased() {
    return current.leases().get() > 0;
  }

  public WeightLayout layout() {
    return layout;
  }

  public synchronized long version() {
    return current.number();
  }

  /** With which sequences are cached now. */
  public synchronized CacheScales scales() {
    return current.arena().scales();
  }

  /**
   * Waits until weights of this version serve, or later ones.
   *
   * @param model for the message
   * @param patience after that long, a {@link Refusal} names both versions
   */
  public synchronized void await(
      String model, long minimum, Duration patience, BooleanSupplier cancelled) {
    if (current.number() >= minimum) {
      return;
    }
    if (waiting >= MOST_WAITING) {
      throw new Refusal(
          Reason.QUEUE_FULL,
          "model: %s has %d requests waiting for new weights already".formatted(model, waiting));
    }
    waiting++;
    try {
      long end = System.nanoTime() + patience.toNanos();
      while (current.number() < minimum) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (closing) {
          throw new Refusal(Reason.UNAVAILABLE, "model: " + model + " is closing");
        }
        if (left <= 0) {
          throw new Refusal(
              Reason.PRECONDITION,
              "min_weights_version: %d (expected: at most %d, the version of %s)"
                  .formatted(minimum, current.number(), model));
        }
        wait(Math.min(left, CANCELLATION_CHECK_MS));
        Refusal.ifCancelled(cancelled);
      }
    } catch (InterruptedException e) {
      throw Refusal.interrupted("weights", e);
    } finally {
      waiting--;
    }
  }

  /** Nobody waits for new weights any more. */
  public synchronized void stopWaiting() {
    closing = true;
    notifyAll();
  }

  private synchronized void release(Version version) {
    version.leases().decrementAndGet();
    retire(version);
  }

  /**
   * Closes a version that neither serves nor is in use, on a thread of its own: giving back that
   * much memory takes as long as several decode steps, and whoever held the last lease decodes.
   */
  private void retire(Version version) {
    if (version != current && version.leases().get() == 0) {
      retirement.execute(() -> closeRetired(version));
    }
  }

  private void closeRetired(Version version) {
    try {
      version.session().close();
    } finally {
      idle.add(version.arena());
    }
  }

  /** An arena to fill; waits until the last run on the one before has ended. */
  public WeightArena takeIdleArena() {
    if (!second.compareAndSet(false, true)) {
      return awaitIdleArena();
    }
    try {
      // Many models are never changed: this was not counted when they were loaded.
      MemoryNeed.ofSuccessor(config, layout.quantization()).check("the weights that come next");
      return new WeightArena(layout); // outside the lock
    } catch (RuntimeException | Error e) {
      second.set(false);
      throw e;
    }
  }

  private WeightArena awaitIdleArena() {
    try {
      WeightArena arena = idle.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (arena == null) {
        throw new Refusal(
            Reason.UNAVAILABLE,
            "weights: the ones before last are still in use after " + PATIENCE_SECONDS + " s");
      }
      return arena;
    } catch (InterruptedException e) {
      throw Refusal.interrupted("weights", e);
    }
  }

  /** Takes back an arena whose update came to nothing. */
  public void giveBack(WeightArena arena) {
    idle.add(arena);
  }

  /** A session on a filled arena, not yet serving; built while the current one serves. */
  public DecoderSession prepare(WeightArena arena) {
    arena.quantize();
    return arena.session(runtime);
  }

  /** From the next lease on these weights serve. Returns their version. */
  public synchronized long flip(WeightArena arena, DecoderSession session) {
    Version old = current;
    current = new Version(old.number() + 1, arena, session);
    notifyAll();
    retire(old);
    return current.number();
  }

  /** Nobody may hold or take a lease any more. */
  @Override
  public void close() {
    retirement.shutdown();
    // Sessions must not outlive the process's environment.
    Uninterruptibles.awaitTerminationUninterruptibly(retirement);
    synchronized (this) {
      current.session().close();
    }
  }
}
