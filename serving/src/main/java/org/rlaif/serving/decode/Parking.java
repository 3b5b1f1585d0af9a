package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.graph.KvCache;

/**
 * Sequences that wait outside the slots, with what their slots held, until their callers have read
 * what they were told: a caller who does not read keeps nobody else waiting. Used by one thread.
 */
final class Parking {
  /** Of the memory that Java may have, the part that they may take. */
  private static final int SHARE = 8;

  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  private record Parked(Row row, byte[] cache) {}

  private final KvCache cache;
  private final int most;
  private final long mostBytes;

  /** Those that wait longest first. */
  private final List<Parked> parked = new ArrayList<>();

  private long bytes;

  /**
   * @param most sequences
   */
  Parking(KvCache cache, int most) {
    this(cache, most, Runtime.getRuntime().maxMemory() / SHARE);
  }

  Parking(KvCache cache, int most, long mostBytes) {
    this.cache = cache;
    this.most = most;
    this.mostBytes = mostBytes;
  }

  boolean isEmpty() {
    return parked.isEmpty();
  }

  /** Whether there is room for a sequence if others make room. */
  boolean fits(Row row) {
    return cache.bytes(row.cached()) <= mostBytes;
  }

  /** Takes a sequence out of its slot, which holds nothing then; it {@link #fits}. */
  void put(Row row, int slot) {
    byte[] kept = cache.save(slot, row.cached());
    parked.add(new Parked(row, kept));
    bytes += kept.length;
  }

  /** The ones that have waited longest, where there are more than there is room for. */
  List<Row> overflow() {
    List<Row> out = new ArrayList<>();
    while (parked.size() > most || bytes > mostBytes) {
      out.add(remove(0).row());
    }
    return out;
  }

  /** Brings the first one that may go on into a slot; null: there is none. */
  @Nullable Row resume(int slot) {
    for (int i = 0; i < parked.size(); i++) {
      if (!parked.get(i).row().group.listener.isBehind()) {
        Parked next = remove(i);
        cache.load(slot, next.row().cached(), next.cache());
        return next.row();
      }
    }
    return null;
  }

  /** Takes these out. */
  List<Row> removeIf(Predicate<Row> unwanted) {
    List<Row> gone = new ArrayList<>();
    for (int i = parked.size() - 1; i >= 0; i--) {
      if (unwanted.test(parked.get(i).row())) {
        gone.add(remove(i).row());
      }
    }
    return gone;
  }

  private Parked remove(int index) {
    Parked one = parked.remove(index);
    bytes -= one.cache().length;
    return one;
  }
}
