package org.rlaif.model.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.Named;

/** What a loop's body sees as {@code loop}; called, it is a recursive loop on something else. */
final class LoopVariable implements Named, Function {
  /** The loop once more, one level deeper. */
  interface Again {
    Text on(Object all, int depth);
  }

  private final List<Object> items;
  private final int depth;
  private final @Nullable Again again;
  private int at;
  private @Nullable Object lastChanged;

  /**
   * @param depth 0 for the outermost
   * @param again null: it is not recursive
   */
  LoopVariable(List<Object> items, int depth, @Nullable Again again) {
    this.items = items;
    this.depth = depth;
    this.again = again;
  }

  /** Goes on to an item; returns it. */
  Object go(int index) {
    at = index;
    return items.get(index);
  }

  @Override
  public @Nullable Object named(String name) {
    long n = items.size();
    return switch (name) {
      case "index" -> at + 1L;
      case "index0" -> (long) at;
      case "revindex" -> n - at;
      case "revindex0" -> n - at - 1;
      case "first" -> at == 0;
      case "last" -> at == n - 1;
      case "length" -> n;
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" -> at > 0 ? items.get(at - 1) : null;
      case "nextitem" -> at < n - 1 ? items.get(at + 1) : null;
      case "cycle" -> (Function) this::cycle;
      case "changed" -> (Function) this::changed;
      default -> null;
    };
  }

  private Object cycle(Arguments a) {
    if (a.positional().isEmpty()) {
      throw new JinjaException("cycle: no items");
    }
    return a.positional().get(at % a.positional().size());
  }

  private Object changed(Arguments a) {
    var values = new Values.Tuple(a.positional());
    boolean changed = lastChanged == null || !Comparisons.same(lastChanged, values);
    lastChanged = values;
    return changed;
  }

  @Override
  public Object call(Arguments a) {
    Again inner = again;
    if (inner == null) {
      throw new JinjaException("loop: only a recursive one can be called");
    }
    return Budget.deeper(() -> inner.on(a.required(0, "iterable"), depth + 1));
  }
}
