package org.rlaif.serving.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where large pieces of memory come from, as the C library tells it (mallinfo(3)). */
class OwnMappingsTest {
  /** The C library's counts; {@code hblks} are the pieces that are mapped by themselves. */
  @FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class Counts extends Structure implements Structure.ByValue {
    public int arena;
    public int ordblks;
    public int smblks;
    public int hblks;
    public int hblkhd;
    public int usmblks;
    public int fsmblks;
    public int uordblks;
    public int fordblks;
    public int keepcost;
  }

  private static final int PIECES = 50;

  /** 2 GiB of addresses; none is touched. */
  private static final int ROOM = 512;

  private static final long BYTES = 4L << 20;

  @Test
  void largePiecesAreMappedByThemselvesWhileItIsOpen() {
    // What other tests left free would serve first.
    var room = new Memory[ROOM];
    Arrays.setAll(room, i -> new Memory(BYTES));
    try (var first = OwnMappings.open()) {
      try (var second = OwnMappings.open()) {
        assertMostAre(true, mapped());
      }
      assertMostAre(true, mapped()); // until the last one is closed
    }
    assertMostAre(false, mapped());
    for (Memory piece : room) {
      piece.close();
    }
  }

  /** Not all: some may fit where memory is free, and other threads have pieces of their own. */
  private static void assertMostAre(boolean expected, int mapped) {
    assertEquals(expected, mapped > PIECES / 2, mapped + " of " + PIECES + " are mapped");
  }

  /** How many of some pieces are; they are freed again. */
  private static int mapped() {
    int before = mappings();
    var pieces = new Memory[PIECES];
    try {
      for (int i = 0; i < PIECES; i++) {
        pieces[i] = new Memory(BYTES);
      }
      return mappings() - before;
    } finally {
      for (Memory piece : pieces) {
        piece.close();
      }
    }
  }

  private static int mappings() {
    return ((Counts) Function.getFunction("c", "mallinfo").invoke(Counts.class, new Object[0]))
        .hblks;
  }
}
