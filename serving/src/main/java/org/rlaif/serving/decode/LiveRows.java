package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.KvCache;

/**
 * The sequences that decode: a row's number is its slot in the cache. Of the scheduler's thread.
 */
final class LiveRows {
  private final KvCache cache;
  private final List<Row> rows = new ArrayList<>();

  /** The scales of what rows have cached. */
  private CacheScales scales;

  LiveRows(KvCache cache, CacheScales scales) {
    this.cache = cache;
    this.scales = scales;
  }

  int count() {
    return rows.size();
  }

  Row get(int slot) {
    return rows.get(slot);
  }

  /** In the order of their slots, from this one on. */
  List<Row> from(int slot) {
    return rows.subList(slot, rows.size());
  }

  /** Its slot is the one behind the last. */
  void add(Row row) {
    rows.add(row);
  }

  /** Frees a slot: the last row moves into it. */
  void remove(int slot) {
    int last = rows.size() - 1;
    Row moved = rows.remove(last);
    if (slot != last) {
      cache.copy(last, slot, moved.cached());
      rows.set(slot, moved);
    }
  }

  /** Tokens that all slots hold. */
  int cached() {
    return rows.stream().mapToInt(Row::cached).sum();
  }

  /** Whether somebody waits for every token of one of them. */
  boolean areFollowed() {
    return rows.stream().anyMatch(row -> row.group.listener.followsTokens());
  }

  /** What they have cached goes on with the scales of new weights. */
  void rescale(CacheScales next) {
    if (next != scales) {
      List<float[]> ratios = scales.over(next);
      for (int slot = 0; slot < rows.size(); slot++) {
        cache.rescale(slot, rows.get(slot).cached(), ratios);
      }
      scales = next;
    }
  }

  void fail(Throwable cause) {
    rows.forEach(row -> row.group.tellFailed(row.id, cause));
    rows.clear();
  }
}
