package org.rlaif.serving.os;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CLibraryTest {
  private static final int PIECE = 32 << 10;
  private static final int PIECES = 4_000; // 125 MiB

  /** Small pieces, of which one at the end stays: the C library keeps all before it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void freePagesGoBack() throws IOException {
    List<Memory> pieces = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      var piece = new Memory(PIECE);
      piece.clear();
      pieces.add(piece);
    }
    pieces.subList(0, PIECES - 1).forEach(Memory::close);
    long kept = resident();
    assertTrue(CLibrary.giveBack());
    long mib = (kept - resident()) >> 10;
    assertTrue(mib > 60, mib + " MiB of 125 were given back");
    pieces.get(PIECES - 1).close();
  }

  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
